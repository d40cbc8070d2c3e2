"""Alerts in the database: how they stand, their days, and how they came to stand so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, bindparam, exists, or_, select

from sentinel.domain.alerts import (
    Alert,
    AlertDay,
    AlertState,
    Reason,
    Teller,
    Transition,
    TransitionKind,
    with_teller_ids,
)
from sentinel.domain.findings import Finding, RuleKind, Severity
from sentinel.domain.scopes import Scope
from sentinel.store.alerting import tables

_TELLER = tables.alert.alias("teller")
_Names = tuple[str, ...]

_AT_ONCE = 500
"""So many values stand in one IN list: SQLite takes no more than 999 in old builds."""


@dataclass(frozen=True, slots=True)
class PastTransition:
    """One change of an alert, as it was told: `impact` in currency, `severity` and `finding` as they were then."""

    kind: TransitionKind
    reason: Reason
    moment: datetime
    severity: Severity
    impact: float
    finding: Finding


def alert(conn: Connection, number: int) -> Alert | None:
    """The alert of this number, None where there is none."""
    return next(iter(_alerts(conn, tables.alert.c.id == number)), None)


def alerts_numbered(conn: Connection, numbers: Sequence[int]) -> tuple[Alert, ...]:
    """The alerts of these numbers, in their order."""
    found = (_alerts(conn, tables.alert.c.id.in_(some)) for some in _portions(sorted(set(numbers))))
    return tuple(alert_ for portion in found for alert_ in portion)


def alerts(conn: Connection, *, state: AlertState | None = None, since: datetime | None = None) -> tuple[Alert, ...]:
    """Alerts in the order in which they were opened: in one state, and still open or closed at `since` or later."""
    conditions = []
    if state is not None:
        conditions.append(tables.alert.c.state == state.value)
    if since is not None:
        conditions.append(or_(tables.alert.c.state == AlertState.OPEN.value, tables.alert.c.closed_at >= since))
    return _alerts(conn, *conditions)


def alerts_on(conn: Connection, rule: str, day: date) -> tuple[Alert, ...]:
    """The alerts of a rule that a charge day is a part of, in the order in which they were opened."""
    c = tables.alert_day.c
    fires = exists().where(c.alert_id == tables.alert.c.id, c.day == day)
    return _alerts(conn, tables.alert.c.rule == rule, fires)


def open_alerts(conn: Connection) -> tuple[Alert, ...]:
    """The open alerts in the order in which they were opened."""
    return alerts(conn, state=AlertState.OPEN)


def recent_alerts(conn: Connection, since: datetime) -> tuple[Alert, ...]:
    """The open alerts and those closed at `since` or later, in the order in which they were opened."""
    return alerts(conn, since=since)


def past_transitions(conn: Connection, number: int) -> tuple[PastTransition, ...]:
    """How the alert of this number came to stand as it does, oldest first."""
    c = tables.transition.c
    query = select(c.kind, c.reason, c.moment, c.severity, c.impact, c.finding).where(c.alert_id == number)
    return tuple(
        PastTransition(TransitionKind(kind), Reason(reason), moment, Severity(severity), impact, _read_finding(finding))
        for kind, reason, moment, severity, impact, finding in conn.execute(query.order_by(c.id))
    )


def record_transitions(conn: Connection, evaluation: int, transitions: Sequence[Transition]) -> tuple[Transition, ...]:
    """Write the alerts as they stand after these transitions, and the transitions; the same with alert ids filled in.

    `evaluation` is the number that `record_evaluation` gave.
    """
    # What ends makes room first: for one rule, scope and episode only one alert may be open.
    update_alerts(conn, [t.alert for t in transitions if t.kind is not TransitionKind.OPENED])
    numbered = tuple(_with_id(conn, transition) for transition in transitions)
    recorded = _with_tellers(conn, numbered)
    _write_days(conn, [t.alert for t in recorded if t.kind is TransitionKind.OPENED])
    rows = [_transition_row(evaluation, transition) for transition in recorded]
    if rows:
        conn.execute(tables.transition.insert(), rows)
    return recorded


def _with_tellers(conn: Connection, numbered: Sequence[Transition]) -> tuple[Transition, ...]:
    """The same, where a teller was opened just now with its id, which is then written."""
    alerts_ = with_teller_ids((one.alert for one in numbered), (one.alert for one in numbered))
    told_by = [
        {"number": now.id, "inhibited_by": _teller_id(now)}
        for before, now in zip(numbered, alerts_, strict=True)
        if now is not before.alert
    ]
    if told_by:
        conn.execute(tables.alert.update().where(tables.alert.c.id == bindparam("number")), told_by)
    return tuple(replace(transition, alert=now) for transition, now in zip(numbered, alerts_, strict=True))


def update_alerts(conn: Connection, changed: Sequence[Alert]) -> None:
    """Write alerts that are in the database already as they stand now."""
    if changed:
        update = tables.alert.update().where(tables.alert.c.id == bindparam("number"))
        conn.execute(update, [{"number": alert_.id, **_row(alert_)} for alert_ in changed])
    _write_days(conn, changed)


def _with_id(conn: Connection, transition: Transition) -> Transition:
    if transition.kind is not TransitionKind.OPENED:
        return transition
    number = conn.execute(tables.alert.insert().returning(tables.alert.c.id), _row(transition.alert)).scalar_one()
    return replace(transition, alert=replace(transition.alert, id=int(number)))


def _row(alert_: Alert) -> dict[str, object]:
    return {
        "rule": alert_.rule,
        "kind": alert_.kind.value,
        "scope_key": alert_.scope.key,
        "episode": alert_.episode,
        "severity": alert_.severity.value,
        "state": alert_.state.value,
        "opened_at": alert_.opened_at,
        "closed_at": alert_.closed_at,
        "told_at": alert_.told_at,
        "told_impact": alert_.told_impact,
        "told_threshold": alert_.told_threshold,
        "rule_fingerprint": alert_.rule_fingerprint,
        "scope": _json(alert_.scope),
        "finding": _json(alert_.finding),
        "inhibited_by": _teller_id(alert_),
        "tells_for": msgspec.json.encode(alert_.tells_for).decode(),
        "also_to": msgspec.json.encode(alert_.also_to).decode(),
    }


def _teller_id(alert_: Alert) -> int | None:
    return alert_.inhibited_by.alert_id if alert_.inhibited_by else None


def _transition_row(evaluation: int, transition: Transition) -> dict[str, object]:
    return {
        "evaluation_id": evaluation,
        "alert_id": transition.alert.id,
        "kind": transition.kind.value,
        "reason": transition.reason.value,
        "moment": transition.moment,
        "severity": transition.alert.severity.value,
        "impact": transition.alert.impact,
        "finding": _json(transition.alert.finding),
    }


def _write_days(conn: Connection, changed: Sequence[Alert]) -> None:
    """Write the days that differ and no others: an open alert has up to sixty, and one of them is new."""
    c = tables.alert_day.c
    known = _days(conn, [alert_.id for alert_ in changed if alert_.id is not None])
    gone, new = [], []
    for alert_ in changed:
        before = {day.day: day for day in known.get(alert_.id or 0, ())}
        now = {day.day: day for day in alert_.days}
        differing = [day for day in now.values() if before.get(day.day) != day]
        gone += [{"of": alert_.id, "on": day} for day in before if before[day] != now.get(day)]
        new += [{"alert_id": alert_.id, **asdict(day)} for day in differing]
    if gone:
        conn.execute(tables.alert_day.delete().where(c.alert_id == bindparam("of"), c.day == bindparam("on")), gone)
    if new:
        conn.execute(tables.alert_day.insert(), new)


def _alerts(conn: Connection, *conditions: ColumnElement[bool]) -> tuple[Alert, ...]:
    told_by = _TELLER.c.rule, _TELLER.c.scope_key, _TELLER.c.episode
    query = select(tables.alert, *(column.label(f"teller_{column.name}") for column in told_by)).select_from(
        tables.alert.outerjoin(_TELLER, tables.alert.c.inhibited_by == _TELLER.c.id)
    )
    rows = conn.execute(query.where(*conditions).order_by(tables.alert.c.id)).all()
    days = _days(conn, [row.id for row in rows])
    return tuple(_read(row, tuple(days.get(row.id, ()))) for row in rows)


def _days(conn: Connection, numbers: Sequence[int]) -> dict[int, list[AlertDay]]:
    """The days of these alerts in their order, by the alert's number."""
    c = tables.alert_day.c
    days: dict[int, list[AlertDay]] = {}
    for some in _portions(numbers):
        query = select(c.alert_id, c.day, c.observed, c.expected, c.lower, c.upper, c.score)
        for number, *values in conn.execute(query.where(c.alert_id.in_(some)).order_by(c.alert_id, c.day)):
            days.setdefault(number, []).append(AlertDay(*values))
    return days


