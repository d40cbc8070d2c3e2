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
from sentinel.evaluate.budgets import first_day_read, judge_budgets, merge_days, unjudged_budgets
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.freshness import judge_freshness
from sentinel.evaluate.inhibition import INHIBITED_KINDS, Voice, explained_voice, inhibit
from sentinel.evaluate.invoices import judge_invoices
from sentinel.evaluate.lifecycle import Step, expire_removed, explaining_mark, follow, open_alert, opening_days
from sentinel.evaluate.new_spend import judge_new_spend
from sentinel.evaluate.prepaid import judge_commitments, judge_credits, undecided_commitments
from sentinel.evaluate.spikes import judge_spikes
from sentinel.evaluate.survey import Survey
from sentinel.evaluate.tracks import Track
from sentinel.rules.model import PartRule, Rule, Rules

MEMORY_DAYS = 400
"""A verdict reads at most this many days."""

Judge = Callable[[Rule, Context, RuleContext], Iterator[Track]]

_JUDGES: Mapping[RuleKind, Judge] = {
    RuleKind.BUDGET: cast("Judge", judge_budgets),
    RuleKind.SPIKE: cast("Judge", judge_spikes),
    RuleKind.NEW_SPEND: cast("Judge", judge_new_spend),
    RuleKind.COMMITMENT: cast("Judge", judge_commitments),
    RuleKind.CREDIT: cast("Judge", judge_credits),
    RuleKind.FRESHNESS: cast("Judge", judge_freshness),
    RuleKind.RECONCILIATION: cast("Judge", judge_invoices),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """What one evaluation says.

    `findings`: every finding of the judged days, told or not; its causes stand in the alert that tells it.
    `transitions`: what changes, to be told or, where another alert tells it, to be recorded alone.
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
    steps: list[Step] = []
    explained: list[Voice] = []
    for rule in rules.all:
        around = _around(rule, rules, alerts, marks, previous, moment)
        tracks = merge_days(_JUDGES[rule.kind](rule, context, around))
        findings += [v.finding for track in tracks for v in track.verdicts if v.finding]
        by_key = {track.key: track for track in tracks}
        for alert in around.open_alerts:
            track = by_key.pop(alert.key, None)
            ended = _silence_ended(alert, silences, around, moment)
            followed = follow(alert, track, around, moment, silence_ended=ended)
            steps.append(Step(alert, followed.alert, followed.transition, track))
        for track in by_key.values():
            word = explaining_mark(track, around.marks)
            news = () if word else opening_days(track, around, rules.settings)
            if news:
                opened = open_alert(track, news, around, moment)
                steps.append(Step(None, opened.alert, opened, track))
            elif word and track.kind in INHIBITED_KINDS and any(v.fires for v in track.verdicts):
                explained.append(explained_voice(track, word))
    for alert in alerts:
        if alert.state is AlertState.OPEN and rules.named(alert.rule) is None:
            removed = expire_removed(alert, moment)
            steps.append(Step(alert, removed.alert, removed, None))
    decided = inhibit(steps, explained, marks, context)
    transitions = tuple(step.transition for step in decided if step.transition)
    updated = tuple(step.now for step in decided if not step.transition and step.now != step.before)
    return Decision(tuple(findings), transitions, updated, _warnings(rules, survey, context))


def first_day_needed(rules: Rules, today: date) -> date:
    """The first day of history that these rules read at a moment of `today`."""
    days = [today - timedelta(days=MEMORY_DAYS - 1)]
    days += [first_day_read(budget, today, rules.settings) for budget in rules.budgets]
    days += [rule.first_counted for rule in rules.commitments if rule.is_judged_on(today, rules.settings.restate_days)]
    days += [rule.first_counted for rule in rules.credits if rule.first_counted is not None]
    return min(days)


def _around(
    rule: Rule,
    rules: Rules,
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
        fingerprint=rules.fingerprint(rule),
        told_days=_told_days(own, rules.fingerprint(rule)),
        remind_every=rules.remind_every(rule),
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
    """Whether a silence over this alert has ended since the rule was last judged, and none covers it now.

    One that also began since then counts: it may have kept back what the last evaluation had to tell.
    """
    since = around.previous.moment if around.previous else moment
    covering = [s for s in silences if is_silenced(alert, s)]
    ended = any(since < s.ends_at <= moment and s.starts_at < s.ends_at for s in covering)
    return ended and not any(s.starts_at <= moment < s.ends_at for s in covering)


def _warnings(rules: Rules, survey: Survey, context: Context) -> tuple[str, ...]:
    scoped = (rule for rule in rules.all if isinstance(rule, PartRule))
    return (
        *(f"rule {rule.name}: {unknown}" for rule in scoped for unknown in survey.selection(rule).unknown),
        *(f"rule {rule.name}: {vain}" for rule in rules.budgets for vain in survey.overridden(rule).vain),
        *(f"routes[{place}]: {unknown}" for place, unknown in survey.unknown_in_routes),
        *unjudged_budgets(context),
        *undecided_commitments(context),
    )
