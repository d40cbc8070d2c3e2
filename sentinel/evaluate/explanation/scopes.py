"""Why a rule fires on a day, or why not, for each of its scopes: read from what decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import cast

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Mark
from sentinel.domain.findings import Direction, Finding, RuleKind
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.evaluate.budgets import amounts_in, counted_spend, foresee, period_spend, read_standing
from sentinel.evaluate.context import Context
from sentinel.evaluate.detector import ReasonCode
from sentinel.evaluate.excess import split_excess
from sentinel.evaluate.explanation.answer import Course, Explanation, Why
from sentinel.evaluate.explanation.burning import read_burn_up, with_forecast
from sentinel.evaluate.explanation.prepaid import explain_commitment, explain_credit, explain_invoice
from sentinel.evaluate.freshness import read_age
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.new_spend import NEW_FOR_DAYS, QUIET_DAYS, first_charges
from sentinel.evaluate.spikes import JudgedDays, verdicts_by_marks
from sentinel.evaluate.survey import Survey
from sentinel.rules.model import Budget, Freshness, NewSpend, Rule, Rules, Spike

COURSE_DAYS = 60

_WITHOUT_VERDICT = {
    ReasonCode.UNKNOWN_DAY: Why.UNKNOWN_DAY,
    ReasonCode.NOT_STARTED: Why.NOT_STARTED,
    ReasonCode.FIRST_CHARGE: Why.FIRST_CHARGE,
    ReasonCode.TOO_YOUNG: Why.TOO_YOUNG,
    ReasonCode.TOO_FEW_DAYS: Why.TOO_FEW_DAYS,
    ReasonCode.NEGATIVE_COST: Why.NEGATIVE_COST,
    ReasonCode.TOLD_NORMAL: Why.TOLD_NORMAL,
}


def explain(
    rule: Rule,
    matrix: CostMatrix,
    rules: Rules,
    marks: tuple[Mark, ...],
    accounts: Mapping[str, AccountState],
    moment: datetime,
) -> tuple[Explanation, ...]:
    """One explanation for each scope of a rule on the last day of the matrix, in the order of their keys."""
    context = Context(matrix, rules, accounts, (), moment, Survey(matrix, rules))
    return tuple(_BY_KIND[rule.kind](rule, context, tuple(mark for mark in marks if mark.rule == rule.name)))


def _spikes(rule: Spike, context: Context, marks: tuple[Mark, ...]) -> Iterator[Explanation]:
    groups = context.groups(rule)
    if not groups.scopes:
        return
    first = max(0, context.matrix.days - COURSE_DAYS)
    judged = JudgedDays(groups, verdicts_by_marks(rule, context, marks, first), first, context.muted(rule).wholly)
    fires = np.logical_or.reduce([judged.firing(rule, way) for way in Direction if rule.direction.includes(way)])
    for row, known in enumerate(_known(context, groups)):
        yield _spike(rule, context, judged, row, known, fires[row])


def _spike(
    rule: Spike, context: Context, judged: JudgedDays, row: int, known: Explanation, fires: NDArray[np.bool_]
) -> Explanation:
    verdicts, groups, column = judged.verdicts, judged.groups, context.matrix.days - 1
    course = replace(
        known.course,
        expected=verdicts.expected[row],
        lower=verdicts.lower[row],
        upper=verdicts.upper[row],
        fires=fires,
        muted=judged.muted[row, judged.first :],
    )
    used, left_out = int(verdicts.used[row, -1]), int(verdicts.left_out[row, -1])
    without = _WITHOUT_VERDICT.get(ReasonCode(int(verdicts.code[row, -1])))
    if without is not None:
        return replace(known, why=without, course=course, days_used=used, days_left_out=left_out)
    expected = float(verdicts.expected[row, -1])
    return replace(
        known,
        why=_why_spike(rule, judged, row, fires=bool(fires[-1])),
        course=course,
        expected=expected,
        lower=float(verdicts.lower[row, -1]),
        upper=float(verdicts.upper[row, -1]),
        score=float(verdicts.score[row, -1]),
        days_used=used,
        days_left_out=left_out,
        excess=split_excess(context.matrix, groups.members[row], column, groups.covered[row], expected),
    )


def _why_spike(rule: Spike, judged: JudgedDays, row: int, *, fires: bool) -> Why:
    if fires:
        return Why.MUTED if judged.muted[row, -1] else Why.FIRES
    cost = judged.groups.cost[row, -1]
    above, below = cost > judged.verdicts.upper[row, -1], cost < judged.verdicts.lower[row, -1]
    if not above and not below:
        return Why.INSIDE_BAND
    if not rule.direction.includes(Direction.UP if above else Direction.DOWN):
        return Why.OTHER_DIRECTION
    if below and np.isnat(judged.groups.settled_at[row, -1]):
        return Why.NOT_SETTLED
    return Why.TOO_SMALL


def _budgets(rule: Budget, context: Context, _: tuple[Mark, ...]) -> Iterator[Explanation]:
    groups = context.groups(rule)
    spend = counted_spend(rule, context.matrix, groups)
    period = rule.period_on(context.matrix.day(context.matrix.days - 1), context.rules.settings.week_start)
    if period is None:
        yield from (replace(known, why=Why.OUTSIDE_PERIOD, observed=None) for known in _known(context, groups))
        return
    daily = rule.is_daily
    amounts = amounts_in(rule, period, context, groups, spend)
    foresight = foresee(rule, context, groups, spend, period, amounts)
    for row, known in enumerate(_known(context, groups)):
        so_far = period_spend(context, groups, spend, row, period)
        if so_far is None:
            yield replace(known, why=Why.UNKNOWN_DAY)
            continue
        amount = amounts.of(row)
        if amount is None:
            yield replace(known, why=Why.NO_AMOUNT, observed=so_far.spent, note=amounts.hindrance(row))
            continue
        verdict = read_standing(rule, context, groups, row, so_far, amounts, foresight)
        burn = None if daily else read_burn_up(rule, context, groups, spend, row, so_far, amount)
        figures = verdict.figures
        levels = [level for level, _ in rule.levels(amount)]
        ahead = [level for level in levels if level > figures.observed]
        yield replace(
            known,
            why=Why.FIRES if verdict.finding else Why.BELOW_THRESHOLD,
            course=_against(known.course, levels[0]) if daily else known.course,
            burn=burn and with_forecast(burn, verdict.forecast),
            observed=figures.observed,
            expected=figures.expected,
            lower=figures.lower,
            upper=figures.upper if verdict.finding else ahead[0],
            score=figures.score,
            note=_crossed(verdict.finding),
            forecast=verdict.forecast,
            too_young=foresight.too_young.get(row),
        )


def _crossed(finding: Finding | None) -> str:
    """`80%, 50%, the forecast 100%`: what a budget's finding rests on."""
    if finding is None or finding.budget is None:
        return ""
    return ", ".join([*finding.budget.crossed, *(f"the forecast {name}" for name in finding.budget.foreseen)])


