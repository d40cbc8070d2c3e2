"""What the database knows of an account when its next pulls are planned."""

from __future__ import annotations

from datetime import datetime, timedelta

from sentinel.domain.costs import Window
from sentinel.domain.coverage import KnownDays
from sentinel.errors import ApiUnavailable, PullError, WindowRefused
from sentinel.store import Database, faults, known_days, pull_health, record_failed_pull
from tests.store.answers import SETTLE_AFTER, Row, answer, at, day, window
from tests.store.recording import pull, record


def known(database: Database, moment: datetime) -> KnownDays:
    """What is known of the account `main`."""
    with database.read() as conn:
        return known_days(conn, "main", SETTLE_AFTER, moment)


def fail(database: Database, moment: datetime, error: PullError, days: Window | None = None) -> None:
    """A request for some days that was not answered."""
    with database.write() as conn:
        record_failed_pull(conn, "main", moment, days or window(0, 5), error)


def test_nothing_is_known_of_an_account_that_was_never_pulled(database: Database) -> None:
    """Neither days nor moments."""
    assert known(database, at(0)) == KnownDays("main")


def test_covered_and_settled_days_come_from_the_pulls_that_covered_them(database: Database) -> None:
    """A day settles when it was pulled late enough."""
    pull(database, at(3), window(0, 3), [Row(day(number), 1) for number in range(3)])
    found = known(database, at(4))
    assert found.covered == {day(0), day(1), day(2)}
    assert found.settled == {day(0)}
    assert (found.first_pull, found.last_pull, found.failures) == (at(3), at(3), 0)


def test_what_was_pulled_later_is_not_known_yet(database: Database) -> None:
    """The plan of a moment can be repeated afterwards."""
    pull(database, at(3), window(0, 1), [Row(day(0), 1)])
    pull(database, at(6), window(1, 2), [Row(day(1), 1)])
    fail(database, at(7), ApiUnavailable("503"))
    found = known(database, at(5))
    assert found.covered == {day(0)}
    assert (found.last_pull, found.failures) == (at(3), 0)


def test_failures_are_counted_since_the_last_answer(database: Database) -> None:
    """So that failing pulls come ever later."""
    fail(database, at(1), ApiUnavailable("503"))
    pull(database, at(2), window(0, 1), [Row(day(0), 1)])
    fail(database, at(3), ApiUnavailable("502"))
    fail(database, at(4), ApiUnavailable("503"))
    found = known(database, at(5))
    assert (found.first_pull, found.last_pull, found.failures) == (at(1), at(4), 2)
    with database.read() as conn:
        health = pull_health(conn, "main", at(5))
        assert (health.failing_since, health.error) == (at(3), "503")
        assert pull_health(conn, "main", at(2)).failing_since is None


def test_a_pull_that_fails_for_several_windows_has_failed_once(database: Database) -> None:
    """Its windows come newest first, and one that is too long comes in halves; a new pull begins with the newest."""
    for moment in (1, 2, 3):
        for first, stop in ((31, 40), (0, 31), (16, 31), (0, 16), (-28, 0)):
            fail(database, at(moment), ApiUnavailable("503"), window(first, stop))
        assert known(database, at(4)).failures == moment
    fail(database, at(3, 6), ApiUnavailable("503"), window(-28, 0))
    fail(database, at(3, 12), ApiUnavailable("503"), window(-28, 0))
    assert known(database, at(4)).failures == 5


def test_days_that_the_api_refused_rest_for_a_week(database: Database) -> None:
    """Unless they were answered since."""
    fail(database, at(1), WindowRefused("400: too far back"), window(-10, -5))
    fail(database, at(1), WindowRefused("400: too far back"), window(0, 3))
    pull(database, at(2), window(0, 2), [Row(day(0), 1)])
    assert known(database, at(7)).refused == {*(day(number) for number in range(-10, -5)), day(2)}
    assert known(database, at(8) + timedelta(seconds=1)).refused == frozenset()


def test_days_before_the_account_began_are_no_failure(database: Database) -> None:
    """The API refuses them, and its history is complete all the same."""
    fail(database, at(1), WindowRefused("400: too far back"), window(-28, 31))
    pull(database, at(2), window(0, 3), [Row(day(number), 1) for number in range(3)])
    for first in (-7, -1):
        fail(database, at(2), WindowRefused("400: too far back"), window(first, 0))
    found = known(database, at(3))
    assert (found.begins, found.failures) == (day(0), 0)
    with database.read() as conn:
        assert pull_health(conn, "main", at(3)).failing_since is None
        assert faults(conn, "main", at(0)) == ()


def test_refused_days_inside_the_history_stay_a_fault(database: Database) -> None:
    """The account has charges before them."""
    pull(database, at(2), window(0, 3), [Row(day(number), 1) for number in range(3)])
    fail(database, at(3), WindowRefused("400: not now"), window(3, 4))
    found = known(database, at(4))
    assert (found.begins, found.failures) == (None, 1)
    with database.read() as conn:
        assert [fault.message for fault in faults(conn, "main", at(0))] == ["400: not now"]


def test_an_import_covers_days_but_is_no_attempt(database: Database) -> None:
    """The next pull does not wait because of it."""
    record(database, at(9), None, answer(window(0, 2), [Row(day(0), 1), Row(day(1), 1)]))
    found = known(database, at(10))
    assert found.covered == {day(0), day(1)}
    assert (found.first_pull, found.last_pull) == (None, None)


def test_an_answer_that_reaches_one_day_further_teaches_that_date_end_is_inclusive(database: Database) -> None:
    """A row on `date_end` itself says so."""
    asked = window(0, 3)
    record(database, at(20), asked, answer(window(0, 3), [Row(day(number), 1) for number in range(4)]))
    assert known(database, at(21)).end_inclusive is True


def test_a_closed_day_that_an_answer_leaves_out_teaches_that_date_end_is_exclusive(database: Database) -> None:
    """The day is known to have charges, yet the answer ends right before it."""
    pull(database, at(20), window(3, 6), [Row(day(number), 1) for number in range(3, 6)])
    assert known(database, at(20)).end_inclusive is None
    pull(database, at(20, 1), window(0, 3), [Row(day(number), 1) for number in range(3)])
    assert known(database, at(21)).end_inclusive is False
