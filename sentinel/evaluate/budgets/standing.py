"""How a budget stands in a period: which thresholds its spend has reached."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.alerts import AlertDay
from sentinel.domain.findings import Basis, BudgetStanding, Direction, Finding, RuleKind, Severity
from sentinel.domain.moments import moment_of
from sentinel.domain.periods import Period
from sentinel.evaluate.budgets.amounts import Amounts
from sentinel.evaluate.budgets.foresight import NOTHING_FORESEEN, Foresight
from sentinel.evaluate.budgets.spend import PeriodSpend
from sentinel.evaluate.context import Context
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.tracks import DayVerdict
from sentinel.rules.model import Budget


def lowest_levels(rule: Budget, amounts: Amounts) -> NDArray[np.float64]:
    """[scopes]: the spend at which the lowest threshold of each is reached, NaN where it has no amount."""
    told = (rule.thresholds, rule.forecast)
    shares = [one.percent for thresholds in told for one in thresholds if one.percent is not None]
    levels = [one.amount for thresholds in told for one in thresholds if one.amount is not None]
    each = [share * amounts.values for share in shares]
    each += [np.where(np.isnan(amounts.values), np.nan, level) for level in levels]
    return np.asarray(np.min(each, axis=0), np.float64)


def read_standing(
    rule: Budget,
    context: Context,
    groups: Groups,
    row: int,
    so_far: PeriodSpend,
    amounts: Amounts,
    ahead: Foresight = NOTHING_FORESEEN,
) -> DayVerdict:
    """How one scope stands in a period: a finding where a threshold is reached or foreseen; none without an amount.

    A level of the forecast that the spend has reached is a threshold like any other.
    """
    settled_at = period_settled_at(context, groups, row, so_far.period)
    amount = amounts.of(row)
    if amount is None:
        return DayVerdict(AlertDay(so_far.newest, so_far.spent, 0.0, 0.0, 0.0, 0.0), None, settled_at)
    levels = rule.levels(amount)
    reached = {*levels, *rule.forecast_levels(amount)}
    crossed = sorted((level, name) for level, name in reached if so_far.spent >= level)
    foreseen, forecast = ahead.foreseen.get(row, ()), ahead.forecasts.get(row)
    figures = AlertDay(
        day=so_far.newest,
        observed=so_far.spent,
        expected=amount,
        lower=0.0,
        upper=(crossed or levels[:1])[-1][0],
        score=so_far.spent / amount,
    )
    finding = None
    if crossed or foreseen:
        standing = BudgetStanding(
            amount=amount,
            period=so_far.period,
            crossed=tuple(name for _, name in reversed(crossed)),
            unknown_days=so_far.unknown_days,
            unsettled_days=so_far.unsettled_days,
            made_of=amounts.made_of(row),
            rolling=rule.is_rolling,
            foreseen=foreseen,
            forecast=forecast,
        )
        finding = _finding(rule, context, groups, row, figures, standing)
    return DayVerdict(figures, finding, settled_at, forecast)


def _finding(
    rule: Budget, context: Context, groups: Groups, row: int, figures: AlertDay, standing: BudgetStanding
) -> Finding:
    return Finding(
        rule=rule.name,
        kind=RuleKind.BUDGET,
        scope=groups.scopes[row],
        day=figures.day,
        direction=Direction.UP,
        severity=rule.severity if standing.crossed and figures.observed >= standing.amount else Severity.WARNING,
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


def period_settled_at(context: Context, groups: Groups, row: int, period: Period) -> datetime | None:
    """When the last day of a period became settled; None while one of its days is not, or is still to come."""
    matrix = context.matrix
    first, stop = max(0, matrix.column(period.first)), matrix.column(period.last) + 1
    if stop > matrix.days or period.last >= context.today:
        return None
    moments = groups.settled_at[row, first:stop]
    return moment_of(moments.max()) if moments.size else None
