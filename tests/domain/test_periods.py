"""Periods: every kind across the edges of months, quarters and years, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from sentinel.domain.periods import (
    Period,
    PeriodKind,
    days_to,
    month_of,
    named_months,
    period_of,
    quarter_of,
    week_of,
    year_of,
)

DAY = timedelta(days=1)
SUNDAY = 6


def days(text: str) -> Period:
    """`2026-01-31..2026-02-27` as a period."""
    first, _, last = text.partition("..")
    return Period(date.fromisoformat(first), date.fromisoformat(last or first))


@pytest.mark.parametrize(
    ("kind", "day", "expected"),
    [
        (PeriodKind.DAY, "2028-02-29", "2028-02-29"),
        (PeriodKind.WEEK, "2026-01-01", "2025-12-29..2026-01-04"),
        (PeriodKind.WEEK, "2028-02-29", "2028-02-28..2028-03-05"),
        (PeriodKind.WEEK, "2026-03-29", "2026-03-23..2026-03-29"),
        (PeriodKind.MONTH, "2026-02-28", "2026-02-01..2026-02-28"),
        (PeriodKind.MONTH, "2028-02-29", "2028-02-01..2028-02-29"),
        (PeriodKind.MONTH, "2000-02-29", "2000-02-01..2000-02-29"),
        (PeriodKind.MONTH, "2100-02-28", "2100-02-01..2100-02-28"),
        (PeriodKind.MONTH, "2026-12-31", "2026-12-01..2026-12-31"),
        (PeriodKind.QUARTER, "2026-01-01", "2026-01-01..2026-03-31"),
        (PeriodKind.QUARTER, "2028-02-29", "2028-01-01..2028-03-31"),
        (PeriodKind.QUARTER, "2026-06-30", "2026-04-01..2026-06-30"),
        (PeriodKind.QUARTER, "2026-07-01", "2026-07-01..2026-09-30"),
        (PeriodKind.QUARTER, "2026-12-31", "2026-10-01..2026-12-31"),
        (PeriodKind.YEAR, "2026-01-01", "2026-01-01..2026-12-31"),
        (PeriodKind.YEAR, "2028-12-31", "2028-01-01..2028-12-31"),
    ],
)
def test_a_period_of_the_calendar(kind: PeriodKind, day: str, expected: str) -> None:
    """Months are as long as they are, quarters begin in January, weeks on Monday."""
    assert period_of(kind, date.fromisoformat(day)) == days(expected)


@pytest.mark.parametrize(
    ("start", "day", "expected"),
    [
        (0, "2026-03-01", "2026-02-23..2026-03-01"),
        (SUNDAY, "2026-03-01", "2026-03-01..2026-03-07"),
        (SUNDAY, "2026-02-28", "2026-02-22..2026-02-28"),
        (SUNDAY, "2027-01-02", "2026-12-27..2027-01-02"),
        (3, "2026-12-31", "2026-12-31..2027-01-06"),
    ],
)
def test_a_week_begins_on_any_weekday(start: int, day: str, expected: str) -> None:
    """Also across the end of a month and of a year."""
    assert week_of(date.fromisoformat(day), start) == days(expected)


@pytest.mark.parametrize(
    ("start", "day", "expected"),
    [
        (15, "2026-01-14", "2025-12-15..2026-01-14"),
        (15, "2026-01-15", "2026-01-15..2026-02-14"),
        (15, "2028-03-01", "2028-02-15..2028-03-14"),
        (31, "2026-01-30", "2025-12-31..2026-01-30"),
        (31, "2026-01-31", "2026-01-31..2026-02-27"),
        (31, "2026-02-28", "2026-02-28..2026-03-30"),
        (31, "2026-03-31", "2026-03-31..2026-04-29"),
        (31, "2026-04-30", "2026-04-30..2026-05-30"),
        (31, "2028-02-28", "2028-01-31..2028-02-28"),
        (31, "2028-02-29", "2028-02-29..2028-03-30"),
        (30, "2026-02-27", "2026-01-30..2026-02-27"),
        (30, "2026-02-28", "2026-02-28..2026-03-29"),
        (29, "2028-02-29", "2028-02-29..2028-03-28"),
        (29, "2026-02-28", "2026-02-28..2026-03-28"),
        (1, "2026-02-28", "2026-02-01..2026-02-28"),
    ],
)
def test_a_month_begins_on_any_day_and_on_the_last_one_of_a_shorter_month(start: int, day: str, expected: str) -> None:
    """The 31st is the 28th, 29th or 30th where a month has no 31st."""
    assert month_of(date.fromisoformat(day), start) == days(expected)


@pytest.mark.parametrize(
    ("find", "first_month", "day", "expected"),
    [
        (quarter_of, 2, "2026-01-31", "2025-11-01..2026-01-31"),
        (quarter_of, 2, "2026-02-01", "2026-02-01..2026-04-30"),
        (quarter_of, 12, "2028-02-29", "2027-12-01..2028-02-29"),
        (year_of, 4, "2026-03-31", "2025-04-01..2026-03-31"),
        (year_of, 4, "2026-04-01", "2026-04-01..2027-03-31"),
        (year_of, 2, "2028-01-31", "2027-02-01..2028-01-31"),
        (year_of, 3, "2028-02-29", "2027-03-01..2028-02-29"),
    ],
)
def test_quarters_and_years_begin_in_any_month(
    find: Callable[[date, int], Period], first_month: int, day: str, expected: str
) -> None:
    """A fiscal year in April has its quarters with it."""
    assert find(date.fromisoformat(day), first_month) == days(expected)


@pytest.mark.parametrize(
    ("last", "count", "expected"),
    [
        ("2026-03-01", 2, "2026-02-28..2026-03-01"),
        ("2028-03-01", 2, "2028-02-29..2028-03-01"),
        ("2026-01-15", 30, "2025-12-17..2026-01-15"),
        ("2028-12-31", 366, "2028-01-01..2028-12-31"),
    ],
)
def test_so_many_days_end_with_a_day(last: str, count: int, expected: str) -> None:
    """The last day is one of them."""
    assert days_to(date.fromisoformat(last), count) == days(expected)


@pytest.mark.parametrize(
    ("period", "months"),
    [
        ("2026-02-01..2026-02-28", ["2026-02"]),
        ("2026-01-15..2026-02-14", ["2026-01"]),
        ("2026-02-28..2026-03-30", ["2026-02"]),
        ("2026-10-01..2026-12-31", ["2026-10", "2026-11", "2026-12"]),
        ("2025-11-01..2026-01-31", ["2025-11", "2025-12", "2026-01"]),
    ],
)
def test_a_period_of_months_is_known_by_those_that_it_begins_in(period: str, months: list[str]) -> None:
    """An invoice from 15 January to 14 February is January's."""
    assert [f"{month:%Y-%m}" for month in named_months(days(period))] == months