def _against(course: Course, level: float) -> Course:
    """A course whose days fire from an amount on."""
    levels = np.full(course.cost.shape, level)
    return replace(course, lower=levels, upper=levels, fires=course.cost >= level, level=level)


def _new_spend(rule: NewSpend, context: Context, _: tuple[Mark, ...]) -> Iterator[Explanation]:
    groups = context.groups(rule)
    matrix, last = context.matrix, context.matrix.days - 1
    begins = first_charges(groups.cost, groups.covered)
    muted = context.muted(rule).wholly
    for row, known in enumerate(_known(context, groups)):
        lately = np.flatnonzero(begins[row, max(0, last - NEW_FOR_DAYS + 1) :]) + max(0, last - NEW_FOR_DAYS + 1)
        began = int(lately[-1]) if lately.size else None
        why = _why_new(rule, groups, row, began, muted=bool(muted[row, last]))
        minimum = rule.min_daily
        course = replace(known.course, level=minimum)
        if began is None:
            yield replace(known, why=why, course=course, upper=minimum)
            continue
        first = matrix.column(course.first_day)
        fires = (course.cost >= minimum) & (np.arange(first, matrix.days) >= began)
        course = replace(course, fires=fires, muted=muted[row, first:])
        yield replace(known, why=why, course=course, upper=minimum, expected=0.0, lower=0.0, began=matrix.day(began))


