"""What a forecast reads: settled days of several series, day by day, each from its first charge on."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Columns = NDArray[np.int64]
Real = TypeVar("Real", np.float32, np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Some series over the same days; every array is [days, series].

    cost: currency units, 0 where the day is not known, never below 0 (a correction is no habit).
    known: the day is settled, covered, and not before the series' first charge.
    """

    first_day: date
    cost: Floats
    known: Flags

    @property
    def days(self) -> int:
        """The number of days."""
        return len(self.cost)

    def day(self, row: int) -> date:
        """The calendar day of a row."""
        return self.first_day + timedelta(days=row)


def read_history(first_day: date, cost: Floats, settled: Flags) -> History:
    """The series of a [series, days] matrix; a series begins with its first charge."""
    begun = np.logical_or.accumulate(settled & (cost > 0), axis=1)
    known = np.ascontiguousarray((settled & begun).T)
    return History(first_day, np.where(known, np.maximum(cost.T, 0.0), 0.0), known)


@lru_cache(maxsize=1 << 16)
def months_before(day: date, months: int) -> date:
    """The same day of the month so many months before; the last day of a month stays a last day."""
    month = day.year * 12 + day.month - 1 - months
    last = (date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    is_last = (day + timedelta(days=1)).day == 1
    return date(month // 12, month % 12 + 1, last if is_last else min(day.day, last))


def moved(values: NDArray[Real], days: int, before: float = float("nan")) -> NDArray[Real]:
    """The values of so many days before; `before` where there are none."""
    result = np.empty_like(values)
    result[:days] = before
    result[days:] = values[: max(0, len(values) - days)]
    return result


def running_sum(values: Floats, days: int) -> Floats:
    """The sum of each day and the days before it, `days` in all; sums of zeros are exactly zero."""
    result, reach = np.zeros_like(values), 0
    power, span = values, 1
    while True:
        if days & span:
            result[reach:] += power[: max(0, len(values) - reach)]
            reach += span
        if 2 * span > days:
            return result
        doubled = power.copy()
        doubled[span:] += power[: max(0, len(values) - span)]
        power, span = doubled, 2 * span


def decayed_sum(values: Floats, keep: float | Floats) -> Floats:
    """The sum of each day and all days before it, a day's weight falling by the factor `keep` a day."""
    result = np.empty_like(values)
    state = np.zeros(values.shape[1:])
    for row, value in enumerate(values):
        np.multiply(state, keep, out=state)
        np.add(state, value, out=state)
        result[row] = state
    return result
