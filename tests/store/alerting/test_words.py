from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from sentinel.domain.alerts import Mark, MarkKind, Silence
from sentinel.store import Database, add_mark, add_silence, end_silence, marks, silences
from tests.store.conversations import NOW, open_in, scope


def test_marks_come_back_in_their_order(database: Database) -> None:
    """Every word on every alert is kept, with all that it carries."""
    one, two = (alert.id or 0 for alert in open_in(database, 1, 2))
    snoozed = Mark(
        kind=MarkKind.SNOOZED,
        alert_id=one,
        rule="cluster-product",
        scope_key=scope(1).key,
        episode="up",
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 3),
        author="ada",
        at=NOW,
        comment="load test",
        until=NOW + timedelta(days=7),
    )
    expected = replace(snoozed, kind=MarkKind.EXPECTED, alert_id=two, until=None, new_level=True, at=NOW - timedelta(1))
    with database.write() as conn:
        add_mark(conn, snoozed)
        add_mark(conn, expected)
    with database.read() as conn:
        assert marks(conn) == (expected, snoozed)
        assert marks(conn, one) == (snoozed,)


def test_a_silence_stands_until_it_ends(database: Database) -> None:
    """A silence that is lifted ends now; one that has ended cannot be lifted again."""
    week = Silence(
        id=None,
        matchers=(("workspace", "load-*"), ("rule", "cluster-product")),
        starts_at=NOW,
        ends_at=NOW + timedelta(days=7),
        author="grace",
        comment="migration",
    )
    with database.write() as conn:
        number = add_silence(conn, week)
        assert silences(conn) == (replace(week, id=number),)
        assert end_silence(conn, number, NOW + timedelta(hours=1))
        assert not end_silence(conn, number, NOW + timedelta(hours=2))
        assert not end_silence(conn, number + 1, NOW)
        assert silences(conn) == (replace(week, id=number, ends_at=NOW + timedelta(hours=1)),)
