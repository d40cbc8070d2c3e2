"""Where an answer departs from its form: the slow and exact search, made only once something is known to be wrong.

Each level is decoded by itself and what lies below stays bytes, so a large answer does not become a large tree.
"""

from __future__ import annotations

from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

import msgspec
from msgspec import Raw

from sentinel.errors import BadAnswer
from sentinel.pull.wire import Name

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for bytes that are no JSON of the wanted form; its own paths leave out the indices."""

Text = bytes | bytearray | Raw

_SHOWN = 60
_KEPT_BODY = 16 * 1024 * 1024
_WORDS: dict[Any, str] = {float: "number", Decimal: "number", str: "text", Name: "a text that is not empty"}


def find_fault(text: Text, form: Any, path: str) -> BadAnswer | None:
    """The first place, in the order of the form, where JSON text departs from a form of `wire`; None if it has it.

    `path` is where the text stands in its answer, "" for the whole answer.
    """
    origin = get_origin(form)
    if origin is UnionType:
        some = next(kind for kind in get_args(form) if kind is not NoneType)
        return None if bytes(text) == b"null" else find_fault(text, some, path)
    if origin is list:
        return _find_in_list(text, get_args(form)[0], path)
    if form in _WORDS or form is Raw:
        return _find_in_value(text, form, path)
    return _find_in_object(text, form, path)


def no_json(error: Exception, body: bytes | bytearray) -> BadAnswer:
    """What to say of a whole body that is not JSON at all."""
    start = bytes(body[: 4 * _SHOWN]).lstrip()
    if not start:
        detail = "the answer is empty where JSON was expected; a proxy may stand in between"
    elif start.startswith(b"<"):
        detail = (
            f"the answer is a web page, not JSON: {shown(start)}: "
            "a proxy or a login page may stand in between, or the address of the API is wrong"
        )
    elif "truncated" in str(error):
        detail = f"the answer breaks off after {len(body)} bytes: a proxy or the connection cut it short"
    else:
        detail = f"the answer cannot be read as JSON: {error}; it begins with {shown(start)}"
    return BadAnswer("", detail, kept(body))


def kept(body: bytes | bytearray) -> bytes:
    """As much of a bad answer as is worth keeping."""
    return bytes(memoryview(body)[:_KEPT_BODY])


def shown(text: Text) -> str:
    """The beginning of a piece of text, in one printable line, for an error message."""
    line = " ".join(bytes(memoryview(text)[: 4 * _SHOWN]).decode("utf-8", "replace").split())
    printable = "".join(letter if letter.isprintable() else "?" for letter in line)
    return printable if len(printable) <= _SHOWN else f"{printable[: _SHOWN - 3]}..."


def _find_in_object(text: Text, form: Any, path: str) -> BadAnswer | None:
    try:
        members = msgspec.json.decode(text, type=dict[str, Raw])
    except UNREADABLE:
        return _expected("an object", text, path)
    for field in msgspec.structs.fields(form):
        place = f"{path}.{field.encode_name}" if path else field.encode_name
        if field.encode_name not in members:
            if field.required:
                return BadAnswer(place, "is missing")
        elif fault := find_fault(members[field.encode_name], field.type, place):
            return fault
    return None


def _find_in_list(text: Text, form: Any, path: str) -> BadAnswer | None:
    try:
        items = msgspec.json.decode(text, type=list[Raw])
    except UNREADABLE:
        return _expected("a list", text, path)
    faults = (find_fault(item, form, f"{path}[{index}]") for index, item in enumerate(items))
    return next((fault for fault in faults if fault), None)


def _find_in_value(text: Text, form: Any, path: str) -> BadAnswer | None:
    try:
        msgspec.json.decode(text, type=form)
    except UNREADABLE:
        return _expected(_WORDS[form], text, path)
    return None


def _expected(what: str, text: Text, path: str) -> BadAnswer:
    return BadAnswer(path, f"expected {what}, got {shown(text)}")
