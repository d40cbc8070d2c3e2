"""The history of a window in memory, as known now or at any moment before. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.costs import Window
from sentinel.domain.matrix import CostMatrix, DatedCharge, Series
from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.store.history.charges import ChargeHistory
from sentinel.store.history.names import Naming
from sentinel.store.pulls.covering import CoveringPulls, microseconds


class SeriesKey(NamedTuple):
    """The identity of a series: first the place of its account among those of the history, last its places' numbers."""

    account: int
    tenant: str
    workspace: str
    cluster: str
    product: str
    workspace_number: int
    cluster_number: int


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
    names: tuple[Mapping[int, Iterable[Naming]], ...]
    charges: tuple[ChargeHistory, ...]

    def during(self, window: Window) -> History:
        """The history of a part of the window."""
        first, stop = (window.first - self.window.first).days, (window.stop - self.window.first).days
        changes = self.changes
        inside = (changes.column >= first) & (changes.column < stop)
        return replace(
            self,
            window=window,
            cost=self.cost[:, first:stop],
            quantity=self.quantity[:, first:stop],
            present=self.present[:, first:stop],
            changes=CellChanges(
                row=changes.row[inside],
                column=changes.column[inside] - first,
                pulled_at=changes.pulled_at[inside],
                present=changes.present[inside],
                cost=changes.cost[inside],
                quantity=changes.quantity[inside],
            ),
            covering=tuple(covering.within(window) for covering in self.covering),
        )

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
            series=self._series_at(used.tolist(), as_of),
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

    def _series_at(self, rows: Iterable[int], moment: datetime | None) -> tuple[Series, ...]:
        """The series of some rows with the names that they bore by a moment."""
        called = [_Called.of_all(names, moment) for names in self.names]
        unknown = _Called()
        found = []
        for row in rows:
            account, tenant, workspace, cluster, product, workspace_number, cluster_number = self.series[row]
            of_workspace = called[account].get(workspace_number, unknown)
            of_cluster = called[account].get(cluster_number, unknown)
            found.append(
                Series(
                    account=self.accounts[account],
                    tenant=tenant,
                    workspace=workspace,
                    cluster=cluster,
                    product=product,
                    workspace_names=of_workspace.names,
                    cluster_names=of_cluster.names,
                    regions=of_cluster.regions,
                )
            )
        return tuple(found)

    def _charges_at(self, moment: datetime | None) -> tuple[DatedCharge, ...]:
        charges = [
            DatedCharge(account, product, slot.month, slot.day, cost / UNITS_PER_CURRENCY)
            for account, charges in zip(self.accounts, self.charges, strict=True)
            for (slot, product), cost in charges.until(moment).items()
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


@dataclass(frozen=True, slots=True)
class _Called:
    """The names a place bore, the last one first, and its last regions."""

    names: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    @staticmethod
    def of_all(names: Mapping[int, Iterable[Naming]], moment: datetime | None) -> dict[int, _Called]:
        """What each place was called by a moment (None: now)."""
        called = {}
        for place, namings in names.items():
            past = [naming for naming in namings if moment is None or naming.seen_at <= moment]
            if past:
                borne = dict.fromkeys(naming.name for naming in reversed(past))
                called[place] = _Called(tuple(borne), tuple(filter(None, past[-1].regions.split(","))))
        return called
