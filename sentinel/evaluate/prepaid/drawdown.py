"""How an amount is used up day by day, and when that is sure enough to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.evaluate.prepaid.burn_rate import Ahead, Floats, read_burn_rate

SURE = 0.7
UNSURE = 0.2
DAYS_RUNNING = 2
"""Told from a probability of `SURE` on, on `DAYS_RUNNING` days; over only below `UNSURE`: so that it does not flap."""

JUDGED_DAYS = 28
"""The days that are looked back on for it."""

LEAST, MIDDLE, MOST = 0.1, 0.5, 0.9
"""The quantiles of what is told: an interval that holds with a probability of 80%, and its middle."""


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """What is used each day, all [days]: `cost` in currency, and which days are covered and settled."""

    first_day: date
    cost: Floats
    covered: NDArray[np.bool_]
    settled: NDArray[np.bool_]

    def day(self, column: int) -> date:
        """The calendar day of a column."""
        return self.first_day + timedelta(days=column)

    def column(self, day: date) -> int:
        """The column of a calendar day, which may lie outside."""
        return (day - self.first_day).days

    @property
    def newest_covered(self) -> int | None:
        """The column of the newest covered day."""
        return _last(self.covered)

    @property
    def newest_settled(self) -> int | None:
        """The column of the newest settled day."""
        return _last(self.settled)

    def spent(self, first: date, last_column: int) -> float:
        """What the covered days from `first` to a column have used, exact to the unit of money."""
        begin = max(0, self.column(first))
        days = slice(begin, max(begin, last_column + 1))
        return _exact(float(self.cost[days].sum(where=self.covered[days])))

    def unsettled(self, first: date, last_column: int) -> int:
        """How many of the covered days from `first` to a column can still grow."""
        days = slice(max(0, self.column(first)), last_column + 1)
        return int(np.count_nonzero(self.covered[days] & ~self.settled[days]))

    def unknown(self, first: date, last_column: int) -> tuple[date, ...]:
        """The days from `first` to a column that no answer covers; also those before the first column."""
        return tuple(
            self.day(column)
            for column in range(self.column(first), last_column + 1)
            if column < 0 or not self.covered[column]
        )


@dataclass(frozen=True, slots=True)
class Fund:
    """What is used: `amount` from the day `first` on, of which `before` was used by the day `counted_from`.

    `last` is the last day that is looked at.
    """

    amount: float
    first: date
    last: date
    counted_from: date
    before: float


@dataclass(frozen=True, slots=True, eq=False)
class Prospect:
    """How a fund stands at the end of a day, and what the days to come will use.

    `spent` is in currency, `ahead` begins with the day after `day` and `skipped` counts its days that lie before the
    fund's first. `days_left` are those to the fund's last day, `extra` is what unsettled days have used beyond what
    `ahead` has for them.
    """

    fund: Fund
    day: date
    spent: float
    ahead: Ahead
    skipped: int
    days_left: int
    extra: float = 0.0

    def chance_to_spend(self, amount: float, *, days_early: int = 0) -> float:
        """The probability that `amount` or more is spent by the fund's last day, or so many days before it."""
        return self.ahead.chance_to_reach(self._to_come(amount), self.days_left - days_early)

    def spent_by(self, day: date, quantile: float) -> float:
        """What will have been spent by the end of a day of the fund, at most with a probability of `quantile`."""
        more = self.ahead.sum_at((day - self.day).days, quantile) - self._before_the_fund()
        return self.spent + max(more, 0.0) + self.extra

    def spent_at_end(self, quantile: float) -> float:
        """The same by the fund's last day."""
        return self.spent_by(self.fund.last, quantile)

    def exhausted_on(self, quantile: float) -> date | None:
        """The day by which the amount is used up with a probability of `quantile`; None if not by the last day."""
        place = self.ahead.day_of(self._to_come(self.fund.amount), quantile)
        return None if place is None else self.day + timedelta(days=place)

    def _to_come(self, amount: float) -> float:
        return amount - self.spent - self.extra + self._before_the_fund()

    def _before_the_fund(self) -> float:
        return float(self.ahead.sums[self.skipped - 1]) if self.skipped else 0.0


def read_prospect(use: Use, fund: Fund, column: int) -> Prospect | None:
    """How a fund stands at the end of a settled day, by that day and those before it alone.

    None where too few settled days are known to say anything of those to come.
    """
    days_left = max(0, (fund.last - use.day(column)).days)
    begun = np.logical_or.accumulate(use.cost[: column + 1] > 0)
    rate = read_burn_rate(use.cost[: column + 1], use.settled[: column + 1] & begun, use.day(column).weekday())
    if rate is None:
        return None
    return Prospect(
        fund=fund,
        day=use.day(column),
        spent=_exact(fund.before + use.spent(fund.counted_from, min(column, use.column(fund.last)))),
        ahead=rate.ahead((use.day(column).weekday() + 1) % 7, days_left),
        skipped=min(days_left, max(0, (fund.first - use.day(column)).days - 1)),
        days_left=days_left,
    )


def with_unsettled(prospect: Prospect, use: Use) -> Prospect:
    """The same, with what the days after it have used already where that is more than was to be expected."""
    fund, column = prospect.fund, use.column(prospect.day)
    newest = min(use.newest_covered or 0, use.column(fund.last))
    days = newest - column
    if days <= 0:
        return prospect
    since = max(fund.counted_from, prospect.day + timedelta(days=1))
    before = prospect.ahead.sums[prospect.skipped - 1] if prospect.skipped else 0.0
    extra = max(0.0, use.spent(since, newest) - float(prospect.ahead.sums[days - 1] - before))
    return replace(prospect, extra=extra)


def prospects(use: Use, fund: Fund) -> tuple[Prospect, ...]:
    """How a fund stood at the end of each of the last settled days, the newest with what unsettled days have used."""
    newest = use.newest_settled
    if newest is None:
        return ()
    columns = [c for c in range(max(0, newest - JUDGED_DAYS + 1), newest + 1) if use.settled[c]]
    known = [prospect for column in columns if (prospect := read_prospect(use, fund, column)) is not None]
    return (*known[:-1], with_unsettled(known[-1], use)) if known else ()


def is_told(chances: Sequence[float]) -> bool:
    """Whether something is sure enough to be told after a row of days, each with its probability."""
    told, sure = False, 0
    for chance in chances:
        sure = sure + 1 if chance >= SURE else 0
        told = (told and chance >= UNSURE) or sure >= DAYS_RUNNING
    return told


def _last(days: NDArray[np.bool_]) -> int | None:
    found = np.flatnonzero(days)
    return int(found[-1]) if found.size else None


def _exact(amount: float) -> float:
    return round(amount * UNITS_PER_CURRENCY) / UNITS_PER_CURRENCY
