"""The one deciding function: today's run and every replay call it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert, AlertState, Mark, Silence, Transition
from sentinel.domain.evaluations import PreviousEvaluation
from sentinel.domain.findings import Finding, RuleKind
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.silences import is_silenced
from sentinel.evaluate.budgets import judge_budgets, merge_days
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.eligibility import opening_days
from sentinel.evaluate.freshness import judge_freshness
from sentinel.evaluate.lifecycle import expire_removed, follow, open_alert
from sentinel.evaluate.new_spend import judge_new_spend
from sentinel.evaluate.spikes import judge_spikes
from sentinel.evaluate.survey import Survey
from sentinel.evaluate.tracks import Track
from sentinel.rules.model import Rule, Rules, ScopedRule

MEMORY_DAYS = 400
"""A verdict reads at most this many days."""

Judge = Callable[[Rule, Context, RuleContext], Iterator[Track]]

_JUDGES: Mapping[RuleKind, Judge] = {
    RuleKind.BUDGET: cast("Judge", judge_budgets),
    RuleKind.SPIKE: cast("Judge", judge_spikes),
    RuleKind.NEW_SPEND: cast("Judge", judge_new_spend),
    RuleKind.FRESHNESS: cast("Judge", judge_freshness),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What one evaluation says.

    `findings`: every finding of the judged days, told or not. `transitions`: what changes and is to be told.
    `updated`: open alerts whose figures moved without a transition. `warnings`: what the rules name in vain.
    """

    findings: tuple[Finding, ...]
    transitions: tuple[Transition, ...]
    updated: tuple[Alert, ...]
    warnings: tuple[str, ...]


def decide(
    matrix: CostMatrix,
    alerts: tuple[Alert, ...],
    rules: Rules,
    silences: tuple[Silence, ...],
    marks: tuple[Mark, ...],
    previous: Mapping[str, PreviousEvaluation],
    accounts: Mapping[str, AccountState],
    moment: datetime,
    survey: Survey | None = None,
) -> Decision:
    """Judge every rule at a moment.

    `alerts` are the open ones and those closed within the last weeks; `previous` tells, by rule, when it was last
    judged and by which definition. Pure: the same arguments give the same decision. `survey` is that of a matrix that
    this one is a part of: with it a row of evaluations works faster, and decides the same.
    """
    survey = survey or Survey(matrix, rules)
    context = Context(matrix, rules, accounts, silences, moment, survey)
    findings: list[Finding] = []
    transitions: list[Transition] = []
    updated: list[Alert] = []
    for rule in rules.all:
        around = _around(rule, alerts, marks, previous, moment)
        tracks = merge_days(_JUDGES[rule.kind](rule, context, around))
        findings += [v.finding for track in tracks for v in track.verdicts if v.finding]
        by_key = {track.key: track for track in tracks}
        followed = [
            follow(
                alert,
                by_key.pop((alert.rule, alert.scope.key, alert.episode), None),
                around,
                moment,
                silence_ended=_silence_ended(alert, silences, around, moment),
            )
            for alert in around.open_alerts
        ]
        transitions += [now.transition for now in followed if now.transition]
        updated += [
            now.alert
            for now, before in zip(followed, around.open_alerts, strict=True)
            if not now.transition and now.alert != before
        ]
        for track in by_key.values():
            news = opening_days(track, around, rules.settings)
            if news:
                transitions.append(open_alert(track, news, around, moment))
    transitions += [
        expire_removed(alert, moment)
        for alert in alerts
        if alert.state is AlertState.OPEN and rules.named(alert.rule) is None
    ]
    return Decision(tuple(findings), tuple(transitions), tuple(updated), _warnings(rules, survey))


def first_day_needed(rules: Rules, today: date) -> date:
    """The first day of history that these rules read at a moment of `today`."""
    days = [today - timedelta(days=MEMORY_DAYS - 1)]
    lately = today - timedelta(days=rules.settings.restate_days)
    periods = [budget.period_on(day, rules.settings.week_start) for budget in rules.budgets for day in (today, lately)]
    return min([*days, *(period.first for period in periods if period)])


def _around(
    rule: Rule,
    alerts: tuple[Alert, ...],
    marks: tuple[Mark, ...],
    previous: Mapping[str, PreviousEvaluation],
    moment: datetime,
) -> RuleContext:
    own = [alert for alert in alerts if alert.rule == rule.name]
    return RuleContext(
        rule=rule,
        open_alerts=tuple(alert for alert in own if alert.state is AlertState.OPEN),
        closed_alerts=tuple(alert for alert in own if alert.state is not AlertState.OPEN),
        marks=tuple(mark for mark in marks if mark.rule == rule.name),
        previous=previous.get(rule.name),
        moment=moment,
        told_days=_told_days(own, rule.fingerprint),
    )


def _told_days(alerts: Iterable[Alert], fingerprint: str) -> dict[tuple[str, str, str], frozenset[date]]:
    """The days that ended alerts of this definition have told; a withdrawn one told nothing that stands."""
    told: dict[tuple[str, str, str], frozenset[date]] = {}
    for alert in alerts:
        if alert.state in (AlertState.RESOLVED, AlertState.EXPIRED) and alert.rule_fingerprint == fingerprint:
            key = alert.rule, alert.scope.key, alert.episode
            told[key] = told.get(key, frozenset()) | {day.day for day in alert.days}
    return told


def _silence_ended(alert: Alert, silences: tuple[Silence, ...], around: RuleContext, moment: datetime) -> bool:
    """Whether a silence that covered this alert has ended since the rule was last judged, and none covers it now."""
    since = around.previous.moment if around.previous else moment
    covering = [s for s in silences if is_silenced(alert, s)]
    ended = any(s.starts_at <= since < s.ends_at <= moment for s in covering)
    return ended and not any(s.starts_at <= moment < s.ends_at for s in covering)


def _warnings(rules: Rules, survey: Survey) -> tuple[str, ...]:
    return tuple(
        f"rule {rule.name}: {unknown}"
        for rule in rules.all
        if isinstance(rule, ScopedRule)
        for unknown in survey.selection(rule).unknown
    )
