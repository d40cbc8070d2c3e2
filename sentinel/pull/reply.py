"""What a reply of the billing API means where it is no answer, and what to tell people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from sentinel.errors import ApiRefused, ApiUnavailable, BadAnswer, PullError, WindowRefused
from sentinel.pull.body import Body
from sentinel.pull.fault import kept, shown

REFUSES_METHOD = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.LENGTH_REQUIRED})
"""What proxies answer to a GET with a body; a 403 may as well be meant for the key."""

REFUSES_KEY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})

_WILL_PASS = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_REDIRECTS = range(300, 400)
_REFUSALS = range(400, 500)
_FAILURES = range(500, 600)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply as far as it matters; of any status but 200 only the beginning of the body is read.

    `retry_after` is in seconds, None where the reply does not ask to wait.
    """

    status: int
    body: Body
    is_json: bool
    location: str
    retry_after: float | None


def refusal(reply: Reply, where: str, method: str) -> PullError:
    """The error that a reply other than 200 stands for; `where` is the origin that was asked, without its path."""
    content = reply.body.content
    says = f"; it says: {shown(content)}" if content.strip() else ""
    answered = f"{where} answered {reply.status}"
    if reply.status in REFUSES_KEY:
        return ApiRefused(f"{answered}: the API key is wrong or has no right to read billing{says}")
    if reply.status in _WILL_PASS or reply.status in _FAILURES:
        return ApiUnavailable(f"{answered}{says}", status=reply.status, retry_after=reply.retry_after)
    if reply.status in _REDIRECTS:
        # Following it would hand the key to whoever the redirect names.
        return PullError(
            f"{answered}: it redirects to {_origin(reply.location)}, which is not followed, because the API key "
            "would go with it; if that is the right address, set it as SENTINEL_WARPSTREAM_URL"
        )
    if reply.status == HTTPStatus.METHOD_NOT_ALLOWED or (reply.status in _REFUSALS and not reply.is_json):
        return PullError(f"{answered} to {method}: this is no WarpStream API; check SENTINEL_WARPSTREAM_URL{says}")
    if reply.status in _REFUSALS:
        return WindowRefused(f"{answered}: it does not answer for these days{says}")
    return BadAnswer("", f"{answered} where 200 was expected{says}", kept(content))


def seconds_to_wait(retry_after: str, moment: datetime) -> float | None:
    """What a Retry-After header asks for, in seconds from `moment` (aware) on; None where it says nothing readable."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        due = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    aware = due if due.tzinfo else due.replace(tzinfo=UTC)
    return max(0.0, (aware - moment).total_seconds())


def _origin(location: str) -> str:
    """Scheme and host of a redirect; its path and query may hold secrets."""
    try:
        parts = urlsplit(location)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.hostname else "another path of the same address"
