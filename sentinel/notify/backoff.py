"""When a notification that did not arrive is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

from sentinel.errors import DeliveryError

FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
PATIENCE = timedelta(days=3)
"""So long a receiver may be away; after that a person has to look."""

_DOUBLINGS = 7
"""30 s doubled seven times is past the longest pause; more would only overflow."""


def retry_at(
    attempts: int, error: DeliveryError, first_attempt_at: datetime, moment: datetime, chance: float
) -> datetime | None:
    """The moment of the next attempt, None to park the notification.

    `attempts` were made, the first one at `first_attempt_at`, the last one failed at `moment` with `error`. Pauses
    double from half a minute up to an hour, each shortened by up to a half by `chance` (0..1, random), so that
    channels that failed together do not come back together. What the receiver asked for (`retry_after`) is honoured
    up to an hour. A permanent error, or `PATIENCE` spent, parks.
    """
    if error.permanent or moment - first_attempt_at >= PATIENCE:
        return None
    doublings = min(max(attempts - 1, 0), _DOUBLINGS)
    doubled = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
    pause = doubled * (1 - chance / 2)
    if error.retry_after is not None:
        pause = max(pause, min(timedelta(seconds=max(error.retry_after, 0)), LONGEST_PAUSE))
    return moment + pause
