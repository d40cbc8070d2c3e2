"""What can go wrong with an answer: each fault by its name, and what it makes of a good reply."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sentinel.simulator.api import Reply, Request, Sending, json_reply

if TYPE_CHECKING:
    from collections.abc import Callable

_MIB = 1024 * 1024
_ANY_METHOD = frozenset({"GET", "POST"})
_GET = frozenset({"GET"})


class Fault(StrEnum):
    """One thing that goes wrong with one answer. The value is its name on a command line."""

    RATE_LIMITED = "rate-limited"
    """429 with `Retry-After`."""
    SERVER_ERROR = "server-error"
    """500 with an HTML body."""
    RESET = "reset"
    """The connection is reset in the middle of the body."""
    DRIP = "drip"
    """The body comes a few bytes at a time."""
    SLOW = "slow"
    """A long silence, then the whole answer."""
    TRUNCATED = "truncated"
    """Half a JSON document, with the length of the half."""
    HTML = "html"
    """An HTML page with status 200."""
    WRONG_TYPE = "wrong-type"
    """One `total` is "n/a"."""
    NULL_LISTS = "null-lists"
    """Empty lists are null; so are `account_charges`."""
    EMPTY = "empty"
    """No tenants at all."""
    HALF_CLUSTERS = "half-clusters"
    """Every second cluster is missing."""
    DUPLICATE_CLUSTER = "duplicate-cluster"
    """One cluster stands twice, with all its charges: added up, they are wrong."""
    SPLIT_CLUSTER = "split-cluster"
    """One cluster stands twice, each time with a part of its charges: added up, they are right."""
    GZIP_BOMB = "gzip-bomb"
    """A small gzip body that becomes a huge one: blanks, then the good answer."""
    REDIRECT = "redirect"
    """307 to another origin: the same port under another host name."""
    GET_FORBIDDEN = "get-forbidden"
    """A GET with a body is refused with 403, as CloudFront does; POST passes."""
    GET_NOT_ALLOWED = "get-not-allowed"
    """A GET is refused with 405; POST passes."""
    GET_LENGTH_REQUIRED = "get-length-required"
    """A GET with a body is refused with 411; POST passes."""


@dataclass(frozen=True, slots=True)
class Severity:
    """How bad the faults are that come in degrees.

    retry_after: seconds, in the 429. slow: seconds of silence. drip_bytes, drip_pause: so many bytes, then so
    many seconds of silence. bomb_bytes: the size of the unpacked gzip bomb.
    """

    retry_after: int = 1
    slow: float = 30.0
    drip_bytes: int = 16
    drip_pause: float = 0.25
    bomb_bytes: int = 256 * _MIB


def afflict(fault: Fault, reply: Reply, request: Request, severity: Severity) -> Reply:
    """Return what a fault makes of a good reply; a fault of GET leaves other methods alone."""
    effect = _EFFECTS[fault]
    if request.method not in effect.methods:
        return reply
    return effect.apply(reply, request, severity)


def strikes(fault: Fault, method: str) -> bool:
    """Tell whether a fault does anything to a request of this method."""
    return method in _EFFECTS[fault].methods


@dataclass(frozen=True, slots=True)
class _Effect:
    apply: Callable[[Reply, Request, Severity], Reply]
    methods: frozenset[str] = _ANY_METHOD


def _html(status: int, title: str) -> Reply:
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Reply(status, page.encode(), content_type="text/html; charset=utf-8")


def _rate_limited(_reply: Reply, _request: Request, severity: Severity) -> Reply:
    limited = json_reply(429, {"error": "too many requests"})
    return replace(limited, headers={"Retry-After": str(severity.retry_after)})


def _server_error(_reply: Reply, _request: Request, _severity: Severity) -> Reply:
    return _html(500, "Internal Server Error")


def _reset(reply: Reply, _request: Request, _severity: Severity) -> Reply:
    return replace(reply, sending=Sending(cut=len(reply.body) // 2))


def _drip(reply: Reply, _request: Request, severity: Severity) -> Reply:
    return replace(reply, sending=Sending(piece=severity.drip_bytes, pause=severity.drip_pause))


def _slow(reply: Reply, _request: Request, severity: Severity) -> Reply:
    return replace(reply, sending=Sending(delay=severity.slow))


def _truncated(reply: Reply, _request: Request, _severity: Severity) -> Reply:
    return replace(reply, body=reply.body[: len(reply.body) // 2])


def _page(_reply: Reply, _request: Request, _severity: Severity) -> Reply:
    return _html(200, "Just a moment...")


def _bomb(reply: Reply, _request: Request, severity: Severity) -> Reply:
    packed, packer = _blanks(severity.bomb_bytes)
    packer = packer.copy()
    body = packed + packer.compress(reply.body) + packer.flush()
    return replace(reply, body=body, sending=Sending(encoding="gzip"))


def _redirect(_reply: Reply, request: Request, _severity: Severity) -> Reply:
    port = request.host.rpartition(":")[2]
    location = f"http://localhost:{port}{request.path}"
    return replace(json_reply(307, {}), headers={"Location": location})


def _refused(status: int, title: str) -> Callable[[Reply, Request, Severity], Reply]:
    return lambda _reply, _request, _severity: _html(status, title)


def _changed(change: Callable[[dict[str, Any]], None]) -> Callable[[Reply, Request, Severity], Reply]:
    """Make an effect of a change to the document, whichever of the three answers it is."""

    def apply(reply: Reply, _request: Request, _severity: Severity) -> Reply:
        document = json.loads(reply.body)
        change(document)
        return json_reply(reply.status, document)

    return apply


def _workspaces(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [workspace for tenant in document["tenants"] for workspace in tenant["workspaces"] if workspace["clusters"]]


def _mistype(document: dict[str, Any]) -> None:
    for workspace in _workspaces(document)[:1]:
        charge = workspace["clusters"][0]["charges"][0]
        charge.get("breakdowns", [charge])[-1]["total"] = "n/a"


def _null_lists(document: dict[str, Any]) -> None:
    document["account_charges"] = None
    for workspace in (workspace for tenant in document["tenants"] for workspace in tenant["workspaces"]):
        workspace["clusters"] = workspace["clusters"] or None
    document["tenants"] = document["tenants"] or None


def _empty(document: dict[str, Any]) -> None:
    document["tenants"] = []


def _halve(document: dict[str, Any]) -> None:
    seen = 0
    for workspace in _workspaces(document):
        clusters = workspace["clusters"]
        workspace["clusters"] = clusters[seen % 2 :: 2]
        seen += len(clusters)


def _duplicate(document: dict[str, Any]) -> None:
    for workspace in _workspaces(document)[:1]:
        workspace["clusters"].append(workspace["clusters"][0])


def _split(document: dict[str, Any]) -> None:
    for workspace in _workspaces(document)[:1]:
        first = workspace["clusters"][0]
        charges = first["charges"]
        workspace["clusters"].append(first | {"charges": charges[1:]})
        first["charges"] = charges[:1]


@lru_cache(maxsize=2)
def _blanks(size: int) -> tuple[bytes, zlib._Compress]:
    """Return `size` blanks in gzip form, unfinished, and the packer to go on with (on a copy)."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    whole, rest = divmod(size, _MIB)
    chunk = b" " * _MIB
    packed = b"".join([*(packer.compress(chunk) for _ in range(whole)), packer.compress(chunk[:rest])])
    return packed, packer


