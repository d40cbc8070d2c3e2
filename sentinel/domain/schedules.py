"""When something is due again and again: a time of day on some days, by the clock of a time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sentinel.domain.periods import month_of

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A time of every day, of one weekday (`weekday`, Monday = 0), or of one day of the month (`month_day`).

    In a month that has no such day it is due on its last one.
    """

    at: time
    weekday: int | None = None
    month_day: int | None = None

    def falls_on(self, day: date) -> bool:
        """Whether it is due on a day of its zone's calendar."""
        if self.weekday is not None:
            return day.weekday() == self.weekday
        return self.month_day is None or day == month_of(day, self.month_day).first


def due_moments(schedule: Schedule, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """The moments (UTC) after a moment at which it is due, each once, for ever.

    A time that the clocks jump over is due as long after midnight as it would have been without the jump; one that they
    show twice is due the first time.
    """
    day = after.astimezone(zone).date() - _DAY
    last = after
    while True:
        if schedule.falls_on(day):
            due = datetime.combine(day, schedule.at, zone).astimezone(UTC)
            # A day that a zone left out altogether shares its moment with the day after it.
            if due > last:
                yield due
                last = due
        day += _DAY


def next_due(schedule: Schedule, zone: tzinfo, after: datetime) -> datetime:
    """The first moment after a moment at which it is due."""
    return next(due_moments(schedule, zone, after))
