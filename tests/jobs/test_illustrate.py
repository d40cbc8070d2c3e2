from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from sentinel.domain.alerts import Alert, Reason, Transition, TransitionKind
from sentinel.domain.costs import Window
from sentinel.domain.findings import Severity
from sentinel.domain.messages import Message
from sentinel.domain.pictures import BurnUp, SpendCourse
from sentinel.jobs.evaluate import evaluate
from sentinel.jobs.illustrate import ALERTS_AT_MOST, Illustrator
from sentinel.notify import batch
from sentinel.rules.model import Rules
from sentinel.store import Database, claim, open_database, record_answer
from tests.charts.stories import month, spike
from tests.notify.stories import alert_of, changed, many, opened
from tests.notify.stories import spike as finding
from tests.store.answers import Row, answer

FIRST = date(2026, 1, 1)
DAYS = 62
SPIKE = DAYS - 1
UNITS = 100_000_000


def rules(clusters: int) -> Rules:
    """A spike rule and a budget, both told to one channel; a digest tells of more than five."""
    return Rules.model_validate(
        {
            "settings": {"history_days": 40},
            "accounts": [{"name": "main", "api_key": "made-up"}],
            "channels": {"here": {"console": {}}},
            "defaults": {"notify": ["here"]},
            "spikes": [{"name": "unusual", "per": ["cluster"]}],
            "budgets": [{"name": "month", "amount": 90 * clusters, "period": "month"}] if clusters == 1 else [],
        }
    )


def record(database: Database, clusters: int) -> None:
    """Sixty days of clusters that all cost four times as much on the last."""
    window = Window(FIRST, FIRST + timedelta(days=DAYS))
    rows = [
        Row(day, round(cost * UNITS), cost * 50, cluster=f"vci_{number}")
        for number in range(clusters)
        for place, day in enumerate(window.each_day())
        for cost in [(400.0 if place == SPIKE else 100.0) + day.weekday() + number]
    ]
    with database.write() as conn:
        record_answer(conn, "main", moment(), window, answer(window, rows), timedelta(hours=36))


def moment() -> datetime:
    """Noon of the day after the last one."""
    return datetime.combine(FIRST + timedelta(days=DAYS), time(12), UTC)


def messages(tmp_path: Path, clusters: int) -> list[Message]:
    """What waits in the outbox after one evaluation, read back from the database."""
    with open_database(f"sqlite:///{tmp_path / 'sentinel.db'}") as database:
        record(database, clusters)
        evaluate(database, rules(clusters), "hash", moment())
        return list(_waiting(database))


def _waiting(database: Database) -> Iterator[Message]:
    while True:
        with database.write() as conn:
            notification = claim(conn, "here", moment(), timedelta(hours=1))
        if notification is None:
            return
        yield notification.message


def test_an_alert_by_itself_brings_its_chart(tmp_path: Path) -> None:
    """The chart is written with the message, and shows the day that the message tells."""
    spike_told, budget_told = sorted(messages(tmp_path, 1), key=lambda message: "Budget" in message.headline)
    assert spike_told.chart is not None
    assert budget_told.chart is not None
    day = str(FIRST + timedelta(days=SPIKE))
    data = json.loads(spike_told.chart.specification)["datasets"]
    assert [one["day"] for one in data["days"] if one["kind"] == "outside the range"] == [day]
    assert "$" in spike_told.chart.alt
    assert json.loads(budget_told.chart.specification)["datasets"]["known"][-1]["spent"] > 90


def test_a_digest_brings_one_chart_of_the_largest_moves(tmp_path: Path) -> None:
    """Its details have none: together they would be a wall of pictures."""
    (digest,) = messages(tmp_path, 12)
    assert len(digest.details) == 12
    assert digest.chart is not None
    assert len(json.loads(digest.chart.specification)["datasets"]["movers"]) == 10
    assert all(detail.chart is None for detail in digest.details)


class Looks:
    """Pictures made to order, and which alerts were looked at."""

    def __init__(self, picture: SpendCourse | BurnUp | None = None) -> None:
        self.looked_at: list[int] = []
        self._picture = picture or spike()

    def __call__(self, alerts: Sequence[Alert]) -> dict[int, SpendCourse | BurnUp]:
        """One picture for each."""
        numbers = [alert.id for alert in alerts if alert.id is not None]
        self.looked_at += numbers
        return dict.fromkeys(numbers, self._picture)


def told_singly(transitions: Sequence[Transition]) -> tuple[Message, ...]:
    """One message each."""
    return tuple(message for one in transitions for message in batch([one], most=5))


def test_an_alert_is_looked_at_once_for_all_channels() -> None:
    """Two channels that are told the same share its chart."""
    looks = Looks()
    illustrator = Illustrator([opened(alert_of(finding()))], looks)
    first, second = (illustrator.illustrate(told_singly(illustrator.transitions)) for _ in range(2))
    assert first == second
    assert first[0].chart is not None
    assert looks.looked_at == [1042]


@pytest.mark.parametrize(
    ("kind", "reason", "pictured"),
    [
        (TransitionKind.ESCALATED, Reason.IMPACT_DOUBLED, True),
        (TransitionKind.CORRECTED, Reason.DATA_CHANGED, True),
        (TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL, True),
        (TransitionKind.REMINDED, Reason.STILL_FIRING, False),
        (TransitionKind.WITHDRAWN, Reason.DATA_CHANGED, False),
        (TransitionKind.EXPIRED, Reason.RULE_REMOVED, False),
    ],
)
def test_news_have_a_chart(kind: TransitionKind, reason: Reason, pictured: bool) -> None:
    """What repeats or takes back what was told has none."""
    transition = changed(alert_of(finding()), kind, reason)
    (message,) = Illustrator([transition], Looks()).illustrate(told_singly([transition]))
    assert (message.chart is not None) is pictured


def test_of_many_alerts_told_one_by_one_the_gravest_have_charts() -> None:
    """A flood costs no more than a busy day."""
    looks = Looks()
    transitions = [one for one in many(60) if not one.kind.closes]
    told = Illustrator(transitions, looks).illustrate(told_singly(transitions))
    with_chart = [transition for transition, message in zip(transitions, told, strict=True) if message.chart]
    assert len(with_chart) == len(looks.looked_at) == ALERTS_AT_MOST
    critical = sum(one.alert.severity is Severity.CRITICAL for one in transitions)
    assert sum(one.alert.severity is Severity.CRITICAL for one in with_chart) == min(critical, ALERTS_AT_MOST)


def test_a_chart_that_cannot_be_made_holds_nothing_back(caplog: pytest.LogCaptureFixture) -> None:
    """The message goes without, and the log says why."""
    broken = replace(month(), amount=float("inf"))
    transition = opened(alert_of(finding()))
    (message,) = Illustrator([transition], Looks(broken)).illustrate(told_singly([transition]))
    assert message == told_singly([transition])[0]
    assert "told without a chart" in caplog.text
