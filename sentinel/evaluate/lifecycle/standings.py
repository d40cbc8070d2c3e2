"""Alerts of one figure that grows: a budget's period, the age of the data."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sentinel.domain.alerts import Alert, Reason, TransitionKind
from sentinel.domain.findings import BudgetStanding, RuleKind
from sentinel.evaluate.context import RuleContext
from sentinel.evaluate.lifecycle.telling import Followed, close, remind, tell
from sentinel.evaluate.tracks import DayVerdict, Track


def follow_lasting(
    alert: Alert, track: Track, around: RuleContext, moment: datetime, *, changed_rule: bool, silence_ended: bool
) -> Followed:
    """What becomes of an open alert when its figure is read anew."""
    newest = track.verdicts[-1]
    finding = newest.finding
    if finding is None:
        return _ended(alert, newest, moment, changed_rule=changed_rule)
    now = replace(alert, finding=finding, severity=finding.severity, days=(newest.figures,))
    if track.closed:
        return close(now, TransitionKind.EXPIRED, Reason.PERIOD_CLOSED, moment, before=alert)
    before, standing = alert.finding.budget, finding.budget
    change = _change(before, standing) if before and standing else None
    if change is not None:
        kind, reason = change
        return tell(now, kind, Reason.RULE_CHANGED if changed_rule else reason, moment, before=alert)
    return remind(now, alert, track, moment, silence_ended=silence_ended, around=around)


def _ended(alert: Alert, newest: DayVerdict, moment: datetime, *, changed_rule: bool) -> Followed:
    now = replace(alert, days=(newest.figures,))
    standing = alert.finding.budget
    if alert.kind is RuleKind.FRESHNESS:
        return close(now, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL, moment, before=alert)
    if changed_rule:
        return close(now, TransitionKind.EXPIRED, Reason.RULE_CHANGED, moment, before=alert)
    if standing is None or standing.crossed:
        return close(now, TransitionKind.WITHDRAWN, Reason.DATA_CHANGED, moment, before=alert)
    # What was only foreseen was said of what is to come: it is not taken back, it has turned out better.
    finding = replace(alert.finding, budget=replace(standing, forecast=newest.forecast))
    return close(replace(now, finding=finding), TransitionKind.RESOLVED, Reason.FORECAST_BELOW, moment, before=alert)


def _change(before: BudgetStanding, now: BudgetStanding) -> tuple[TransitionKind, Reason] | None:
    """How a budget's alert changes where another threshold is the highest crossed, or the highest foreseen.

    A changed amount moves all levels, so the names say which is higher: all that is reached stands among them. What was
    foreseen and is crossed now is no forecast any more, and its crossing is what is told.
    """
    if before.crossed[:1] != now.crossed[:1]:
        if _all_in(before.crossed[:1], now.crossed):
            return TransitionKind.ESCALATED, Reason.HIGHER_THRESHOLD
        return TransitionKind.CORRECTED, Reason.DATA_CHANGED
    if before.foreseen[:1] != now.foreseen[:1]:
        if _all_in(before.foreseen[:1], now.foreseen):
            return TransitionKind.ESCALATED, Reason.FORECAST_ABOVE
        return TransitionKind.CORRECTED, Reason.FORECAST_BELOW
    return None


def _all_in(names: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return set(names) <= set(others)
