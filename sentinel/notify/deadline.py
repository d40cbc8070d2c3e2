"""How long one send may take in all: its claim must not end before it does."""

from __future__ import annotations

from time import monotonic

from sentinel.errors import DeliveryError

SEND_WITHIN = 60.0
"""Seconds after which a send begins no further step; with the last step's own timeout it stays below 90."""

_LEAST = 0.01


class Deadline:
    """A moment so many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, as a timeout: never zero or less."""
        return max(_LEAST, self._end - monotonic())

    @property
    def passed(self) -> bool:
        """Whether nothing is left."""
        return monotonic() >= self._end

    def check(self, where: str) -> None:
        """Raise DeliveryError when it has passed; `where` names the receiver."""
        if self.passed:
            raise DeliveryError(f"{where}: too slow to finish at once, the rest follows with the next attempt")
