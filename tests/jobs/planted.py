"""A simulated account that was watched for months, and what its rules told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sentinel import __version__
from sentinel.domain.alerts import Alert
from sentinel.domain.costs import Window
from sentinel.domain.scopes import Dimension
from sentinel.jobs.evaluate import evaluate
from sentinel.jobs.replay import backtest
from sentinel.pull import decode_answer
from sentinel.rules.model import Rules
from sentinel.simulator import Incident, Restatement, World, answer
from sentinel.store import Database, open_database, record_answer

NOW = datetime(2026, 3, 5, 14, tzinfo=UTC)
DAY = timedelta(days=1)
WATCHED_LIVE = 10
WATCHED = 120
LATE_DAY = date(2026, 2, 26)
FOUND_WITHIN = timedelta(days=7)
"""A ramp takes a week to reach its height; all else is found sooner."""

RULES = Rules.model_validate(
    {
        "settings": {"history_days": 180},
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "channels": {"here": {"console": {}}},
        "defaults": {"notify": ["here"]},
        "spikes": [
            {"name": "product", "per": ["cluster", "product_family"], "direction": "both", "min_change": 3},
            {"name": "workspace", "per": ["workspace"], "direction": "both"},
        ],
        "new_spend": [{"name": "new", "per": ["cluster"]}],
    }
)


def lifelike(seed: int) -> World:
    """An account with incidents, a renamed cluster, tiers, growth, and a day of which nothing is known for 30 hours."""
    world = World.build(NOW, seed=seed, history_days=200)
    known_at = datetime.combine(LATE_DAY + DAY, NOW.time(), UTC) + timedelta(hours=16)
    return world.restated(Restatement(LATE_DAY, known_at, before=0.0))


def told_of(world: World, folder: Path) -> tuple[Alert, ...]:
    """The alerts of its last 120 days: the older ones from the settled history, the last ten as they came in."""
    with open_database(f"sqlite:///{folder / 'sentinel.db'}") as database:
        begin = NOW - WATCHED_LIVE * DAY
        _pull(database, world, begin, days=200)
        for number in range(1, WATCHED_LIVE + 1):
            moment = begin + number * DAY
            _pull(database, world, moment, days=9)
            evaluate(database, RULES, "hash", moment)
        first = (NOW - WATCHED * DAY).date()
        return backtest(database, RULES, __version__, NOW + timedelta(hours=1), first=first, last=NOW.date()).alerts


def concerns(alert: Alert, incident: Incident) -> bool:
    """Whether an alert is about an incident's place, or one around it, and began with it."""
    cluster, workspace = alert.scope.get(Dimension.CLUSTER), alert.scope.get(Dimension.WORKSPACE)
    here = cluster is None or cluster.id == incident.cluster_id
    around = workspace is not None and workspace.id == incident.workspace_id
    return here and around and incident.first_day <= alert.since <= incident.first_day + FOUND_WITHIN


def _pull(database: Database, world: World, moment: datetime, days: int) -> None:
    for window in _months((moment - days * DAY).date(), moment.date()):
        body = json.dumps(answer(world, window.first, window.stop, as_of=moment)).encode()
        with database.write() as conn:
            record_answer(conn, "main", moment, window, decode_answer(body), RULES.settings.settle_after)


def _months(first: date, last: date) -> Iterator[Window]:
    while first <= last:
        stop = min((first.replace(day=1) + 32 * DAY).replace(day=1), last + DAY)
        yield Window(first, stop)
        first = stop
