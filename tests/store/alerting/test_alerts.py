from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from sentinel.domain.alerts import AlertDay, AlertState, Reason, Transition, TransitionKind
from sentinel.domain.evaluations import PreviousEvaluation
from sentinel.domain.findings import Severity
from sentinel.rules.model import Rules
from sentinel.store import (
    Database,
    alert,
    alerts,
    open_alerts,
    past_transitions,
    previous_evaluations,
    recent_alerts,
    record_evaluation,
    record_transitions,
    update_alerts,
)
from tests.store.conversations import NOW, RULES, alert_of, open_in, opening

DAY = timedelta(days=1)


def test_an_alert_comes_back_as_it_was_written(database: Database) -> None:
    """Every field survives, the finding with all its parts included."""
    (written,) = open_in(database, 1)
    with database.read() as conn:
        (read,) = open_alerts(conn)
        assert alert(conn, read.id or 0) == read
        assert alert(conn, 99) is None
    assert read == written == replace(alert_of(1), id=read.id)


def test_a_second_open_alert_of_the_same_episode_is_refused(database: Database) -> None:
    """At most one alert is open for a rule, scope and episode."""
    open_in(database, 1)
    with pytest.raises(IntegrityError):
        open_in(database, 1)
    with database.read() as conn:
        assert len(open_alerts(conn)) == 1


def test_an_episode_may_begin_again_once_the_last_has_ended(database: Database) -> None:
    """What ends makes room for what opens, also in the same evaluation and in either order."""
    (first,) = open_in(database, 1)
    ended = replace(first, state=AlertState.EXPIRED, closed_at=NOW)
    closing = Transition(TransitionKind.EXPIRED, Reason.RULE_CHANGED, ended, NOW, first)
    with database.write() as conn:
        evaluation = record_evaluation(conn, NOW, RULES, "hash", "0.1.0")
        record_transitions(conn, evaluation, [opening(alert_of(1)), closing])
    with database.read() as conn:
        assert [(a.id != first.id, a.state) for a in alerts(conn)] == [
            (False, AlertState.EXPIRED),
            (True, AlertState.OPEN),
        ]


def test_a_transition_changes_the_alert_and_is_remembered(database: Database) -> None:
    """The alert stands as the transition leaves it, and its history tells each change."""
    (before,) = open_in(database, 1)
    third = AlertDay(date(2026, 3, 4), 900.0, 210.0, 180.0, 245.0, 11.0)
    now = replace(before, severity=Severity.CRITICAL, days=(*before.days, third), told_impact=1120.0)
    change = Transition(TransitionKind.ESCALATED, Reason.IMPACT_DOUBLED, now, NOW + DAY, before)
    with database.write() as conn:
        evaluation = record_evaluation(conn, NOW + DAY, RULES, "hash", "0.1.0")
        assert record_transitions(conn, evaluation, [change]) == (change,)
    with database.read() as conn:
        assert open_alerts(conn) == (now,)
        history = past_transitions(conn, now.id or 0)
    assert [(past.kind, past.reason, past.severity) for past in history] == [
        (TransitionKind.OPENED, Reason.OUTSIDE_BAND, Severity.WARNING),
        (TransitionKind.ESCALATED, Reason.IMPACT_DOUBLED, Severity.CRITICAL),
    ]
    assert history[1].impact == pytest.approx(1119.8)
    assert history[0].finding == before.finding


def test_days_change_come_and_go(database: Database) -> None:
    """An update without a transition leaves exactly the days that the alert has now."""
    with database.write() as conn:
        evaluation = record_evaluation(conn, NOW, RULES, "hash", "0.1.0")
        (recorded,) = record_transitions(conn, evaluation, [opening(alert_of(1, days=4))])
    before = recorded.alert
    one, two, *_ = before.days
    new = AlertDay(date(2026, 3, 9), 1.0, 2.0, 3.0, 4.0, 5.0)
    now = replace(before, days=(one, replace(two, observed=641.0), new))
    with database.write() as conn:
        update_alerts(conn, [now])
    with database.read() as conn:
        assert open_alerts(conn) == (now,)
        assert len(past_transitions(conn, now.id or 0)) == 1


def test_recent_alerts_are_the_open_and_the_lately_closed(database: Database) -> None:
    """An alert that ended long ago is no part of a verdict any more, and is still listed on request."""
    open_, lately, long_ago = open_in(database, 1, 2, 3)
    with database.write() as conn:
        for ended, days in ((lately, 1), (long_ago, 90)):
            update_alerts(conn, [replace(ended, state=AlertState.RESOLVED, closed_at=NOW - days * DAY)])
    with database.read() as conn:
        assert [a.id for a in recent_alerts(conn, NOW - 60 * DAY)] == [open_.id, lately.id]
        assert [a.id for a in alerts(conn)] == [open_.id, lately.id, long_ago.id]
        assert [a.id for a in alerts(conn, state=AlertState.RESOLVED)] == [lately.id, long_ago.id]


def test_thousands_of_alerts_are_read_at_once(database: Database) -> None:
    """More alerts than a database takes values in one statement."""
    open_in(database, *range(1200))
    with database.read() as conn:
        assert [len(a.days) for a in open_alerts(conn)] == [1] * 1200


def test_each_rule_remembers_when_it_was_last_judged(database: Database) -> None:
    """And since when by that definition; a rule that was left out of the last evaluation keeps the one before."""
    more = Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "made-up"}],
            "spikes": [
                {"name": "cluster-product", "per": ["cluster"], "z": 5},
                {"name": "second", "per": ["workspace"]},
            ],
        }
    )
    with database.write() as conn:
        assert previous_evaluations(conn) == {}
        for days, rules in enumerate((more, RULES, RULES)):
            record_evaluation(conn, NOW + days * DAY, rules, "hash", "0.1.0")
        known = dict(previous_evaluations(conn))
    assert known == {
        "cluster-product": PreviousEvaluation(NOW + 2 * DAY, RULES.spikes[0].fingerprint, NOW + DAY),
        "freshness": PreviousEvaluation(NOW + 2 * DAY, RULES.freshness.fingerprint, NOW),
        "second": PreviousEvaluation(NOW, more.spikes[1].fingerprint, NOW),
    }
