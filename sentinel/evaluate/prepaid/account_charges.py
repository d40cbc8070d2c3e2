"""Credits and support charges as daily figures."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import CostMatrix, DatedCharge
from sentinel.domain.periods import Period, month_of


def charges_by_day(
    matrix: CostMatrix, accounts: Collection[str], wanted: Callable[[DatedCharge], bool] = lambda _: True
) -> NDArray[np.float64]:
    """[days]: what the wanted charges of some accounts come to on each day of the matrix, in currency.

    A charge that is dated by its month alone is spread evenly over the days of it that have been.
    """
    sums = np.zeros(matrix.days)
    last = matrix.day(matrix.days - 1)
    for charge in matrix.account_charges:
        if charge.account in accounts and wanted(charge):
            days = _days(charge, last)
            first, stop = matrix.column(days.first), matrix.column(days.last) + 1
            sums[max(0, first) : max(0, stop)] += charge.cost / max(days.days, 1)
    return sums


def _days(charge: DatedCharge, last: date) -> Period:
    if charge.day is not None:
        return Period(charge.day, charge.day)
    month = month_of(charge.month)
    return Period(month.first, max(month.first, min(month.last, last)))
