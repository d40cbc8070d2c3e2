"""Budget periods as ranges of UTC days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class PeriodKind(StrEnum):
    """The calendar periods a budget can have."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days first..last, both inclusive."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first} to {self.last}"


def period_of(kind: PeriodKind, day: date, week_start: int = 0) -> Period:
    """The period of a kind that a day lies in; `week_start` counts from Monday = 0."""
    match kind:
        case PeriodKind.DAY:
            return Period(day, day)
        case PeriodKind.WEEK:
            first = day - timedelta(days=(day.weekday() - week_start) % 7)
            return Period(first, first + timedelta(days=6))
        case PeriodKind.MONTH:
            return _months(day.year, day.month, 1)
        case PeriodKind.QUARTER:
            return _months(day.year, day.month - (day.month - 1) % 3, 3)
        case PeriodKind.YEAR:
            return Period(date(day.year, 1, 1), date(day.year, 12, 31))


def _months(year: int, month: int, count: int) -> Period:
    following = month - 1 + count
    stop = date(year + following // 12, following % 12 + 1, 1)
    return Period(date(year, month, 1), stop - timedelta(days=1))
