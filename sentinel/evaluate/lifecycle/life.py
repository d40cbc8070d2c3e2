"""An alert's life: from open alerts and today's tracks to transitions, each with its one reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sentinel.domain.alerts import Alert, AlertState, Mark, MarkKind, Reason, Transition, TransitionKind
from sentinel.domain.findings import Finding, RuleKind
from sentinel.evaluate.context import RuleContext
from sentinel.evaluate.lifecycle.eligibility import NORMAL_DAYS_END_AN_EPISODE
from sentinel.evaluate.lifecycle.incidents import follow_days
from sentinel.evaluate.lifecycle.outlooks import OUTLOOK_KINDS, follow_outlook
from sentinel.evaluate.lifecycle.rolling import follow_rolling
from sentinel.evaluate.lifecycle.standings import follow_lasting
from sentinel.evaluate.lifecycle.telling import Followed, close, threshold_of
from sentinel.evaluate.tracks import DayVerdict, Track

_OPENING_REASON = {
    RuleKind.SPIKE: Reason.OUTSIDE_BAND,
    RuleKind.BUDGET: Reason.THRESHOLD_CROSSED,
    RuleKind.NEW_SPEND: Reason.FIRST_CHARGE,
    RuleKind.FRESHNESS: Reason.NO_FRESH_DATA,
    RuleKind.COMMITMENT: Reason.OFF_COURSE,
    RuleKind.CREDIT: Reason.CREDIT_ENDS,
    RuleKind.RECONCILIATION: Reason.INVOICE_DIFFERS,
}


def open_alert(track: Track, news: tuple[DayVerdict, ...], around: RuleContext, moment: datetime) -> Transition:
    """The alert that begins with these firing days; days of the same episode before them tell since when."""
    days = list(news) if track.rolling else _episode_days(track, news[0])
    finding = track.told_of(days)
    alert = Alert(
        id=None,
        rule=track.rule,
        kind=track.kind,
        scope=track.scope,
        episode=track.episode,
        severity=finding.severity,
        state=AlertState.OPEN,
        opened_at=moment,
        told_at=moment,
        told_impact=sum(day.figures.observed - day.figures.expected for day in days),
        told_threshold=threshold_of(finding),
        rule_fingerprint=around.fingerprint,
        finding=finding,
        days=tuple(day.figures for day in days),
    )
    return Transition(TransitionKind.OPENED, _opening_reason(finding), alert, moment)


def _opening_reason(finding: Finding) -> Reason:
    only_foreseen = finding.budget is not None and not finding.budget.crossed
    return Reason.FORECAST_ABOVE if only_foreseen else _OPENING_REASON[finding.kind]


def follow(
    alert: Alert, track: Track | None, around: RuleContext, moment: datetime, *, silence_ended: bool
) -> Followed:
    """What becomes of an open alert; `track` is None where its rule no longer speaks of its scope."""
    marked = _closing_mark(alert, around.marks)
    if marked is not None:
        return close(alert, TransitionKind.EXPIRED, marked, moment)
    changed_rule = alert.rule_fingerprint != around.fingerprint
    if track is None:
        if changed_rule:
            return close(alert, TransitionKind.EXPIRED, Reason.RULE_CHANGED, moment)
        return Followed(alert, None)
    now = replace(alert, rule_fingerprint=around.fingerprint)
    if track.kind in OUTLOOK_KINDS:
        return follow_outlook(now, track, around, moment, changed_rule=changed_rule, silence_ended=silence_ended)
    if track.lasting:
        return follow_lasting(now, track, around, moment, changed_rule=changed_rule, silence_ended=silence_ended)
    if track.rolling:
        return follow_rolling(now, track, around, moment, changed_rule=changed_rule, silence_ended=silence_ended)
    return follow_days(now, track, around, moment, changed_rule=changed_rule, silence_ended=silence_ended)


def expire_removed(alert: Alert, moment: datetime) -> Transition:
    """The end of an alert whose rule no longer stands in the file."""
    closed = replace(alert, state=AlertState.EXPIRED, closed_at=moment, told_at=moment)
    return Transition(TransitionKind.EXPIRED, Reason.RULE_REMOVED, closed, moment, alert)


def _closing_mark(alert: Alert, marks: tuple[Mark, ...]) -> Reason | None:
    kinds = {mark.kind for mark in marks if mark.alert_id == alert.id}
    if MarkKind.FALSE_ALARM in kinds:
        return Reason.MARKED_FALSE_ALARM
    return Reason.MARKED_EXPECTED if MarkKind.EXPECTED in kinds else None


def _episode_days(track: Track, first_news: DayVerdict) -> list[DayVerdict]:
    """The firing days of the episode that the first news belongs to, and all after it."""
    days: list[DayVerdict] = []
    quiet = 0
    for verdict in track.verdicts:
        quiet = quiet + 1 if verdict.is_normal else 0
        if quiet >= NORMAL_DAYS_END_AN_EPISODE and verdict.day < first_news.day:
            days.clear()
        if verdict.fires:
            quiet = 0
            days.append(verdict)
    return days
