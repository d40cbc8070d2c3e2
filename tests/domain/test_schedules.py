"""When reports are due, by clocks that jump."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.schedules import Schedule, due_moments, next_due

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")
MONDAYS = Schedule(time(9), weekday=0)
DAILY = Schedule(time(2, 30))


def due(schedule: Schedule, zone: str, after: str, count: int) -> list[str]:
    """The next moments, in UTC."""
    begin = datetime.fromisoformat(after).replace(tzinfo=UTC)
    return [f"{one:%Y-%m-%d %H:%M}" for one in islice(due_moments(schedule, ZoneInfo(zone), begin), count)]


@pytest.mark.parametrize(
    ("schedule", "zone", "after", "expected"),
    [
        (MONDAYS, "UTC", "2026-03-02 08:59", ["2026-03-02 09:00", "2026-03-09 09:00"]),
        (MONDAYS, "UTC", "2026-03-02 09:00", ["2026-03-09 09:00", "2026-03-16 09:00"]),
        (MONDAYS, "Europe/Berlin", "2026-03-20 00:00", ["2026-03-23 08:00", "2026-03-30 07:00"]),
        (MONDAYS, "Asia/Tokyo", "2026-02-28 23:00", ["2026-03-02 00:00", "2026-03-09 00:00"]),
        (MONDAYS, "America/New_York", "2026-10-30 00:00", ["2026-11-02 14:00", "2026-11-09 14:00"]),
        (DAILY, "Europe/Berlin", "2026-03-28 00:00", ["2026-03-28 01:30", "2026-03-29 01:30", "2026-03-30 00:30"]),
        (DAILY, "Europe/Berlin", "2026-10-24 00:00", ["2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"]),
        (Schedule(time(0), month_day=1), "UTC", "2026-12-31 12:00", ["2027-01-01 00:00", "2027-02-01 00:00"]),
        (
            Schedule(time(9), month_day=31),
            "UTC",
            "2028-01-31 12:00",
            ["2028-02-29 09:00", "2028-03-31 09:00", "2028-04-30 09:00"],
        ),
        (Schedule(time(9), month_day=29), "UTC", "2027-02-01 00:00", ["2027-02-28 09:00", "2027-03-29 09:00"]),
        # Samoa had no 30 December 2011: what was due on it is due as the 31st begins to count.
        (Schedule(time(9)), "Pacific/Apia", "2011-12-29 12:00", ["2011-12-29 19:00", "2011-12-30 19:00"]),
    ],
)
def test_when_it_is_due(schedule: Schedule, zone: str, after: str, expected: list[str]) -> None:
    """By the clock on the wall of its zone: an hour earlier in UTC in summer, and once where the clock jumps."""
    assert due(schedule, zone, after, len(expected)) == expected


schedules = st.one_of(
    st.builds(Schedule, st.times().map(lambda at: at.replace(second=0, microsecond=0))),
    st.builds(Schedule, st.just(time(2, 30)), weekday=st.integers(0, 6)),
    st.builds(Schedule, st.just(time(0)), month_day=st.integers(1, 31)),
)
moments = st.datetimes(datetime(2011, 6, 1), datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - zone beside it


@given(schedules, st.sampled_from(ZONES), moments, st.integers(0, 400 * 24))
def test_from_any_moment_the_same_moments_follow(schedule: Schedule, zone: str, after: datetime, hours: int) -> None:
    """However often one looks in between, each moment comes once, in order, and none is left out."""
    there, later = ZoneInfo(zone), after + timedelta(hours=hours)

    def due(begin: datetime, end: datetime) -> list[datetime]:
        return list(takewhile(lambda one: one <= end, due_moments(schedule, there, begin)))

    middle = after + timedelta(hours=hours // 2)
    whole = due(after, later)
    assert whole == due(after, middle) + due(middle, later)
    assert all(before < following for before, following in pairwise(whole))
    assert next_due(schedule, there, later) > later
