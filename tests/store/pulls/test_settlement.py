"""How late an account's figures usually settle."""

from __future__ import annotations

from datetime import timedelta

from sentinel.store import Database, settlement_lag
from tests.store.answers import Row, at, day, window
from tests.store.recording import pull


def grow(database: Database, days: range, final_after: float) -> None:
    """Each day is pulled every 6 hours for 8 days after its end, and has its final figure after some hours."""
    for hour in range(0, (days.stop + 9) * 24, 6):
        ended = [number for number in days if (number + 1) * 24 <= hour <= (number + 9) * 24]
        if ended:
            rows = [Row(day(n), 10 if hour - (n + 1) * 24 >= final_after else 1 + hour - (n + 1) * 24) for n in ended]
            pull(database, at(0, hour), window(ended[0], ended[-1] + 1), rows)


def test_the_lag_is_the_time_from_a_days_end_to_its_last_change(sqlite_database: Database) -> None:
    """All days got their last figure 30 hours after their end: that is how long to wait."""
    grow(sqlite_database, range(15), final_after=30)
    with sqlite_database.read() as conn:
        lag = settlement_lag(conn, "main", at(30))
    assert lag is not None
    assert (lag.days, lag.median, lag.p95) == (15, timedelta(hours=30), timedelta(hours=30))
    assert lag.recommended == timedelta(hours=30)


def test_figures_that_never_change_still_get_a_day(sqlite_database: Database) -> None:
    """What 15 days showed is no promise: less than 24 hours are not recommended."""
    grow(sqlite_database, range(15), final_after=0)
    with sqlite_database.read() as conn:
        lag = settlement_lag(conn, "main", at(30))
    assert lag is not None
    assert (lag.median, lag.recommended) == (timedelta(0), timedelta(hours=24))


def test_days_that_nobody_saw_grow_tell_nothing(sqlite_database: Database) -> None:
    """A backfill comes too late to see it."""
    pull(sqlite_database, at(40), window(0, 30), [Row(day(number), 1) for number in range(30)])
    with sqlite_database.read() as conn:
        assert settlement_lag(conn, "main", at(41)) is None
