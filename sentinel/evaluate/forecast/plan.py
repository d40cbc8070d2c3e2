"""What is asked: a period, and the columns at whose end it is forecast, as rows of one stretch of history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from sentinel.domain.periods import Period
from sentinel.evaluate.forecast.history import Columns, Flags, Floats
from sentinel.evaluate.forecast.stretch import Stretch

MEMORY_DAYS = 245
"""A forecast reads the period and at most this many days before it: eight months."""


@dataclass(frozen=True, slots=True, eq=False)
class DailyCosts:
    """The costs to forecast from; every array is [series, days], the first column is `first_day`.

    cost: currency units, 0 where there is no row. covered: an answer included the day; uncovered is unknown, not zero.
    settled: covered and final. A covered day that is not settled has a running total: the least that it will cost.
    """

    first_day: date
    cost: Floats
    covered: Flags
    settled: Flags

    def __post_init__(self) -> None:
        """Raise ValueError when the arrays do not belong together."""
        if not self.cost.shape == self.covered.shape == self.settled.shape:
            msg = (
                "forecast: cost, covered and settled must share one [series, days] shape, got "
                f"{self.cost.shape}, {self.covered.shape} and {self.settled.shape}"
            )
            raise ValueError(msg)

    def window(self, rows: Columns, plan: "Plan") -> "DailyCosts":
        """The columns of a plan for some of the series."""
        columns = slice(plan.begin, plan.begin + plan.stop)
        return DailyCosts(
            plan.first_day, self.cost[rows, columns], self.covered[rows, columns], self.settled[rows, columns]
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """One forecast; columns count from the plan's first day.

    origin: the last column at which anything is settled. through: the last column that is known at all.
    ended: the columns of the period up to `through`. stretch: the days of the period after the origin.
    """

    origin: int
    through: int
    ended: slice
    stretch: Stretch
    days_left: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Every forecast that is asked for; `begin` is the column of the costs at which the plan's columns begin.

    days_before: how many days of the period lie before the first of all columns.
    """

    begin: int
    first_day: date
    asked: tuple[Asked, ...]
    days_before: int

    @property
    def stop(self) -> int:
        """The column after the last one that is read."""
        return max(one.through for one in self.asked) + 1


def plan_of(costs: DailyCosts, period: Period, asked: Sequence[int]) -> Plan:
    """Lay out the forecasts of a period at the end of the asked columns.

    Raises ValueError where none is asked for, or one is not a column of `costs`.
    """
    days = costs.cost.shape[1]
    if not asked or not all(0 <= column < days for column in asked):
        msg = f"forecast: asked for the columns {list(asked)}, but there are {days} days"
        raise ValueError(msg)
    first, last = ((day - costs.first_day).days for day in (period.first, period.last))
    begin = min(max(0, first - MEMORY_DAYS), *asked)
    settled = np.flatnonzero(costs.settled.any(axis=0)) if costs.settled.size else np.zeros(0, np.int64)
    return Plan(
        begin=begin,
        first_day=costs.first_day + timedelta(days=begin),
        asked=tuple(_asked(column - begin, first - begin, last - begin, settled - begin) for column in asked),
        days_before=max(0, -first),
    )


def _asked(through: int, first: int, last: int, settled: Columns) -> Asked:
    before = settled[settled <= through]
    origin = int(before[-1]) if before.size and before[-1] >= 0 else 0
    skip = max(0, first - origin - 1)
    return Asked(
        origin=origin,
        through=through,
        ended=slice(max(0, first), max(0, min(through, last) + 1)),
        stretch=Stretch(skip, max(0, last - origin - skip)),
        days_left=max(0, last - max(through, first - 1)),
    )
