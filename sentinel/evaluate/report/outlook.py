"""Where running budget periods are likely to end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.periods import Period
from sentinel.domain.reports import BudgetForecast
from sentinel.evaluate.context import Context
from sentinel.evaluate.forecast import DailyCosts, forecast_totals, probability_above


def foretell(
    context: Context, scopes: Sequence[NDArray[np.int64]], period: Period, amounts: Sequence[float]
) -> tuple[BudgetForecast | None, ...]:
    """The forecast of each scope (rows of its series) for a period, as of yesterday; None where it is refused.

    It needs 14 settled days. `amounts` are what may be spent.
    """
    matrix = context.matrix
    yesterday = min(matrix.column(context.today) - 1, matrix.days - 1)
    if not scopes or yesterday < 0:
        return tuple(None for _ in scopes)
    costs = DailyCosts(
        matrix.first_day, matrix.cost, matrix.covered[matrix.account_of], matrix.settled[matrix.account_of]
    )
    told = forecast_totals(costs, scopes, period, [yesterday])
    above = probability_above(told, np.array(amounts)[:, None])
    return tuple(
        None
        if told.refused[place, 0]
        else BudgetForecast(
            total=float(told.total[place, 0]),
            lower=float(told.lower[place, 0]),
            upper=float(told.upper[place, 0]),
            above=float(above[place, 0]),
        )
        for place in range(len(scopes))
    )
