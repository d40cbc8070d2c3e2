"""What people said of each rule's alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from sentinel.domain.alerts import MarkKind
from sentinel.store.alerting import tables


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """A rule's alerts since a moment, and of how many of them people said what; an alert may bear several marks.

    Alerts that another one told are no part of it: nobody was asked about them.
    """

    rule: str
    alerts: int
    acknowledged: int
    snoozed: int
    expected: int
    false_alarms: int

    @property
    def false_alarm_share(self) -> float:
        """The share of its alerts that were false alarms, 0..1."""
        return self.false_alarms / self.alerts


def rule_records(conn: Connection, since: datetime) -> tuple[RuleRecord, ...]:
    """One record for each rule that has opened an alert since a moment, in the order of their names."""
    alert, mark = tables.alert.c, tables.mark.c
    sent = (alert.opened_at >= since, alert.inhibited_by.is_(None))
    opened = select(alert.rule, func.count()).where(*sent).group_by(alert.rule).order_by(alert.rule)
    said = (
        select(alert.rule, mark.kind, func.count(func.distinct(alert.id)))
        .join(tables.alert, alert.id == mark.alert_id)
        .where(*sent)
        .group_by(alert.rule, mark.kind)
    )
    counts = {(rule, kind): number for rule, kind, number in conn.execute(said)}
    return tuple(
        RuleRecord(
            rule=rule,
            alerts=number,
            acknowledged=counts.get((rule, MarkKind.ACKNOWLEDGED.value), 0),
            snoozed=counts.get((rule, MarkKind.SNOOZED.value), 0),
            expected=counts.get((rule, MarkKind.EXPECTED.value), 0),
            false_alarms=counts.get((rule, MarkKind.FALSE_ALARM.value), 0),
        )
        for rule, number in conn.execute(opened)
    )
