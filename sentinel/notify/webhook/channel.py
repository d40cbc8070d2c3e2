"""Sending to a webhook."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.notify.posting import TIMEOUT_SECONDS, Answered, Poster
from sentinel.notify.webhook.render import render

SIGNATURE_HEADER = "Sentinel-Signature"
_TRANSIENT = frozenset({408, 409, 421, 425, 429})
_WRONG_ADDRESS = frozenset({401, 403, 404, 405, 410})


class WebhookChannel:
    """A URL that takes each notification as a JSON POST; a receipt is the notification's own key.

    The key stands in the header Idempotency-Key too: a receiver that has seen it may answer 200 and forget it. With a
    `secret` the header Sentinel-Signature is `sha256=` and the HMAC-SHA256 of the body in hexadecimal.
    """

    def __init__(self, name: str, *, url: str, secret: str | None = None, timeout: float = TIMEOUT_SECONDS) -> None:
        self.name = name
        # Path and query often are the secret of a webhook.
        self._where = f"channel {name} ({urlsplit(url).hostname})"
        self._url = url
        self._secret = secret
        self._poster = Poster(self._where, timeout)

    def send(self, notification: Notification) -> Receipt:
        """Post it once, following no redirect. Raises DeliveryError."""
        body = render(notification)
        headers = {"Idempotency-Key": notification.key}
        if self._secret is not None:
            headers[SIGNATURE_HEADER] = signature(self._secret, body)
        self._judge(self._poster.post(self._url, body, headers))
        return Receipt(remote_id=notification.key)

    def check(self) -> str:
        """A webhook cannot be asked without sending, so its URL is only read."""
        return f"{self._where} was not asked: that would send a message"

    def close(self) -> None:
        """Let go of the connection that is kept between posts."""
        self._poster.close()

    def _judge(self, answered: Answered) -> None:
        said = f"{self._where} answered {answered.status}"
        match answered.status // 100:
            case 2:
                return
            case 3:
                raise DeliveryError(
                    f"{self._where} redirects ({answered.status}): give the final URL in rules.yaml", permanent=True
                )
            case 5:
                raise DeliveryError(said, uncertain=True, retry_after=answered.retry_after)
            case _:
                permanent = answered.status not in _TRANSIENT
                hint = ": check the url of this channel in rules.yaml" if answered.status in _WRONG_ADDRESS else ""
                raise DeliveryError(f"{said}{hint}", permanent=permanent, retry_after=answered.retry_after)


def signature(secret: str, body: bytes) -> str:
    """What a receiver computes over the raw body to know that it comes from us."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
