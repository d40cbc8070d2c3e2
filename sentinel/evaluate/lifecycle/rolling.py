"""Alerts of rolling budgets: they stand at the highest of the last windows, and end when the spend has fallen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sentinel.domain.alerts import Alert, Reason, TransitionKind
from sentinel.evaluate.context import RuleContext
from sentinel.evaluate.lifecycle.eligibility import NORMAL_DAYS_END_AN_EPISODE
from sentinel.evaluate.lifecycle.telling import Followed, close, remind, tell, threshold_of
from sentinel.evaluate.tracks import DayVerdict, Track


def follow_rolling(
    alert: Alert, track: Track, around: RuleContext, moment: datetime, *, changed_rule: bool, silence_ended: bool
) -> Followed:
    """What becomes of an open alert when its windows are judged anew.

    A new day begins with little spend, so that the newest window alone would fall every night: only two settled windows
    below a threshold, and none above it since, take it back.
    """
    highest = track.highest_lately(NORMAL_DAYS_END_AN_EPISODE)
    if highest is None:
        return Followed(alert, None)
    told = _verdict_on(track, alert.days[-1].day)
    if highest.finding is None:
        now = replace(alert, days=(highest.figures,))
        if changed_rule:
            return close(now, TransitionKind.EXPIRED, Reason.RULE_CHANGED, moment, before=alert)
        if told is not None and told.finding is None:
            return close(now, TransitionKind.WITHDRAWN, Reason.DATA_CHANGED, moment, before=alert)
        return close(now, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL, moment, before=alert)
    finding = highest.finding
    now = replace(alert, finding=finding, severity=finding.severity, days=(highest.figures,))
    threshold = threshold_of(finding)
    if threshold == alert.told_threshold:
        return remind(now, alert, track, moment, silence_ended=silence_ended, around=around)
    if alert.told_threshold in _crossed(highest):
        reason = Reason.RULE_CHANGED if changed_rule else Reason.HIGHER_THRESHOLD
        return tell(now, TransitionKind.ESCALATED, reason, moment, before=alert)
    if changed_rule:
        return tell(now, TransitionKind.CORRECTED, Reason.RULE_CHANGED, moment, before=alert)
    if told is not None and alert.told_threshold not in _crossed(told):
        return tell(now, TransitionKind.CORRECTED, Reason.DATA_CHANGED, moment, before=alert)
    # It has come down by itself: no news, and reaching the higher threshold again will be.
    return Followed(replace(now, told_threshold=threshold), None)


def _verdict_on(track: Track, day: date) -> DayVerdict | None:
    return next((verdict for verdict in track.verdicts if verdict.day == day), None)


def _crossed(verdict: DayVerdict) -> tuple[str, ...]:
    return verdict.finding.budget.crossed if verdict.finding and verdict.finding.budget else ()
