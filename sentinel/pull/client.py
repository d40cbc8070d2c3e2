"""The WarpStream billing API over HTTP: one account, one question, and nothing that can hang or flood."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from threading import Event
from types import TracebackType
from typing import Literal, Self

import httpx
import stamina

from sentinel import __version__
from sentinel.domain.costs import Window
from sentinel.domain.coverage import date_end_for
from sentinel.errors import AnswerTooBig, ApiUnavailable, BadAnswer, PullError, SettingsError
from sentinel.pull.body import Body, read_body
from sentinel.pull.decode import DecodedAnswer, decode_answer
from sentinel.pull.patience import STOPPING, Patience, Retried, unheard
from sentinel.pull.reply import REFUSES_KEY, REFUSES_METHOD, Reply, refusal, seconds_to_wait

Method = Literal["GET", "POST"]

_BREAKDOWNS = "/api/v1/billing/invoices/get_invoice_breakdowns"
_OTHER: dict[str, Method] = {"GET": "POST", "POST": "GET"}
_NO_SUCH_METHOD: dict[str, frozenset[int]] = {
    "POST": frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}),
    "GET": REFUSES_METHOD | {HTTPStatus.NOT_FOUND},
}
"""What a server answers that does not take the method at all; a 403 to a POST is meant for the key."""
_KEY = re.compile(r"[!-~]+")
_EXCERPT = 4096
_MIB = 1024 * 1024

# httpx tells every URL at INFO, stamina every retry without its reason; what they have to say, our errors say.
for _chatty in ("httpx", "httpcore", "stamina"):
    logging.getLogger(_chatty).setLevel(logging.ERROR)


class BillingClient:
    """Asks one account's billing API; a context manager, for one thread.

    `method`: GET with a body as documented, or POST; None tries GET and, where a proxy refuses it, POST. `deadline`:
    seconds for one answer, however it trickles in. `silence`: seconds without a byte. `max_body`: bytes, as sent
    and unpacked. `attempts` of one request in all, `first_wait` to `longest_wait` seconds apart. `shutdown` ends
    waits early and gives up. Raises SettingsError for a base URL or an API key that cannot be sent.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_key: str,
        method: Method | None = None,
        deadline: float = 120.0,
        silence: float = 60.0,
        connect_timeout: float = 10.0,
        max_body: int = 512 * _MIB,
        attempts: int = 5,
        first_wait: float = 1.0,
        longest_wait: float = 60.0,
        shutdown: Event | None = None,
    ) -> None:
        self._where = _checked_origin(base_url)
        self._base = base_url.rstrip("/")
        self._method = method
        self._may_switch = method is None
        self._deadline = deadline
        self._silence = silence
        self._max_body = max_body
        self._first_wait = first_wait
        self._longest_wait = longest_wait
        self._shutdown = shutdown or Event()
        self._retrying = stamina.RetryingCaller(attempts=attempts, timeout=None)
        self._key = _checked_key(api_key).encode()
        self._http = httpx.Client(
            headers={
                "warpstream-api-key": api_key,
                "User-Agent": f"warpstream-sentinel/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
            timeout=httpx.Timeout(min(silence, deadline), connect=connect_timeout),
            # A redirect to another origin would take the key along.
            follow_redirects=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    @property
    def method(self) -> Method | None:
        """The method that was given or has worked; None as long as none has."""
        return self._method

    def start_with(self, method: str | None) -> None:
        """Try the method first that worked in an earlier pull, unless one was given; None is no preference."""
        if self._may_switch and method in _OTHER:
            self._method = "POST" if method == "POST" else "GET"

    def get_breakdowns(
        self, window: Window, *, end_inclusive: bool | None = None, retried: Retried = unheard
    ) -> DecodedAnswer:
        """The daily breakdown of all charges of a window, its clusters not yet decoded.

        `end_inclusive` is what is known of `date_end`, so that the answer ends with the window either way. `retried`
        is told of each attempt that went wrong and was made again. Raises ApiRefused, WindowRefused, ApiUnavailable,
        AnswerTooBig, BadAnswer, or another PullError where something else than the API answers.
        """
        question = {
            "date_start": window.first.isoformat(),
            "date_end": date_end_for(window, end_inclusive).isoformat(),
        }
        return decode_answer(self.ask(_BREAKDOWNS, question, retried=retried))

    def ask(self, path: str, question: Mapping[str, str], *, retried: Retried = unheard) -> bytearray:
        """The body that the API answers to a question, with 200 and whole. Raises as `get_breakdowns`."""
        patience = Patience(self._first_wait, self._longest_wait, self._shutdown, retried)
        try:
            return self._retrying(patience.after, self._ask, path, question, patience, retried)
        except ApiUnavailable as error:
            if error.status == HTTPStatus.GATEWAY_TIMEOUT:
                raise AnswerTooBig(f"{error}; a shorter window may be answered in time") from error
            raise

    def _ask(self, path: str, question: Mapping[str, str], patience: Patience, retried: Retried) -> bytearray:
        patience.wait()
        method = self._method or "GET"
        reply = self._send(method, path, question)
        # Also where a method has worked before: of several proxies on the way, one alone may refuse it.
        if self._may_switch and reply.status in REFUSES_METHOD:
            other = _OTHER[method]
            second = self._send(other, path, question)
            if second.status not in REFUSES_KEY | REFUSES_METHOD | {HTTPStatus.NOT_FOUND}:
                retried(PullError(f"{self._where} answered {reply.status} to {method}, and takes {other} instead"))
            # A second method that is refused as such leaves the first reply standing.
            if second.status not in _NO_SUCH_METHOD[other]:
                method, reply = other, second
        if reply.status != HTTPStatus.OK:
            raise refusal(reply, self._where, method)
        self._method = method
        if not reply.body.complete:
            raise AnswerTooBig(
                f"the answer of {self._where} has more than {self._max_body:,} bytes: ask for fewer days"
            )
        return reply.body.content

    def _send(self, method: Method, path: str, question: Mapping[str, str]) -> Reply:
        ends_at = time.monotonic() + self._deadline
        try:
            with self._http.stream(method, self._base + path, json=question) as response:
                return self._read(response, ends_at)
        except httpx.ReadTimeout as error:
            raise AnswerTooBig(
                f"{self._where} was silent for {min(self._silence, self._deadline):g} s: ask for fewer days"
            ) from error
        except httpx.TransportError as error:
            raise ApiUnavailable(f"{self._where} is out of reach: {str(error) or type(error).__name__}") from error

    def _read(self, response: httpx.Response, ends_at: float) -> Reply:
        headers = response.headers
        return Reply(
            status=response.status_code,
            body=self._read_body(response, ends_at),
            is_json="json" in headers.get("content-type", "").lower(),
            location=headers.get("location", ""),
            retry_after=seconds_to_wait(headers.get("retry-after", ""), datetime.now(UTC)),
        )

    def _read_body(self, response: httpx.Response, ends_at: float) -> Body:
        pieces = self._pieces(response, ends_at)
        encoding = response.headers.get("content-encoding", "")
        if response.status_code == HTTPStatus.OK:
            return read_body(pieces, encoding, self._max_body)
        try:
            body = read_body(pieces, encoding, _EXCERPT)
        except BadAnswer:
            # The status is the news; a page that cannot be unpacked adds nothing to it.
            return Body(bytearray(), complete=False)
        return Body(body.content.replace(self._key, b"***"), body.complete)

    def _pieces(self, response: httpx.Response, ends_at: float) -> Iterator[bytes]:
        """The raw body. httpx limits the wait for one piece only, so the sum of them is limited here."""
        for piece in response.iter_raw():
            if self._shutdown.is_set():
                raise ApiUnavailable(STOPPING)
            if time.monotonic() > ends_at:
                raise AnswerTooBig(f"{self._where} took more than {self._deadline:g} s to answer: ask for fewer days")
            yield piece


def _checked_origin(base_url: str) -> str:
    """Scheme, host and port of the API, for messages: without what a URL may hold beside them."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise SettingsError(f"SENTINEL_WARPSTREAM_URL is no URL: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise SettingsError("SENTINEL_WARPSTREAM_URL must be like https://api.warpstream.com")
    return f"{url.scheme}://{url.host}" if url.port is None else f"{url.scheme}://{url.host}:{url.port}"


def _checked_key(api_key: str) -> str:
    if not _KEY.fullmatch(api_key):
        raise SettingsError("the API key is empty, or holds a space, a line break or another character no key has")
    return api_key
