"""What every channel can do."""

from __future__ import annotations

from typing import Protocol

from sentinel.domain.messages import Notification, Receipt


class Channel(Protocol):
    """One named receiver; used by one thread at a time."""

    @property
    def name(self) -> str:
        """Its name in rules.yaml."""
        ...

    def send(self, notification: Notification) -> Receipt:
        """Send it once, without retries, within 90 seconds. Raises DeliveryError."""
        ...

    def check(self) -> str:
        """Ask the receiver whether it would take a message, without sending one; a sentence. Raises DeliveryError."""
        ...

    def close(self) -> None:
        """Let go of what is kept open from one send to the next; the next one after it opens it anew."""
        ...
