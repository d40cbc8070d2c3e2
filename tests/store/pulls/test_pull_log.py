"""What the pulls brought, for people."""

from __future__ import annotations

from sentinel.errors import ApiUnavailable, BadAnswer
from sentinel.store import Database, faults, kept_bodies, recent_pulls, record_failed_pull
from tests.store.answers import Row, at, day, window
from tests.store.recording import pull


def fail(database: Database, hour: float, message: str = "503", body: bytes = b"") -> None:
    """A pull of days 0 to 4 without a usable answer."""
    error = BadAnswer("tenants[0]", message, body) if body else ApiUnavailable(message)
    with database.write() as conn:
        record_failed_pull(conn, "main", at(10, hour), window(0, 5), error, body)


def test_the_newest_pulls_come_first_with_what_they_did(database: Database) -> None:
    """Rows, windows and errors."""
    pull(database, at(10), window(0, 1), [Row(day(0), 1)])
    pull(database, at(11), window(0, 1), [Row(day(0), 2)])
    fail(database, 48)
    with database.read() as conn:
        failed, second, first = recent_pulls(conn, "main")
        assert [one.number for one in recent_pulls(conn, "main", at_most=1)] == [failed.number]
    assert (failed.outcome, failed.error_kind, failed.error) == ("failed", "ApiUnavailable", "503")
    assert failed.asked == window(0, 5)
    assert (second.outcome, second.rows.changed, second.rows.restated) == ("stored", 1, 1)
    assert (first.rows.new, first.answered) == (1, window(0, 1))


def test_each_fault_is_told_once_with_how_often_it_happened(database: Database) -> None:
    """Four failures of two kinds are two faults."""
    for hour in (0, 1, 3):
        fail(database, hour, "503")
    fail(database, 2, "timed out")
    with database.read() as conn:
        newest, other = faults(conn, "main", at(0))
        assert faults(conn, "main", at(10, 3.5)) == ()
    assert (newest.message, newest.times, newest.first, newest.last) == ("503", 3, at(10), at(10, 3))
    assert (other.message, other.times, other.ongoing) == ("timed out", 1, True)


def test_a_fault_is_over_when_its_days_were_stored_afterwards(database: Database) -> None:
    """Other days do not end it."""
    fail(database, 0)
    pull(database, at(10, 1), window(7, 8), [Row(day(7), 1)])
    with database.read() as conn:
        assert [fault.ongoing for fault in faults(conn, "main", at(0))] == [True]
    pull(database, at(10, 2), window(0, 5), [Row(day(number), 1) for number in range(5)])
    with database.read() as conn:
        assert [fault.ongoing for fault in faults(conn, "main", at(0))] == [False]


def test_only_the_newest_bad_answers_are_kept_and_only_their_beginning(database: Database) -> None:
    """An API that answers nonsense every hour does not fill the disk."""
    for number in range(7):
        fail(database, number, body=b"%d" % number * 5_000_000)
    with database.read() as conn:
        kept = kept_bodies(conn, "main")
    assert [one.body[:1] for one in kept] == [b"6", b"5", b"4", b"3", b"2"]
    assert {(one.size, len(one.body)) for one in kept} == {(5_000_000, 4 * 1024**2)}
