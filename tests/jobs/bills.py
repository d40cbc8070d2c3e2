"""A cost history of many clusters that cost the same every day, until some of them spike."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta

from sentinel.domain.costs import Window
from sentinel.jobs.evaluate import Evaluation, evaluate
from sentinel.rules.model import Rules
from sentinel.store import Database, record_answer
from tests.store.answers import SETTLE_AFTER, Row, answer

FIRST = date(2026, 1, 1)
UNITS = 100_000_000
USUAL, SPIKE = 50, 200


def morning(day: date) -> datetime:
    """When a day is pulled for the last time, settled, and judged."""
    return datetime(day.year, day.month, day.day, 14, tzinfo=UTC) + timedelta(days=2)


def live_through(
    database: Database, rules: Rules, day: date, clusters: int, spikes: dict[date, Collection[int]]
) -> Evaluation:
    """Pull all days up to this one, on which some clusters may spike, and judge."""
    window = Window(FIRST, day + timedelta(days=1))
    rows = [
        Row(
            each,
            (SPIKE if cluster in spikes.get(each, ()) else USUAL + cluster % 3 + each.toordinal() % 2) * UNITS,
            cluster=f"vci_{cluster}",
        )
        for each in window.each_day()
        for cluster in range(clusters)
    ]
    with database.write() as conn:
        record_answer(conn, "main", morning(day), window, answer(window, rows), SETTLE_AFTER)
    return evaluate(database, rules, "hash", morning(day))
