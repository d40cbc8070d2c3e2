"""A clock that stands still until it is told to move."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


class Clock:
    """The moment of a simulated world: call it to read it, `advance` or `set` to move it."""

    def __init__(self, moment: datetime) -> None:
        """Stop the clock at an aware moment."""
        self._moment = moment

    def __call__(self) -> datetime:
        """Return the moment."""
        return self._moment

    def advance(self, by: timedelta) -> datetime:
        """Move on by a span of time and return the new moment."""
        self._moment += by
        return self._moment

    def set(self, moment: datetime) -> None:
        """Jump to an aware moment, forward or back."""
        self._moment = moment