def _why_new(rule: NewSpend, groups: Groups, row: int, began: int | None, *, muted: bool) -> Why:
    cost, covered = groups.cost[row], groups.covered[row]
    if not covered[-1]:
        return Why.UNKNOWN_DAY
    if began is not None:
        if cost[-1] < rule.min_daily:
            return Why.TOO_SMALL
        return Why.MUTED if muted else Why.FIRES
    charged = np.flatnonzero(covered & (cost > 0))
    if charged.size == 0:
        return Why.NO_CHARGE
    first = int(charged[0])
    # The first charge of all is recent, and the days before it are no thirty known days without one.
    if first > cost.size - 1 - NEW_FOR_DAYS and not covered[max(0, first - QUIET_DAYS) : first].sum() >= QUIET_DAYS:
        return Why.NOT_KNOWN_NEW
    return Why.NOT_NEW


def _freshness(rule: Freshness, context: Context, _: tuple[Mark, ...]) -> Iterator[Explanation]:
    course = Course.of_costs(context.today, np.zeros(0), np.zeros(0, np.bool_))
    for state in context.accounts.values():
        scope = Scope((Place(Dimension.ACCOUNT, state.account, state.account),))
        known = Explanation(scope, context.today, Why.FRESH, "hours", course)
        if state.first_pull is None:
            yield known
            continue
        (verdict,) = read_age(rule, context, state, scope, state.first_pull).verdicts
        yield replace(
            known,
            why=Why.FIRES if verdict.finding else Why.FRESH,
            observed=verdict.figures.observed,
            expected=verdict.figures.expected,
            lower=verdict.figures.lower,
            upper=verdict.figures.upper,
            score=verdict.figures.score,
            note=verdict.finding.note if verdict.finding else "",
        )


def _known(context: Context, groups: Groups) -> Iterator[Explanation]:
    """What is known of each scope before any rule judges it."""
    matrix, last = context.matrix, context.matrix.days - 1
    first = max(0, matrix.days - COURSE_DAYS)
    cost = np.where(groups.covered[:, first:], groups.cost[:, first:], np.nan)
    settled = groups.settled[:, first:]
    for row, scope in enumerate(groups.scopes):
        yield Explanation(
            scope=scope,
            day=matrix.day(last),
            why=Why.UNKNOWN_DAY,
            currency=context.currency_of(groups.accounts[row]),
            course=Course.of_costs(matrix.day(first), cost[row], settled[row]),
            regions=groups.regions[row],
            observed=float(cost[row, -1]) if groups.covered[row, last] else None,
            settled=not np.isnat(groups.settled_at[row, last]),
        )


Explains = Callable[[Rule, Context, tuple[Mark, ...]], Iterator[Explanation]]

_BY_KIND: Mapping[RuleKind, Explains] = {
    RuleKind.SPIKE: cast("Explains", _spikes),
    RuleKind.BUDGET: cast("Explains", _budgets),
    RuleKind.NEW_SPEND: cast("Explains", _new_spend),
    RuleKind.FRESHNESS: cast("Explains", _freshness),
    RuleKind.COMMITMENT: cast("Explains", explain_commitment),
    RuleKind.CREDIT: cast("Explains", explain_credit),
    RuleKind.RECONCILIATION: cast("Explains", explain_invoice),
}
