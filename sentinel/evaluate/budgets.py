"""Budget rules: what a period has cost so far, against its amount."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.alerts import AlertDay
from sentinel.domain.findings import Basis, BudgetStanding, Direction, Finding, RuleKind, Severity
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.moments import moment_of
from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.domain.periods import Period, PeriodKind
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.tracks import DayVerdict, Track
from sentinel.rules.model import Budget, CostBasis

MATTERS_FROM = 0.1
"""A day a cent over its budget is told once; its excess must grow by a tenth of the amount to be told again."""

SMALL_CHANGE = 1e-3
"""In currency: far more than the rounding errors of a sum."""

DAILY = "day"
"""Days in a row over a daily budget are one alert, so its episode is not the day."""


def judge_budgets(rule: Budget, context: Context, around: RuleContext) -> Iterator[Track]:
    """Tracks of every scope that has crossed a threshold in a period that counts, or has an open alert."""
    matrix = context.matrix
    groups = context.groups(rule)
    spend = counted_spend(rule, matrix, groups)
    for period in _periods(rule, context, around):
        episode = DAILY if rule.period is PeriodKind.DAY else period.first.isoformat()
        followed = groups.rows_of(around.open_scope_keys(episode))
        for row in sorted({*_may_fire(rule, matrix, groups, spend, period), *followed}):
            so_far = period_spend(context, groups, spend, row, period)
            if so_far is None:
                continue
            verdict = read_standing(rule, context, groups, row, so_far)
            if verdict.finding is None and row not in followed:
                continue
            yield Track(
                rule=rule.name,
                kind=RuleKind.BUDGET,
                scope=groups.scopes[row],
                episode=episode,
                verdicts=(verdict,),
                lasting=rule.period is not PeriodKind.DAY,
                closed=_is_closed(groups, row, period, context),
                matters_from=MATTERS_FROM * rule.amount,
            )


def _may_fire(
    rule: Budget, matrix: CostMatrix, groups: Groups, spend: NDArray[np.float64], period: Period
) -> list[int]:
    """The rows whose spend comes near the lowest threshold: most of a thousand clusters are far below theirs."""
    first, stop = max(0, matrix.column(period.first)), max(0, matrix.column(period.last) + 1)
    spent = np.sum(spend[:, first:stop], axis=1, where=groups.covered[:, first:stop])
    return np.flatnonzero(spent > rule.thresholds[0].level(rule.amount) - SMALL_CHANGE).tolist()


def merge_days(tracks: Iterator[Track]) -> tuple[Track, ...]:
    """Join the tracks of one rule, scope and episode: the days of a daily budget become one track."""
    merged: dict[tuple[str, str, str], Track] = {}
    for track in tracks:
        known = merged.get(track.key)
        merged[track.key] = track if known is None else _joined(known, track)
    return tuple(merged.values())


def _joined(first: Track, second: Track) -> Track:
    verdicts = tuple(sorted((*first.verdicts, *second.verdicts), key=lambda verdict: verdict.day))
    return Track(
        rule=first.rule,
        kind=first.kind,
        scope=first.scope,
        episode=first.episode,
        verdicts=verdicts,
        lasting=first.lasting,
        closed=first.closed and second.closed,
        matters_from=first.matters_from,
    )


def _periods(rule: Budget, context: Context, around: RuleContext) -> tuple[Period, ...]:
    """The periods to judge, oldest first: the running one, those that may still change, those of open alerts."""
    settings = context.rules.settings
    days = [context.today - timedelta(days=back) for back in range(settings.restate_days + 2)]
    days += [day.day for alert in around.open_alerts for day in alert.days]
    periods = {rule.period_on(day, settings.week_start) for day in days}
    return tuple(sorted(period for period in periods if period is not None))


@dataclass(frozen=True, slots=True)
class PeriodSpend:
    """What a scope has cost in a period so far: `newest` is its last covered day, amounts are in currency.

    `unknown_days` have ended and no answer covers them; `unsettled_days` can still grow.
    """

    period: Period
    spent: float
    newest: date
    unknown_days: int
    unsettled_days: int


def period_spend(
    context: Context, groups: Groups, spend: NDArray[np.float64], row: int, period: Period
) -> PeriodSpend | None:
    """The spend of one scope; None where no day of the period is covered. `spend` is [scopes, days]."""
    matrix = context.matrix
    first = max(0, matrix.column(period.first))
    stop = min(matrix.days, matrix.column(period.last) + 1)
    covered = np.flatnonzero(groups.covered[row, first:stop]) + first
    if first >= stop or covered.size == 0:
        return None
    ended = min(stop, matrix.column(context.today))
    return PeriodSpend(
        period=period,
        # A sum of float64 is rounded to the unit of money before it is compared.
        spent=round(float(spend[row, covered].sum()) * UNITS_PER_CURRENCY) / UNITS_PER_CURRENCY,
        newest=matrix.day(int(covered[-1])),
        unknown_days=int((~groups.covered[row, first:ended]).sum()) + max(0, -matrix.column(period.first)),
        unsettled_days=int(np.isnat(groups.settled_at[row, covered]).sum()),
    )


def counted_spend(rule: Budget, matrix: CostMatrix, groups: Groups) -> NDArray[np.float64]:
    """[scopes, days]: what a budget counts: usage alone, or with the account's credits and support."""
    return groups.cost if rule.cost is CostBasis.USAGE else groups.cost + _account_charges(matrix, groups)


