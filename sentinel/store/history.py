"""The history of a window in memory, as known now or at any moment before. No database here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.costs import Window
from sentinel.domain.matrix import CostMatrix, DatedCharge, Series
from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.store.charges import ChargeVersion, charges_until
from sentinel.store.covering import CoveringPulls, microseconds
from sentinel.store.incoming import ClusterKey
from sentinel.store.names import NAME, REGIONS, Names, Place, regions_in, values_until, workspace_of


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """The identity of a series; `account` is the place of its account among those of the history."""

    account: int
    cluster: ClusterKey
    product: str


@dataclass(frozen=True, slots=True, eq=False)
class CellChanges:
    """Changes of cells of the matrix, the latest first: what stood there before the pull at `pulled_at`.

    `row` and `column` say which cell, `present` whether it had a row; `cost` is in currency.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    pulled_at: NDArray[np.datetime64]
    present: NDArray[np.bool_]
    cost: NDArray[np.float64]
    quantity: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """All that is known of the costs of some accounts in a window, with what was known before.

    Shapes as in `CostMatrix`; `present` says which cells have a row. `covering`, `names` and `charges` have an entry
    for each account, in their order.
    """

    window: Window
    accounts: tuple[str, ...]
    series: tuple[SeriesKey, ...]
    cost: NDArray[np.float64]
    quantity: NDArray[np.float64]
    present: NDArray[np.bool_]
    changes: CellChanges
    covering: tuple[CoveringPulls, ...]
    names: tuple[Names, ...]
    charges: tuple[tuple[ChargeVersion, ...], ...]

    def matrix(self, settle_after: timedelta, as_of: datetime | None = None) -> CostMatrix:
        """The cost matrix by what was pulled by a moment; None: by all that was pulled.

        Series are in the order of their account, tenant, workspace, cluster and product; one without a row is left out.
        """
        shape = (len(self.accounts), self.window.days)
        covered = np.zeros(shape, np.bool_)
        settled_at = np.full(shape, np.datetime64("NaT"), "datetime64[s]")
        first = self.window.first.toordinal()
        for place, covering in enumerate(self.covering):
            pulls = covering if as_of is None else covering.until(as_of)
            covered[place, pulls.day - first] = True
            settling = pulls.settling(settle_after)
            settled_at[place, settling.day - first] = settling.pulled_at.astype("datetime64[s]")
        account_of = np.fromiter((series.account for series in self.series), np.int64, len(self.series))
        cells = _Cells(self.cost, self.quantity, self.present)
        if as_of is not None:
            cells = self._cells_at(as_of, covered[account_of])
        used = np.flatnonzero(cells.present.any(axis=1))
        if len(used) < len(self.series):
            cells = cells.rows(used)
        return CostMatrix(
            first_day=self.window.first,
            accounts=self.accounts,
            series=tuple(self._named(self.series[row], as_of) for row in used.tolist()),
            account_of=account_of[used],
            cost=cells.cost,
            quantity=cells.quantity,
            covered=covered,
            settled_at=settled_at,
            account_charges=self._charges_at(as_of),
        )

    def _cells_at(self, moment: datetime, covered: NDArray[np.bool_]) -> _Cells:
        changes = self.changes
        later = changes.pulled_at > microseconds(moment)
        at = (changes.row[later], changes.column[later])
        cells = _Cells(self.cost.copy(), self.quantity.copy(), self.present.copy())
        # The changes come latest first: where a cell was changed more than once, the earliest is written last.
        cells.cost[at], cells.quantity[at] = changes.cost[later], changes.quantity[later]
        cells.present[at] = changes.present[later]
        for values in (cells.cost, cells.quantity, cells.present):
            values[~covered] = 0
        return cells

    def _named(self, series: SeriesKey, moment: datetime | None) -> Series:
        names, key = self.names[series.account], series.cluster
        regions = values_until(names.get(Place(key, REGIONS), ()), moment)
        return Series(
            account=self.accounts[series.account],
            tenant=key.tenant,
            workspace=key.workspace,
            cluster=key.cluster,
            product=series.product,
            workspace_names=values_until(names.get(Place(workspace_of(key), NAME), ()), moment),
            cluster_names=values_until(names.get(Place(key, NAME), ()), moment),
            regions=regions_in(regions[0]) if regions else (),
        )

    def _charges_at(self, moment: datetime | None) -> tuple[DatedCharge, ...]:
        charges = [
            DatedCharge(account, product, slot.month, slot.day, cost / UNITS_PER_CURRENCY)
            for account, versions in zip(self.accounts, self.charges, strict=True)
            for (slot, product), cost in charges_until(versions, moment).items()
            if self.window.first <= (slot.day or slot.month) < self.window.stop
        ]
        return tuple(sorted(charges, key=lambda one: (one.account, one.day or one.month, one.day is None, one.product)))


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    cost: NDArray[np.float64]
    quantity: NDArray[np.float64]
    present: NDArray[np.bool_]

    def rows(self, chosen: NDArray[np.int64]) -> _Cells:
        return _Cells(self.cost[chosen], self.quantity[chosen], self.present[chosen])
