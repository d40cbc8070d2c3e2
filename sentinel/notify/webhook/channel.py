"""Sending to a webhook."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx

from sentinel import __version__
from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.notify.webhook.render import render

TIMEOUT_SECONDS = 20.0
SIGNATURE_HEADER = "Sentinel-Signature"
_TRANSIENT = frozenset({408, 409, 421, 425, 429})
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL)


class WebhookChannel:
    """A URL that takes each notification as a JSON POST; a receipt is the notification's own key.

    The key stands in the header Idempotency-Key too: a receiver that has seen it may answer 200 and forget it. With a
    `secret` the header Sentinel-Signature is `sha256=` and the HMAC-SHA256 of the body in hexadecimal.
    """

    def __init__(self, name: str, *, url: str, secret: str | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        self.name = name
        self._url = url
        self._secret = secret
        self._timeout = timeout

    def send(self, notification: Notification) -> Receipt:
        """Post it once, following no redirect. Raises DeliveryError."""
        body = render(notification)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": notification.key,
            "User-Agent": f"sentinel/{__version__}",
        }
        if self._secret is not None:
            headers[SIGNATURE_HEADER] = signature(self._secret, body)
        try:
            with (
                httpx.Client(timeout=self._timeout, follow_redirects=False) as client,
                # The status says it all: a body that never ends is not waited for.
                client.stream("POST", self._url, content=body, headers=headers) as answer,
            ):
                status, answered = answer.status_code, answer.headers
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._failed(error) from error
        self._judge(status, answered)
        return Receipt(remote_id=notification.key)

    def check(self) -> str:
        """A webhook cannot be asked without sending, so its URL is only read."""
        return f"{self._where} was not asked: that would send a message"

    @property
    def _where(self) -> str:
        # Path and query often are the secret of a webhook.
        return f"channel {self.name} ({httpx.URL(self._url).host})"

    def _failed(self, error: Exception) -> DeliveryError:
        return DeliveryError(
            f"{self._where} cannot be reached: {type(error).__name__}", uncertain=not isinstance(error, _NEVER_SENT)
        )

    def _judge(self, status: int, headers: Mapping[str, str]) -> None:
        match status // 100:
            case 2:
                return
            case 3:
                raise DeliveryError(f"{self._where} redirects ({status}): give the final URL", permanent=True)
            case 5:
                raise DeliveryError(
                    f"{self._where} answered {status}", uncertain=True, retry_after=retry_after(headers)
                )
            case _:
                raise DeliveryError(
                    f"{self._where} answered {status}",
                    permanent=status not in _TRANSIENT,
                    retry_after=retry_after(headers),
                )


def signature(secret: str, body: bytes) -> str:
    """What a receiver computes over the raw body to know that it comes from us."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


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