def read_standing(rule: Budget, context: Context, groups: Groups, row: int, so_far: PeriodSpend) -> DayVerdict:
    """How one scope stands in a period: a finding where a threshold is crossed."""
    crossed = [t for t in rule.thresholds if so_far.spent >= t.level(rule.amount)]
    figures = AlertDay(
        day=so_far.newest,
        observed=so_far.spent,
        expected=rule.amount,
        lower=0.0,
        upper=(crossed or rule.thresholds[:1])[-1].level(rule.amount),
        score=so_far.spent / rule.amount,
    )
    finding = None
    if crossed:
        standing = BudgetStanding(
            amount=rule.amount,
            period=so_far.period,
            crossed=tuple(str(threshold) for threshold in reversed(crossed)),
            unknown_days=so_far.unknown_days,
            unsettled_days=so_far.unsettled_days,
        )
        finding = _finding(rule, context, groups, row, figures, standing)
    return DayVerdict(figures, finding, _settled_at(groups, row, so_far.period, context))


def _finding(
    rule: Budget, context: Context, groups: Groups, row: int, figures: AlertDay, standing: BudgetStanding
) -> Finding:
    spent_all = figures.observed >= rule.amount
    return Finding(
        rule=rule.name,
        kind=RuleKind.BUDGET,
        scope=groups.scopes[row],
        day=figures.day,
        direction=Direction.UP,
        severity=rule.severity if spent_all else Severity.WARNING,
        observed=figures.observed,
        expected=figures.expected,
        lower=figures.lower,
        upper=figures.upper,
        score=figures.score,
        basis=Basis.UNSETTLED if standing.unsettled_days or standing.unknown_days else Basis.SETTLED,
        currency=context.currency_of(groups.accounts[row]),
        regions=groups.regions[row],
        budget=standing,
    )


def _settled_at(groups: Groups, row: int, period: Period, context: Context) -> datetime | None:
    """When the last day of a period became settled; None while one of its days is not, or is still to come."""
    matrix = context.matrix
    first, stop = max(0, matrix.column(period.first)), matrix.column(period.last) + 1
    if stop > matrix.days or period.last >= context.today:
        return None
    moments = groups.settled_at[row, first:stop]
    return moment_of(moments.max()) if moments.size else None


def _is_closed(groups: Groups, row: int, period: Period, context: Context) -> bool:
    """Every day is settled and the restatement window has passed; uncovered days cannot be waited for for ever."""
    final = period.last + timedelta(days=context.rules.settings.restate_days)
    if context.today <= final:
        return False
    matrix = context.matrix
    first, stop = max(0, matrix.column(period.first)), min(matrix.days, matrix.column(period.last) + 1)
    covered = groups.covered[row, first:stop]
    return not bool((np.isnat(groups.settled_at[row, first:stop]) & covered).any())


def _account_charges(matrix: CostMatrix, groups: Groups) -> NDArray[np.float64]:
    """[scopes, days]: credits and support of each scope's accounts; undated ones stand on their month's first day."""
    charges = np.zeros(groups.cost.shape)
    for charge in matrix.account_charges:
        column = matrix.column(charge.day or charge.month)
        if 0 <= column < matrix.days:
            rows = [row for row, accounts in enumerate(groups.accounts) if charge.account in accounts]
            charges[rows, column] += charge.cost
    return charges
