"""What a forecast reads: settled days of several series, day by day, each from its first charge on."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Columns = NDArray[np.int64]
Real = TypeVar("Real", np.float32, np.float64)

SHORTEST_MONTH = 28

SPAN = 16
"""About the root of the days that a forecast reads: so few steps add up all of them."""


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


def same_days(first_day: date, rows: Columns, newest: Columns, months: int) -> Columns:
    """[months, rows]: the rows of the same day in the last months before, -1 where there is none.

    Only rows up to `newest` are given. The last day of a month stays a last day.
    """
    first = np.datetime64(first_day, "D")
    day = first + rows
    month = day.astype("datetime64[M]")
    is_last = (day + 1).astype("datetime64[M]") > month
    of_month = (day - month.astype("datetime64[D]")).astype(np.int64)
    skipped = int(np.max(rows - newest, initial=0)) // SHORTEST_MONTH + 1
    earlier = month - np.arange(1, months + skipped + 1)[:, None]
    start, stop = earlier.astype("datetime64[D]"), (earlier + 1).astype("datetime64[D]")
    last = (stop - start).astype(np.int64) - 1
    found = (start - first).astype(np.int64) + np.where(is_last, last, np.minimum(of_month, last))
    begin = (found > newest).sum(axis=0)
    chosen: Columns = np.take_along_axis(found, begin + np.arange(months)[:, None], axis=0)
    return np.maximum(chosen, -1)


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
    """The sum of each day and all days before it, a day's weight falling by the factor `keep` a day.

    All spans of 16 days are added up at once, then each takes over what the one before it left.
    """
    days = len(values)
    spans = -(-days // SPAN)
    result = np.zeros((spans * SPAN, *values.shape[1:]))
    result[:days] = values
    cells = result.reshape(spans, SPAN, *values.shape[1:])
    for day in range(1, SPAN):
        cells[:, day] += cells[:, day - 1] * keep
    faded = np.asarray(keep) ** np.arange(1, SPAN + 1).reshape(SPAN, *[1] * (values.ndim - 1))
    for span in range(1, spans):
        cells[span] += cells[span - 1, -1] * faded
    return result[:days]


def decayed_sums(keep: float, *values: Floats) -> tuple[Floats, ...]:
    """The decayed sums of several arrays of one shape: of a few series that costs as much as one."""
    sums = decayed_sum(np.stack(values, axis=1), keep)
    return tuple(sums[:, place] for place in range(len(values)))
