"""The billing API without its sockets: a request in, a reply out.

Replies to refused requests are JSON objects `{"error": "..."}`; the real ones are not documented.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from sentinel.simulator.breakdowns import PLAIN, DateEnd, Form, answer
from sentinel.simulator.invoices import past_invoice, pending_invoice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sentinel.simulator.world import World

BREAKDOWNS = "/api/v1/billing/invoices/get_invoice_breakdowns"
PAST_INVOICE = "/api/v1/billing/invoices/get_past_invoice"
PENDING_INVOICE = "/api/v1/billing/invoices/get_pending_invoice"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. key: its `warpstream-api-key` header, "" if none. host: its `Host` header."""

    method: str
    path: str
    host: str
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Sending:
    """How a reply goes over the wire.

    delay: seconds of silence before it. piece, pause: with a piece, the body goes out so many bytes at a
    time, with a pause in seconds after each. cut: the connection is reset after so many bytes of the body.
    encoding: the body is already encoded so (Content-Encoding), whatever the client accepts.
    """

    delay: float = 0.0
    piece: int = 0
    pause: float = 0.0
    cut: int | None = None
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server says. A `Content-Length` of the whole body is added on sending."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    sending: Sending = Sending()


@dataclass(frozen=True, slots=True)
class Api:
    """The API over several accounts.

    worlds: what each key sees. forbidden: keys that are known but have no right to read bills (403).
    longest_window: more days than this in one window are refused with 400; None = no limit.
    """

    worlds: Mapping[str, World]
    form: Form = PLAIN
    forbidden: frozenset[str] = frozenset()
    longest_window: int | None = None

    def reply(self, request: Request, as_of: datetime) -> Reply:
        """Answer a request as of a moment."""
        try:
            return json_reply(200, self._document(request, as_of))
        except _Refusal as refusal:
            return json_reply(refusal.status, {"error": refusal.message})

    def _document(self, request: Request, as_of: datetime) -> object:
        produce = _ROUTES.get(request.path)
        if produce is None:
            raise _Refusal(404, f"no such path: {request.path}")
        if request.key in self.forbidden:
            raise _Refusal(403, "this key has no right to read billing data")
        world = self.worlds.get(request.key)
        if world is None:
            raise _Refusal(401, "unknown or missing warpstream-api-key")
        return produce(self, world, request.body, as_of)


def json_reply(status: int, document: object) -> Reply:
    """Return a JSON document as a reply."""
    return Reply(status, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode())


def window_of(body: bytes) -> tuple[str, ...]:
    """Return the dates a request body names, as written, for the log; () if there are none."""
    try:
        dates = _object(body)
    except _Refusal:
        return ()
    return tuple(str(dates[key]) for key in ("date_start", "date_end") if key in dates)


class _Refusal(Exception):
    """An answer other than 200: what the API says, not an error of the program."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def _breakdowns(api: Api, world: World, body: bytes, as_of: datetime) -> object:
    window = _object(body)
    start, end = _day(window, "date_start"), _day(window, "date_end")
    if end < start:
        raise _Refusal(400, f"date_end {end} is before date_start {start}")
    days = (end - start).days + (api.form.date_end is not DateEnd.EXCLUSIVE)
    if api.longest_window is not None and days > api.longest_window:
        raise _Refusal(400, f"the window has {days} days, at most {api.longest_window} are allowed")
    return answer(world, start, end, as_of, api.form)


def _past_invoice(_api: Api, world: World, body: bytes, as_of: datetime) -> object:
    day = _day(_object(body), "date_start")
    invoice = past_invoice(world, day, as_of)
    if invoice is None:
        raise _Refusal(404, f"there is no past invoice for {day}")
    return invoice


def _pending_invoice(_api: Api, world: World, _body: bytes, as_of: datetime) -> object:
    return pending_invoice(world, as_of)


_ROUTES: dict[str, Callable[[Api, World, bytes, datetime], object]] = {
    BREAKDOWNS: _breakdowns,
    PAST_INVOICE: _past_invoice,
    PENDING_INVOICE: _pending_invoice,
}


def _object(body: bytes) -> dict[str, object]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise _Refusal(400, f"the body is no JSON: {error}") from error
    if not isinstance(document, dict):
        raise _Refusal(400, "the body must be a JSON object")
    return document


def _day(body: Mapping[str, object], key: str) -> date:
    text = body.get(key)
    try:
        return datetime.strptime(str(text), "%Y-%m-%d").date()  # noqa: DTZ007 -- a calendar day has no zone
    except ValueError as error:
        raise _Refusal(400, f"{key} must be a date like 2026-01-31 (got {text!r})") from error
