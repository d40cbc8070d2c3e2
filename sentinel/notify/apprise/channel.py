"""Sending by Apprise: https://github.com/caronc/apprise."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sentinel.domain.messages import Message, Notification, Receipt, Tone
from sentinel.errors import DeliveryError, SettingsError
from sentinel.notify.apprise.render import as_html, as_text, title
from sentinel.notify.deadline import SEND_WITHIN, Deadline

if TYPE_CHECKING:
    from apprise import Apprise

_KINDS = {Tone.CRITICAL: "failure", Tone.WARNING: "warning", Tone.GOOD: "success", Tone.NEUTRAL: "info"}


class AppriseChannel:
    """The services behind some Apprise URLs; a receipt is the notification's own key.

    Apprise says whether a service took the message and not why it did not: every failure is taken for one that passes,
    and one of which nobody knows what arrived. What one service has taken is not sent there again.
    """

    def __init__(self, name: str, *, urls: tuple[str, ...], within: float = SEND_WITHIN) -> None:
        self.name = name
        self._within = within
        self._services = {_known_by(url): _open(name, place, url) for place, url in enumerate(urls)}

    def send(self, notification: Notification) -> Receipt:
        """Send it to every service that has not taken it yet. Raises DeliveryError."""
        deadline = Deadline(self._within)
        delivered = list(notification.delivered)
        refused = []
        for part, service in self._services.items():
            if part in delivered:
                continue
            try:
                deadline.check(self._where)
            except DeliveryError as error:
                error.delivered = tuple(delivered)
                raise
            if _notify(service, notification.message):
                delivered.append(part)
            else:
                refused.append(_kind(service))
        if refused:
            raise DeliveryError(
                f"{self._where}: Apprise could not send to {', '.join(refused)}; its own log lines say why",
                uncertain=True,
                delivered=tuple(delivered),
            )
        return Receipt(remote_id=notification.key)

    def check(self) -> str:
        """Most services cannot be asked without sending."""
        return f"{self._where} was not asked: that would send a message"

    def close(self) -> None:
        """Nothing is kept open: Apprise connects for each message."""

    @property
    def _where(self) -> str:
        return f"channel {self.name} (Apprise)"


def _open(name: str, place: int, url: str) -> Apprise:
    try:
        import apprise  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise SettingsError(
            f"channel {name} needs Apprise, which is not installed: pip install 'warpstream-sentinel[apprise]'"
        ) from error
    service = apprise.Apprise()
    if not service.add(url):
        raise SettingsError(f"channel {name}: Apprise does not understand url {place + 1}; its manual names the forms")
    for one in service:
        # A text that is too long for a service comes in several messages instead of being refused.
        one.overflow_mode = apprise.OverflowMode.SPLIT
    return service


def _notify(service: Apprise, message: Message) -> bool:
    body, form = (as_html(message), "html") if _reads_html(service) else (as_text(message), "text")
    return bool(service.notify(body=body, title=title(message), notify_type=_KINDS[message.tone], body_format=form))


def _reads_html(service: Apprise) -> bool:
    """Whether HTML is what the service itself shows; else Apprise would make poor text of it."""
    forms: object = service[0].notify_format
    preferred = forms[0] if isinstance(forms, tuple) else forms
    return str(getattr(preferred, "value", preferred)) == "html"


def _kind(service: Apprise) -> str:
    return str(service[0].service_name)


def _known_by(url: str) -> str:
    """A part's name for the outbox, which keeps no secrets."""
    return hashlib.sha256(url.encode()).hexdigest()[:12]
