"""A report's part of the history: its series, and which of its days are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import CostMatrix, DatedCharge
from sentinel.domain.periods import Period, month_of
from sentinel.domain.pictures import DayCost
from sentinel.domain.reports import AccountCharges, PeriodSum
from sentinel.domain.scopes import Dimension
from sentinel.evaluate.budgets import to_the_unit
from sentinel.evaluate.report.inquiry import Inquiry
from sentinel.rules.matching import select


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The series of an inquiry; a day is known, or settled, when it is in all of their accounts.

    Shapes: `mask` is [series]; `usage`, `covered` and `settled` are [days].
    """

    matrix: CostMatrix
    inquiry: Inquiry
    mask: NDArray[np.bool_]
    accounts: frozenset[str]
    usage: NDArray[np.float64]
    covered: NDArray[np.bool_]
    settled: NDArray[np.bool_]

    @classmethod
    def of(cls, matrix: CostMatrix, inquiry: Inquiry, tier_pattern: str) -> Part:
        """The part of a matrix that an inquiry asks for."""
        mask = select(inquiry, matrix.series, tier_pattern).mask
        owners = np.unique(matrix.account_of[mask]) if mask.any() else np.arange(len(matrix.accounts))
        return cls(
            matrix=matrix,
            inquiry=inquiry,
            mask=mask,
            accounts=frozenset(matrix.accounts[owner] for owner in owners.tolist()),
            usage=matrix.cost[mask].sum(axis=0),
            covered=np.asarray(matrix.covered[owners].all(axis=0)),
            settled=np.asarray(matrix.settled[owners].all(axis=0)),
        )

    def known(self, period: Period) -> NDArray[np.int64]:
        """The columns of the known days of a period."""
        first, stop = self._columns(period)
        return np.flatnonzero(self.covered[first:stop]) + first

    def sum_of(self, period: Period, today: date) -> PeriodSum:
        """What a period has cost, and how much of it is known on a day."""
        first, stop = self._columns(period)
        known = self.known(period)
        ended = min(stop, max(first, self.matrix.column(today)))
        before = [date.fromordinal(day) for day in range(period.first.toordinal(), self.matrix.day(first).toordinal())]
        missing = (np.flatnonzero(~self.covered[first:ended]) + first).tolist()
        return PeriodSum(
            period=period,
            usage=to_the_unit(float(self.usage[known].sum())),
            known_days=int(known.size),
            unknown=(*before, *map(self.matrix.day, missing)),
            unsettled_days=int((~self.settled[known]).sum()),
            charges=self._charges(period),
        )

    def days(self, period: Period) -> tuple[DayCost, ...]:
        """The days of a period as far as the history reaches."""
        return tuple(
            DayCost(
                self.matrix.day(column),
                float(self.usage[column]) if self.covered[column] else None,
                settled=bool(self.settled[column]),
            )
            for column in range(*self._columns(period))
        )

    def _columns(self, period: Period) -> tuple[int, int]:
        limit = self.matrix.days
        first = min(max(0, self.matrix.column(period.first)), limit)
        return first, max(first, min(self.matrix.column(period.last) + 1, limit))

    def _charges(self, period: Period) -> AccountCharges | None:
        """What was charged to the accounts; None where that is not known of just this part and period."""
        named = [dimension for dimension, _ in (*self.inquiry.where.selectors, *self.inquiry.except_.selectors)]
        if any(dimension is not Dimension.ACCOUNT for dimension in named):
            return None
        charged = [one for one in self.matrix.account_charges if one.account in self.accounts and _touches(one, period)]
        if not charged or not all(_lies_in(one, period) for one in charged):
            return None
        return AccountCharges(
            credits=to_the_unit(sum(one.cost for one in charged if one.cost < 0)),
            support=to_the_unit(sum(one.cost for one in charged if one.cost > 0)),
        )


def _days_of(charge: DatedCharge) -> Period:
    return month_of(charge.month) if charge.day is None else Period(charge.day, charge.day)


def _touches(charge: DatedCharge, period: Period) -> bool:
    days = _days_of(charge)
    return days.first <= period.last and period.first <= days.last


def _lies_in(charge: DatedCharge, period: Period) -> bool:
    days = _days_of(charge)
    return period.first <= days.first and days.last <= period.last
