"""Alerts of single days: spikes, new spend, daily budgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sentinel.domain.alerts import Alert, Reason, TransitionKind
from sentinel.domain.findings import Direction, RuleKind
from sentinel.evaluate.context import RuleContext
from sentinel.evaluate.lifecycle.eligibility import NORMAL_DAYS_END_AN_EPISODE
from sentinel.evaluate.lifecycle.telling import Followed, close, remind, tell
from sentinel.evaluate.tracks import DayVerdict, Track

ESCALATES_AT = 2.0
"""An impact of twice what was told last is news."""

CORRECTS_BELOW = 0.75
"""Told days that lose more than a quarter of their impact by a restatement are worth a correction."""

SMALLEST_DIFFERENCE = 5e-9
"""Half of the unit that money is kept in: above it, it is another figure."""


def follow_days(
    alert: Alert, track: Track, around: RuleContext, moment: datetime, *, changed_rule: bool, silence_ended: bool
) -> Followed:
    """What becomes of an open alert when its days are judged anew."""
    firing = [v for v in track.verdicts if v.fires and v.day >= alert.since]
    judged = {v.day: v.figures for v in track.verdicts}
    restated = any(d.day in judged and _differs(judged[d.day].observed, d.observed) for d in alert.days)
    if not firing and changed_rule:
        return close(alert, TransitionKind.EXPIRED, Reason.RULE_CHANGED, moment)
    if not firing and restated:
        withdrawn = replace(alert, days=tuple(judged.get(day.day, day) for day in alert.days))
        return close(withdrawn, TransitionKind.WITHDRAWN, Reason.DATA_CHANGED, moment, before=alert)
    now = _with_days(alert, track, firing)
    ended = _end(now, track)
    if ended is not None:
        kind, reason = ended.kind, ended.reason
        return close(now, kind, reason, moment, before=alert)
    told = {day.day for day in alert.days}
    told_days_impact = sum(d.observed - d.expected for d in now.days if d.day in told)
    if restated and abs(told_days_impact) < CORRECTS_BELOW * abs(alert.told_impact):
        return tell(now, TransitionKind.CORRECTED, Reason.DATA_CHANGED, moment, before=alert)
    if now.severity.rank > alert.severity.rank:
        return tell(now, TransitionKind.ESCALATED, Reason.HIGHER_SEVERITY, moment, before=alert)
    if alert.kind is RuleKind.NEW_SPEND:
        return remind(now, alert, track, moment, silence_ended=silence_ended, around=around)
    growth = abs(now.impact) - abs(alert.told_impact)
    if abs(now.impact) >= ESCALATES_AT * abs(alert.told_impact) and growth > track.matters_from:
        return tell(now, TransitionKind.ESCALATED, Reason.IMPACT_DOUBLED, moment, before=alert)
    return remind(now, alert, track, moment, silence_ended=silence_ended, around=around)


@dataclass(frozen=True, slots=True)
class _End:
    kind: TransitionKind
    reason: Reason


def _end(alert: Alert, track: Track) -> _End | None:
    """How an alert of single days has ended, None while it has not."""
    last_fired = alert.days[-1].day
    quiet = [v for v in track.verdicts if v.day > last_fired and v.is_normal]
    if alert.kind is RuleKind.NEW_SPEND:
        return _End(TransitionKind.EXPIRED, Reason.PERIOD_CLOSED) if track.closed else None
    if len(quiet) < NORMAL_DAYS_END_AN_EPISODE:
        return None
    if alert.kind is RuleKind.BUDGET:
        return _End(TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL)
    if track.gone:
        return _End(TransitionKind.EXPIRED, Reason.SCOPE_GONE)
    first, newest = alert.days[0], quiet[-1].figures
    up = alert.finding.direction is Direction.UP
    still_off = newest.observed > first.upper if up else newest.observed < first.lower
    if still_off:
        return _End(TransitionKind.EXPIRED, Reason.NEW_LEVEL)
    return _End(TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL)


def _with_days(alert: Alert, track: Track, firing: list[DayVerdict]) -> Alert:
    """The alert with today's figures of its days; told days that no longer fire by themselves keep what was told."""
    days = {day.day: day for day in alert.days}
    judged = {v.day: v for v in track.verdicts}
    for day, told in list(days.items()):
        verdict = judged.get(day)
        # The data of a told day changed and it fires no more: it is no part of the incident.
        if verdict is not None and not verdict.fires and _differs(verdict.figures.observed, told.observed):
            del days[day]
    days.update({v.day: v.figures for v in firing})
    ordered = tuple(days[day] for day in sorted(days))
    if not firing:
        return replace(alert, days=ordered or alert.days)
    finding = track.told_of(firing)
    # What was critical to a rule that it tells for does not become less so while it lasts.
    kept = (alert.severity,) if alert.tells_for else ()
    severity = max((*kept, *(v.finding.severity for v in firing if v.finding)), key=lambda severity: severity.rank)
    return replace(alert, days=ordered, finding=finding, severity=severity)


def _differs(one: float, other: float) -> bool:
    return abs(one - other) > SMALLEST_DIFFERENCE
