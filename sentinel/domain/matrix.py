"""The history as evaluate sees it: one matrix of series by day, and what is known of each day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Series:
    """One (account, tenant, workspace, cluster, product) and the names it bore, the last seen first."""

    account: str
    tenant: str
    workspace: str
    cluster: str
    product: str
    workspace_names: tuple[str, ...]
    cluster_names: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def cluster_name(self) -> str:
        """What people call the cluster today."""
        return self.cluster_names[0] if self.cluster_names else self.cluster

    @property
    def workspace_name(self) -> str:
        """What people call the workspace today."""
        return self.workspace_names[0] if self.workspace_names else self.workspace


@dataclass(frozen=True, slots=True)
class DatedCharge:
    """A credit or support charge of an account; undated ones stand on the first day of their billing month."""

    account: str
    product: str
    month: date
    day: date | None
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class CostMatrix:
    """Costs of a window of consecutive days.

    Shapes: `cost` and `quantity` are [series, days] float64 (currency units; 0 where there is no row); `account_of` is
    [series], the row of `accounts` that a series belongs to; `covered` is [accounts, days]; `settled_at` is
    [accounts, days] datetime64[s] in UTC, NaT while a day is not settled.
    """

    first_day: date
    accounts: tuple[str, ...]
    series: tuple[Series, ...]
    account_of: NDArray[np.int64]
    cost: NDArray[np.float64]
    quantity: NDArray[np.float64]
    covered: NDArray[np.bool_]
    settled_at: NDArray[np.datetime64]
    account_charges: tuple[DatedCharge, ...] = ()

    @property
    def days(self) -> int:
        """The number of days in the window."""
        return int(self.covered.shape[1])

    @property
    def settled(self) -> NDArray[np.bool_]:
        """[accounts, days]: which days are settled."""
        return ~np.isnat(self.settled_at)

    def part(self, first: int, stop: int) -> CostMatrix:
        """The columns [first, stop) as views, with all series and account charges."""
        return replace(
            self,
            first_day=self.day(first),
            cost=self.cost[:, first:stop],
            quantity=self.quantity[:, first:stop],
            covered=self.covered[:, first:stop],
            settled_at=self.settled_at[:, first:stop],
        )

    def day(self, column: int) -> date:
        """The calendar day of a column."""
        return self.first_day + timedelta(days=column)

    def column(self, day: date) -> int:
        """The column of a calendar day; outside 0..days-1 where the window does not reach it."""
        return (day - self.first_day).days
