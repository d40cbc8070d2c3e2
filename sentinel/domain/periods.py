"""Budget periods as ranges of UTC days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_MONTHS_A_YEAR = 12
_MONTHS_A_QUARTER = 3


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
            return week_of(day, week_start)
        case PeriodKind.MONTH:
            return month_of(day)
        case PeriodKind.QUARTER:
            return quarter_of(day)
        case PeriodKind.YEAR:
            return year_of(day)


def week_of(day: date, start: int = 0) -> Period:
    """The seven days that a day lies in; `start` counts from Monday = 0."""
    first = day - timedelta(days=(day.weekday() - start) % 7)
    return Period(first, first + timedelta(days=6))


def month_of(day: date, start: int = 1) -> Period:
    """The month that a day lies in, from its day number `start` on; in a shorter month from the last day on."""
    months = _months_since_year_0(day)
    if day < _begin(months, start):
        months -= 1
    return _from_to(months, 1, start)


def quarter_of(day: date, first_month: int = 1) -> Period:
    """The three months that a day lies in; one quarter begins with the month `first_month` (January = 1)."""
    return _whole_months(day, first_month, _MONTHS_A_QUARTER)


def year_of(day: date, first_month: int = 1) -> Period:
    """The twelve months that a day lies in, from the month `first_month` (January = 1) on."""
    return _whole_months(day, first_month, _MONTHS_A_YEAR)


def days_to(last: date, days: int) -> Period:
    """So many days up to a last one."""
    return Period(last - timedelta(days=days - 1), last)


def named_months(period: Period) -> tuple[date, ...]:
    """The first days of the months that a period of months is made of.

    One that begins inside a month is known by that month: an invoice from 15 January to 14 February is January's.
    """
    first = period.first.replace(day=1)
    count = _months_since_year_0(period.last) - _months_since_year_0(first) + 1 if period.first == first else 1
    return tuple(_begin(_months_since_year_0(first) + place, 1) for place in range(count))


def _whole_months(day: date, first_month: int, count: int) -> Period:
    months = _months_since_year_0(day)
    return _from_to(months - (months - (first_month - 1)) % count, count, 1)


def _from_to(months: int, count: int, start: int) -> Period:
    return Period(_begin(months, start), _begin(months + count, start) - timedelta(days=1))


def _months_since_year_0(day: date) -> int:
    return day.year * _MONTHS_A_YEAR + day.month - 1


def _begin(months: int, start: int) -> date:
    year, month = divmod(months, _MONTHS_A_YEAR)
    return date(year, month + 1, min(start, monthrange(year, month + 1)[1]))