DAYS = st.dates(date(1999, 1, 1), date(2110, 12, 31))
CALENDARS: st.SearchStrategy[Callable[[date], Period]] = st.one_of(
    st.sampled_from(list(PeriodKind)).map(lambda kind: lambda day: period_of(kind, day)),
    st.integers(0, 6).map(lambda start: lambda day: week_of(day, start)),
    st.integers(1, 31).map(lambda start: lambda day: month_of(day, start)),
    st.integers(1, 12).map(lambda first: lambda day: quarter_of(day, first)),
    st.integers(1, 12).map(lambda first: lambda day: year_of(day, first)),
)


@how(deadline=None)
@given(CALENDARS, DAYS)
def test_the_periods_of_a_calendar_leave_no_day_out_and_take_none_twice(
    calendar: Callable[[date], Period], day: date
) -> None:
    """A day lies in its period, each day of a period has that same one, and the next begins on the day after."""
    period = calendar(day)
    assert day in period
    assert calendar(period.first) == calendar(period.last) == period
    assert calendar(period.last + DAY).first == period.last + DAY
    assert calendar(period.first - DAY).last == period.first - DAY


@how(deadline=None)
@given(st.integers(1, 31), DAYS)
def test_a_month_has_the_length_of_a_month(start: int, day: date) -> None:
    """Wherever it begins, it has 28 to 31 days, and begins at most once in a month of the calendar."""
    period = month_of(day, start)
    assert 28 <= period.days <= 31
    following = month_of(period.last + DAY, start)
    months = following.first.year * 12 + following.first.month - period.first.year * 12 - period.first.month
    assert months == 1
