"""Alerts in a database, and notifications about them, for the tests of the outbox."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sentinel.domain.alerts import Alert, AlertDay, AlertState, Reason, Transition, TransitionKind
from sentinel.domain.findings import Basis, Contribution, Direction, Excess, Finding, RuleKind, Severity, Whole
from sentinel.domain.messages import Fact, Message, Tone
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.rules.model import Rules
from sentinel.store import Database, enqueue, record_evaluation, record_transitions

NOW = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
LEASE = timedelta(minutes=2)
RULES = Rules.model_validate(
    {
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "spikes": [{"name": "cluster-product", "per": ["cluster"]}],
    }
)


def scope(cluster: int) -> Scope:
    """The scope of one cluster."""
    return Scope((Place(Dimension.ACCOUNT, "main", "main"), Place(Dimension.CLUSTER, f"vci_{cluster}", "orders")))


def alert_of(cluster: int, *, days: int = 1) -> Alert:
    """An open spike of one cluster with every field filled, not yet in a database."""
    where = scope(cluster)
    last = date(2026, 3, 3)
    finding = Finding(
        rule="cluster-product",
        kind=RuleKind.SPIKE,
        scope=where,
        day=last,
        direction=Direction.UP,
        severity=Severity.WARNING,
        observed=640.1,
        expected=210.3,
        lower=180.0,
        upper=245.0,
        score=7.9,
        basis=Basis.SETTLED,
        currency="USD",
        excess=Excess(428.4, 1.6, 2.04, None),
        contributions=(Contribution(where, 430.0, 1.0),),
        whole=Whole(Scope(()), 0.9),
        regions=("us-east-1",),
        note="a note",
    )
    return Alert(
        id=None,
        rule="cluster-product",
        kind=RuleKind.SPIKE,
        scope=where,
        episode="up",
        severity=Severity.WARNING,
        state=AlertState.OPEN,
        opened_at=NOW,
        told_at=NOW,
        told_impact=429.8,
        told_threshold=None,
        rule_fingerprint="0123456789abcdef",
        finding=finding,
        days=tuple(
            AlertDay(last - timedelta(days=days - 1 - place), 640.1, 210.3, 180.0, 245.0, 7.9) for place in range(days)
        ),
    )


def opening(alert: Alert) -> Transition:
    """The transition that opens an alert."""
    return Transition(TransitionKind.OPENED, Reason.OUTSIDE_BAND, alert, NOW)


def open_in(database: Database, *clusters: int) -> tuple[Alert, ...]:
    """Open an alert for each of these clusters; as they then stand in the database."""
    with database.write() as conn:
        evaluation = record_evaluation(conn, NOW, RULES, "hash", "0.1.0")
        recorded = record_transitions(conn, evaluation, [opening(alert_of(cluster)) for cluster in clusters])
    return tuple(transition.alert for transition in recorded)


def message(*alert_ids: int | None) -> Message:
    """A message about these alerts."""
    return Message(
        Tone.WARNING,
        "WARNING  Spend spike: orders",
        ("Expected $210, saw $640",),
        facts=(Fact("id", "1"),),
        details=(Message(Tone.GOOD, "a detail"),),
        alert_ids=tuple(alert_id for alert_id in alert_ids if alert_id is not None),
    )


def put(database: Database, key: str, *alert_ids: int | None, channel: str = "finops", at: datetime = NOW) -> bool:
    """Enqueue one message; False where its key is known."""
    with database.write() as conn:
        return enqueue(conn, channel, key, message(*alert_ids), at)
