"""What is wrong with a value, in plain words: pydantic's errors told in the terms of the file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sentinel.rules.document import Document, Location
from sentinel.rules.entries import Entry
from sentinel.rules.matching import nearest_spelling
from sentinel.rules.model import Rules

_A_KEY = "[key]"
"""Where pydantic's location ends with it, a mapping's key is wrong, not its value."""

_QUIET = frozenset({"accounts", "channels"})
"""Sections that hold keys, tokens and addresses: none of their values is ever repeated."""

_LONGEST_SHOWN = 60
_QUOTED = re.compile(r"'([^']*)'")

_MESSAGES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "is missing",
    "string_type": lambda _: "must be text",
    "string_unicode": lambda _: "must be text in UTF-8",
    "string_too_short": lambda _: "must not be empty",
    "string_too_long": lambda ctx: f"must have at most {ctx['max_length']} characters",
    "too_short": lambda _: "must not be empty",
    "greater_than": lambda ctx: f"must be greater than {ctx['gt']:g}",
    "greater_than_equal": lambda ctx: f"must be at least {ctx['ge']:g}",
    "less_than_equal": lambda ctx: f"must be at most {ctx['le']:g}",
    "finite_number": lambda _: "must be a finite number",
    "float_type": lambda _: "must be a number",
    "float_parsing": lambda _: "must be a number",
    "int_type": lambda _: "must be a whole number",
    "int_parsing": lambda _: "must be a whole number",
    "int_parsing_size": lambda _: "must be a smaller number",
    "int_from_float": lambda _: "must be a whole number",
    "bool_type": lambda _: "must be true or false",
    "tuple_type": lambda _: "must be a list",
    "model_type": lambda _: "must be a mapping",
    "dict_type": lambda _: "must be a mapping",
    "enum": lambda ctx: _one_of(_choices(ctx)),
    "literal_error": lambda ctx: _one_of(_choices(ctx)),
    "value_error": lambda ctx: str(ctx["error"]),
}
_ABOUT_THE_FORM = frozenset(
    {"string_type", "float_type", "int_type", "bool_type", "tuple_type", "enum", "literal_error"}
)
"""Errors where it helps to read that a list or a mapping was found."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at one path of a document."""

    path: Location
    message: str


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in the data an error of pydantic's belongs."""

    path: Location
    value: object


def mistakes(error: ValidationError, document: Document) -> Iterator[Mistake]:
    """Each of pydantic's errors in the terms of the document, each once."""
    told: set[Mistake] = set()
    misspelt: set[Location] = set()
    for detail in sorted(error.errors(include_url=False, include_input=False), key=_unknown_keys_first):
        spot = _spot(detail, document.data)
        if detail["type"] == "extra_forbidden":
            meant = nearest_spelling(str(spot.path[-1]), _known_keys(detail["loc"]))
            misspelt |= {(*spot.path[:-1], meant)} if meant else set()
        if spot.path in misspelt and detail["type"] == "missing":
            continue  # the key stands there misspelt, which has been told
        if detail["type"] == "too_short" and spot.value:
            continue  # the items stand there and are wrong, which their own errors tell
        mistake = Mistake(spot.path, _message(detail, spot, document))
        if mistake not in told:
            told.add(mistake)
            yield mistake


def _unknown_keys_first(detail: ErrorDetails) -> bool:
    return detail["type"] != "extra_forbidden"


def got(path: Location, value: object, document: Document) -> str:
    """` (got -5)`, or nothing where the value may be a secret."""
    if path in document.hidden or (path and path[0] in _QUIET):
        return ""
    return f" (got {_shown(value)})"


def did_you_mean(value: object, known: tuple[str, ...]) -> str:
    """`; did you mean cluster?`, or nothing where nothing is near."""
    near = nearest_spelling(value, known) if isinstance(value, str) else None
    return f"; did you mean {near}?" if near else ""


def _message(detail: ErrorDetails, spot: _Spot, document: Document) -> str:
    kind, ctx = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(str(spot.path[-1]), _known_keys(detail["loc"]))
    say = _MESSAGES.get(kind)
    message = say(ctx) if say else detail["msg"]
    if kind == "missing":
        return message
    if kind in ("enum", "literal_error") and spot.path not in document.hidden:
        message += did_you_mean(spot.value, _choices(ctx))
    if kind == "string_type" and isinstance(spot.value, (bool, int, float, date)):
        message += ": put it in quotes"
    if isinstance(spot.value, (list, dict)) and kind not in _ABOUT_THE_FORM:
        return message
    return message + got(spot.path, spot.value, document)


def _unknown_key(key: str, known: tuple[str, ...]) -> str:
    if key in known:
        return "does not go with the keys beside it"
    near = did_you_mean(key, known)
    return f"unknown key{near}" if near else f"unknown key; there are {', '.join(known)}" if known else "unknown key"


def _one_of(choices: tuple[str, ...]) -> str:
    return f"must be {choices[0]}" if len(choices) == 1 else f"must be one of {', '.join(choices)}"


def _choices(ctx: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(_QUOTED.findall(ctx["expected"]))


def _shown(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case float():
            return str(value)
        case date():
            return value.isoformat()
        case _:
            text = json.dumps(value, ensure_ascii=False)
            return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."


def _spot(detail: ErrorDetails, data: object) -> _Spot:
    """Follow an error's location through the data; names of pydantic's own (union tags) are not in it."""
    path: list[str | int] = []
    value: object = data
    for part in detail["loc"]:
        match value, part:
            case dict(), str() if part in value:
                value = value[part]
            case list(), int() if part < len(value):
                value = value[part]
            case _:
                continue
        path.append(part)
    if detail["type"] == "missing":
        return _Spot((*path, detail["loc"][-1]), None)
    if detail["loc"][-1:] == (_A_KEY,):
        return _Spot(tuple(path), path[-1])
    return _Spot(tuple(path), value)


def _known_keys(location: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that may stand beside the one that a location ends in."""
    models: tuple[type[Entry], ...] = (Rules,)
    # The second part of a channel's location is the name that a person gave it.
    parts = (location[0], *location[2:]) if location[0] == "channels" else location
    for part in parts[:-1]:
        models = tuple(inner for model in models for inner in _models_behind(model, part)) or models
    keys = (info.alias or name for model in models for name, info in model.model_fields.items())
    return tuple(dict.fromkeys(keys))


def _models_behind(model: type[Entry], key: str | int) -> Iterator[type[Entry]]:
    for name, info in model.model_fields.items():
        if key == (info.alias or name):
            yield from _models_in(info.annotation)


def _models_in(annotation: object) -> Iterator[type[Entry]]:
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
