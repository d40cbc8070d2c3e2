"""POSTs to one receiver over a connection that is kept from one to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from sentinel import __version__
from sentinel.errors import DeliveryError
from sentinel.notify.deadline import Deadline

TIMEOUT_SECONDS = 20.0
READ_AT_MOST = 64 * 1024
"""So much of an answer's body is read, so that its connection can serve the next post; nothing is made of it."""

_READ_WITHIN = 5.0
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a receiver said: its status, and the seconds that it asks to wait, None where it does not."""

    status: int
    retry_after: float | None


class Poster:
    """Posts JSON to one receiver, which errors call `where`; follows no redirect; used by one thread at a time.

    Its connection is opened with the first post. After `close` the next post opens another one.
    """

    def __init__(self, where: str, timeout: float) -> None:
        self._where = where
        self._timeout = timeout
        self._client: httpx.Client | None = None

    def post(self, url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answered:
        """Post it once. Raises DeliveryError where there is no answer, whatever the answer says."""
        sent = {"Content-Type": "application/json", "User-Agent": f"sentinel/{__version__}", **(headers or {})}
        client = self._client = self._client or httpx.Client(timeout=self._timeout, follow_redirects=False)
        try:
            with client.stream("POST", url, content=body, headers=sent) as answer:
                answered = Answered(answer.status_code, retry_after(answer.headers))
                _read_to_its_end(answer.iter_raw())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DeliveryError(
                f"{self._where} cannot be reached: {type(error).__name__}",
                uncertain=not isinstance(error, _NEVER_SENT),
            ) from error
        return answered

    def close(self) -> None:
        """Let go of the connection, if there is one."""
        if self._client is not None:
            self._client.close()
            self._client = None


def _read_to_its_end(body: Iterator[bytes]) -> None:
    """Read what is left of an answer; one that is too long, too slow or broken has said all with its status."""
    size, deadline = 0, Deadline(_READ_WITHIN)
    with suppress(httpx.HTTPError):
        for piece in body:
            size += len(piece)
            if size > READ_AT_MOST or deadline.passed:
                return


def retry_after(headers: Mapping[str, str]) -> float | None:
    """The seconds of a Retry-After header, None where there is none; a date counts from the answer's own Date."""
    given = headers.get("retry-after", "").strip()
    if given.isdecimal():
        return float(given)
    until, now = _http_date(given), _http_date(headers.get("date", ""))
    return None if until is None or now is None else max(0.0, (until - now).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