def _portions(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield numbers[start : start + _AT_ONCE]


def _read(row: Row[Any], days: tuple[AlertDay, ...]) -> Alert:
    return Alert(
        id=row.id,
        rule=row.rule,
        kind=RuleKind(row.kind),
        scope=msgspec.json.decode(row.scope, type=Scope),
        episode=row.episode,
        severity=Severity(row.severity),
        state=AlertState(row.state),
        opened_at=row.opened_at,
        told_at=row.told_at,
        told_impact=row.told_impact,
        told_threshold=row.told_threshold,
        rule_fingerprint=row.rule_fingerprint,
        finding=_read_finding(row.finding),
        days=days,
        closed_at=row.closed_at,
        inhibited_by=_read_teller(row),
        tells_for=msgspec.json.decode(row.tells_for, type=_Names),
        also_to=msgspec.json.decode(row.also_to, type=_Names),
    )


def _read_teller(row: Row[Any]) -> Teller | None:
    if row.inhibited_by is None:
        return None
    return Teller((row.teller_rule, row.teller_scope_key, row.teller_episode), row.inhibited_by)


def _read_finding(text: str) -> Finding:
    return msgspec.json.decode(text, type=Finding)


def _json(value: Scope | Finding) -> str:
    return msgspec.json.encode(value).decode()
