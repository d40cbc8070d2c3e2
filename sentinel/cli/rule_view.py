"""How a rule has served, as people said of its alerts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sentinel.store import RuleRecord

TOO_MANY_FALSE = 0.3
"""From here on people begin to read past a rule's alerts."""


def rule_line(record: RuleRecord) -> str:
    """`cluster: 12 alerts, 3 acknowledged, 1 expected, 5 false alarms (42%)`, and what one can do about many."""
    said = [
        f"{count} {word}"
        for count, word in (
            (record.acknowledged, "acknowledged"),
            (record.snoozed, "snoozed"),
            (record.expected, "expected"),
            (record.false_alarms, "false alarm" if record.false_alarms == 1 else "false alarms"),
        )
        if count
    ]
    alerts = f"{record.alerts} alert" if record.alerts == 1 else f"{record.alerts} alerts"
    line = f"{record.rule}: {', '.join([alerts, *said])}"
    if not record.false_alarms:
        return line
    share = f"{line} ({record.false_alarm_share:.0%})"
    if record.false_alarm_share <= TOO_MANY_FALSE:
        return share
    return f"{share}; raise its minimums or its z, and see with `sentinel backtest --against` what that spares"


def rule_record(record: RuleRecord) -> dict[str, Any]:
    """The same for programs; `false_alarm_share` is 0..1."""
    return {**asdict(record), "false_alarm_share": record.false_alarm_share}
