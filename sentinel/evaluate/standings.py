"""Alerts of one figure that grows: a budget's period, the age of the data."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sentinel.domain.alerts import Alert, Reason, TransitionKind
from sentinel.domain.findings import RuleKind
from sentinel.evaluate.context import RuleContext
from sentinel.evaluate.telling import Followed, close, remind, tell, threshold_of
from sentinel.evaluate.tracks import Track


def follow_lasting(
    alert: Alert, track: Track, around: RuleContext, moment: datetime, *, changed_rule: bool, silence_ended: bool
) -> Followed:
    """What becomes of an open alert when its figure is read anew."""
    newest = track.verdicts[-1]
    finding = newest.finding
    if finding is None:
        now = replace(alert, days=(newest.figures,))
        if alert.kind is RuleKind.FRESHNESS:
            return close(now, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL, moment, before=alert)
        if changed_rule:
            return close(now, TransitionKind.EXPIRED, Reason.RULE_CHANGED, moment, before=alert)
        return close(now, TransitionKind.WITHDRAWN, Reason.DATA_CHANGED, moment, before=alert)
    now = replace(alert, finding=finding, severity=finding.severity, days=(newest.figures,))
    if track.closed:
        return close(now, TransitionKind.EXPIRED, Reason.PERIOD_CLOSED, moment, before=alert)
    if threshold_of(finding) != alert.told_threshold:
        higher = finding.upper > alert.finding.upper
        reason = Reason.RULE_CHANGED if changed_rule else Reason.HIGHER_THRESHOLD if higher else Reason.DATA_CHANGED
        kind = TransitionKind.ESCALATED if higher else TransitionKind.CORRECTED
        return tell(now, kind, reason, moment, before=alert)
    if alert.kind is RuleKind.FRESHNESS or silence_ended:
        return remind(now, alert, track, moment, silence_ended=silence_ended, around=around)
    # A budget's next threshold is its reminder.
    return Followed(now, None)
