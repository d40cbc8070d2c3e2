"""Whether a credit that came every day, or every month, still comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import DatedCharge
from sentinel.domain.periods import Period, month_of

HABIT_DAYS = 28
LEAST_DAYS = 14
DAILY_SHARE = 0.9
"""A credit comes every day if it came on nine of ten known days of the four weeks before; a share of the usage, it may
be nothing on a day without any."""

HABIT_MONTHS = 3
LEAST_MONTHS = 2
"""A credit comes every month if it came in each of the two or three whole months before."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Absence:
    """A credit that did not come on the days `since`..`last`, though it came before; `expected` is what was missed.

    `sentence` says what its habit was.
    """

    since: date
    last: date
    expected: float
    sentence: str

    @property
    def days(self) -> int:
        """How many days it has been missing."""
        return (self.last - self.since).days + 1


def find_absence(
    credits_: Sequence[DatedCharge], first_day: date, settled: NDArray[np.bool_], missing_after: timedelta
) -> Absence | None:
    """How long one credit has been missing by the newest settled day; None while it comes, or had no habit.

    `settled` is [days] from `first_day` on: a day that can still grow may still bring it.
    """
    known = np.flatnonzero(settled)
    if not known.size:
        return None
    arrived = np.zeros(len(settled))
    for credit in credits_:
        column = -1 if credit.day is None else (credit.day - first_day).days
        if 0 <= column < len(settled):
            arrived[column] -= credit.cost
    came = known[arrived[known] > 0]
    gap = known[known > came[-1]] if came.size else known[:0]
    before = known[known <= came[-1]][-HABIT_DAYS:] if came.size else known[:0]
    if len(before) >= LEAST_DAYS and np.count_nonzero(arrived[before]) >= DAILY_SHARE * len(before):
        if len(gap) < missing_after.days or not len(gap):
            return None
        return Absence(
            since=first_day + timedelta(days=int(gap[0])),
            last=first_day + timedelta(days=int(gap[-1])),
            expected=float(arrived[before].mean()) * len(gap),
            sentence="it came every day before",
        )
    return _missing_months(credits_, first_day, settled)


def _missing_months(credits_: Sequence[DatedCharge], first_day: date, settled: NDArray[np.bool_]) -> Absence | None:
    months = _whole_months(first_day, settled)
    sums = [-sum(credit.cost for credit in credits_ if credit.month == month.first) for month in months]
    empty = 0
    while empty < len(sums) and sums[-1 - empty] <= 0:
        empty += 1
    habit = sums[: len(sums) - empty][-HABIT_MONTHS:]
    if not empty or len(habit) < LEAST_MONTHS or min(habit) <= 0:
        return None
    return Absence(
        since=months[-empty].first,
        last=months[-1].last,
        expected=sum(habit) / len(habit) * empty,
        sentence=f"it came in each of the {len(habit)} months before",
    )


def _whole_months(first_day: date, settled: NDArray[np.bool_]) -> list[Period]:
    """The last months of which every day is settled, one after the other, oldest first."""
    last = first_day + timedelta(days=int(np.flatnonzero(settled)[-1]))
    month = month_of(last)
    months: list[Period] = []
    if month.last > last:
        month = month_of(month.first - _DAY)
    while month.first >= first_day and settled[_columns(month, first_day)].all():
        months.append(month)
        month = month_of(month.first - _DAY)
    return months[::-1]


def _columns(month: Period, first_day: date) -> slice:
    first = (month.first - first_day).days
    return slice(first, first + month.days)