_EFFECTS: dict[Fault, _Effect] = {
    Fault.RATE_LIMITED: _Effect(_rate_limited),
    Fault.SERVER_ERROR: _Effect(_server_error),
    Fault.RESET: _Effect(_reset),
    Fault.DRIP: _Effect(_drip),
    Fault.SLOW: _Effect(_slow),
    Fault.TRUNCATED: _Effect(_truncated),
    Fault.HTML: _Effect(_page),
    Fault.WRONG_TYPE: _Effect(_changed(_mistype)),
    Fault.NULL_LISTS: _Effect(_changed(_null_lists)),
    Fault.EMPTY: _Effect(_changed(_empty)),
    Fault.HALF_CLUSTERS: _Effect(_changed(_halve)),
    Fault.DUPLICATE_CLUSTER: _Effect(_changed(_duplicate)),
    Fault.SPLIT_CLUSTER: _Effect(_changed(_split)),
    Fault.GZIP_BOMB: _Effect(_bomb),
    Fault.REDIRECT: _Effect(_redirect),
    Fault.GET_FORBIDDEN: _Effect(_refused(403, "403 ERROR: The request could not be satisfied"), _GET),
    Fault.GET_NOT_ALLOWED: _Effect(_refused(405, "405 Method Not Allowed"), _GET),
    Fault.GET_LENGTH_REQUIRED: _Effect(_refused(411, "411 Length Required"), _GET),
}
