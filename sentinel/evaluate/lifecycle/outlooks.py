"""Alerts of what lies ahead or stands apart: commitments, credits, invoices that differ.

Their figure is read anew each day and moves a little each time. So a change is told where it is one for whoever reads
it: a next stage, or a figure that has moved by more than the rule's measure since it was last told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sentinel.domain.alerts import Alert, Reason, TransitionKind
from sentinel.domain.findings import RuleKind
from sentinel.domain.outlooks import Stage
from sentinel.evaluate.context import RuleContext
from sentinel.evaluate.lifecycle.telling import Followed, close, remind, tell, threshold_of
from sentinel.evaluate.tracks import Track

OUTLOOK_KINDS = frozenset({RuleKind.COMMITMENT, RuleKind.CREDIT, RuleKind.RECONCILIATION})


def follow_outlook(
    alert: Alert, track: Track, around: RuleContext, moment: datetime, *, changed_rule: bool, silence_ended: bool
) -> Followed:
    """What becomes of an open alert when its figure is read anew."""
    newest = track.verdicts[-1]
    finding = newest.finding
    if finding is None:
        now = replace(alert, days=(newest.figures,))
        if changed_rule:
            return close(now, TransitionKind.EXPIRED, Reason.RULE_CHANGED, moment, before=alert)
        return close(now, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL, moment, before=alert)
    now = replace(alert, finding=finding, severity=finding.severity, days=(newest.figures,))
    if _rank(threshold_of(finding)) > _rank(alert.told_threshold):
        return tell(now, TransitionKind.ESCALATED, Reason.NEXT_STAGE, moment, before=alert)
    if track.closed:
        return close(now, TransitionKind.EXPIRED, Reason.PERIOD_CLOSED, moment, before=alert)
    if changed_rule:
        return tell(now, TransitionKind.CORRECTED, Reason.RULE_CHANGED, moment, before=alert)
    if abs(now.impact - alert.told_impact) > track.matters_from:
        return tell(now, TransitionKind.CORRECTED, Reason.OUTLOOK_CHANGED, moment, before=alert)
    return remind(now, alert, track, moment, silence_ended=silence_ended, around=around)


def _rank(stage: str | None) -> int:
    return -1 if stage is None else Stage(stage).rank
