"""A budget's period day by day: the spend as it adds up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.forecasts import BudgetForecast
from sentinel.domain.pictures import BurnDay, BurnUp, ForecastDay, Level
from sentinel.evaluate.budgets import PeriodSpend
from sentinel.evaluate.context import Context
from sentinel.evaluate.groups import Groups
from sentinel.rules.model import Budget


def read_burn_up(
    rule: Budget,
    context: Context,
    groups: Groups,
    spend: NDArray[np.float64],
    row: int,
    so_far: PeriodSpend,
    amount: float,
) -> BurnUp:
    """One scope's period up to its newest covered day; `spend` is [scopes, days], `amount` what may be spent in it."""
    matrix, period = context.matrix, so_far.period
    first, stop = max(0, matrix.column(period.first)), matrix.column(so_far.newest) + 1
    covered = groups.covered[row, first:stop]
    spent = np.cumsum(np.where(covered, spend[row, first:stop], 0.0))
    settled = np.logical_and.accumulate(groups.settled[row, first:stop] | ~covered)
    return BurnUp(
        rule=rule.name,
        scope=groups.scopes[row],
        currency=context.currency_of(groups.accounts[row]),
        period=period,
        amount=amount,
        levels=tuple(Level(level, name) for level, name in rule.levels(amount)),
        days=tuple(
            BurnDay(matrix.day(first + place), float(spent[place]), bool(settled[place]), bool(covered[place]))
            for place in range(stop - first)
        ),
    )


def with_forecast(burn: BurnUp, forecast: BudgetForecast | None) -> BurnUp:
    """The same period with what is foreseen of its end, None for nothing; its last known day leaves nothing open."""
    if forecast is None or burn.days[-1].day >= burn.period.last:
        return replace(burn, forecast=())
    end = ForecastDay(burn.period.last, forecast.total, forecast.lower, forecast.upper)
    return replace(burn, forecast=(end,))
