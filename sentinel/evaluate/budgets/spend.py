"""What a scope has cost in a period so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import CostMatrix
from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.domain.periods import Period
from sentinel.evaluate.context import Context
from sentinel.evaluate.groups import Groups
from sentinel.rules.model import Budget, CostBasis


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
        spent=to_the_unit(float(spend[row, covered].sum())),
        newest=matrix.day(int(covered[-1])),
        unknown_days=int((~groups.covered[row, first:ended]).sum()) + max(0, -matrix.column(period.first)),
        unsettled_days=int(np.isnat(groups.settled_at[row, covered]).sum()),
    )


def counted_spend(rule: Budget, matrix: CostMatrix, groups: Groups) -> NDArray[np.float64]:
    """[scopes, days]: what a budget counts: usage alone, or with the account's credits and support."""
    return groups.cost if rule.cost is CostBasis.USAGE else groups.cost + account_charges(matrix, groups)


def account_charges(matrix: CostMatrix, groups: Groups) -> NDArray[np.float64]:
    """[scopes, days]: credits and support of each scope's accounts; undated ones stand on their month's first day."""
    charges = np.zeros(groups.cost.shape)
    for charge in matrix.account_charges:
        column = matrix.column(charge.day or charge.month)
        if 0 <= column < matrix.days:
            rows = [row for row, accounts in enumerate(groups.accounts) if charge.account in accounts]
            charges[rows, column] += charge.cost
    return charges


def to_the_unit(amount: float) -> float:
    """A sum of float64, rounded to the unit of money before it is compared."""
    return round(amount * UNITS_PER_CURRENCY) / UNITS_PER_CURRENCY
