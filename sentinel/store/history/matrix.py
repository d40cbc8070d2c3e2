"""Loading the cost history of a window."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from sentinel.domain.costs import Window
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.store import tables
from sentinel.store.history.charges import load_charges
from sentinel.store.history.names import load_names
from sentinel.store.history.revisions import Revisions, load_revisions
from sentinel.store.history.vectors import read_series, read_vectors
from sentinel.store.history.window import CellChanges, History, SeriesKey
from sentinel.store.pulls.covering import CoveringPulls, load_covering

_PLACE, _WORKSPACE = tables.place.c, tables.place.alias("workspace").c
_SERIES = (
    select(
        tables.series.c.id,
        _PLACE.tenant,
        _PLACE.workspace,
        _PLACE.cluster,
        tables.series.c.product,
        _WORKSPACE.id,
        _PLACE.id,
    )
    .join(tables.place, _PLACE.id == tables.series.c.place_id)
    .join(
        _WORKSPACE.id.table,
        (_WORKSPACE.account == _PLACE.account)
        & (_WORKSPACE.tenant == _PLACE.tenant)
        & (_WORKSPACE.workspace == _PLACE.workspace)
        & (_WORKSPACE.cluster == ""),
    )
)
"""(number, tenant, workspace, cluster, product, number of the workspace, number of the cluster) of every series."""


def load_matrix(
    conn: Connection,
    accounts: tuple[str, ...],
    window: Window,
    settle_after: timedelta,
    as_of: datetime | None = None,
) -> CostMatrix:
    """The cost matrix of some accounts and a window; with `as_of` by what was pulled by then. See `CostMatrix`."""
    history = load_history(conn, accounts, window, with_changes=as_of is not None, back_to=as_of)
    return history.matrix(settle_after, as_of)


def load_history(
    conn: Connection,
    accounts: tuple[str, ...],
    window: Window,
    *,
    with_changes: bool = True,
    back_to: datetime | None = None,
) -> History:
    """The history of some accounts and a window.

    Without its changes it can only tell what is known now, with those `back_to` a moment only what was known since.
    """
    first, stop = window.first.toordinal(), window.stop.toordinal()
    covering = tuple(load_covering(conn, account, first, stop) for account in accounts)
    changing = covering if back_to is None else tuple(one.after(back_to) for one in covering)
    revisions = _revisions(conn, first, stop, changing if with_changes else ())
    rows = _SeriesRows(conn, accounts, first, stop, revisions)
    shape = (len(rows.keys), window.days)
    cost, quantity, present = np.zeros(shape), np.zeros(shape), np.zeros(shape, np.bool_)
    for account in accounts:
        for vector in read_vectors(conn, account, first, stop):
            at = rows.place[vector.series], vector.day - first
            cost[at] = vector.cost / UNITS_PER_CURRENCY
            quantity[at] = vector.quantity
            present[at] = True
    return History(
        window=window,
        accounts=accounts,
        series=rows.keys,
        cost=cost,
        quantity=quantity,
        present=present,
        changes=_changes(revisions, rows.place, first, covering),
        covering=covering,
        names=tuple(load_names(conn, account) for account in accounts),
        charges=tuple(load_charges(conn, account, window) for account in accounts),
    )


class _SeriesRows:
    """The series with a row in the window, now or before, in order; `place` is the matrix row of a series number."""

    def __init__(
        self, conn: Connection, accounts: tuple[str, ...], first: int, stop: int, revisions: Revisions
    ) -> None:
        keys: dict[SeriesKey, int] = {}
        for place, account in enumerate(accounts):
            used = np.union1d(read_series(conn, account, first, stop), revisions.series)
            wanted = np.zeros(int(used.max(initial=0)) + 1, np.bool_)
            wanted[used] = True
            keys |= {
                SeriesKey(place, *key): number
                for number, *key in conn.execute(_SERIES.where(_PLACE.account == account)).all()
                if number < len(wanted) and wanted[number]
            }
        self.keys = tuple(sorted(keys))
        self.place = np.zeros(max(keys.values(), default=0) + 1, np.int64)
        self.place[[keys[key] for key in self.keys]] = np.arange(len(keys))


def _revisions(conn: Connection, first: int, stop: int, covering: tuple[CoveringPulls, ...]) -> Revisions:
    pulls = {pull for one in covering for pull in np.unique(one.pull).tolist()}
    return load_revisions(conn, first, stop, pulls)


def _changes(
    revisions: Revisions, place: NDArray[np.int64], first: int, covering: tuple[CoveringPulls, ...]
) -> CellChanges:
    pulls, pulled_at = _moments(covering)
    moments = pulled_at[np.searchsorted(pulls, revisions.pull)]
    order = np.lexsort((revisions.pull, moments))[::-1]
    return CellChanges(
        row=place[revisions.series[order]],
        column=revisions.day[order] - first,
        pulled_at=moments[order],
        present=revisions.present[order],
        cost=revisions.cost[order] / UNITS_PER_CURRENCY,
        quantity=revisions.quantity[order],
    )


def _moments(covering: tuple[CoveringPulls, ...]) -> tuple[NDArray[np.int64], NDArray[np.datetime64]]:
    """The numbers of all pulls in their order, and when each was pulled."""
    pulls, index = np.unique(np.concatenate([one.pull for one in covering]), return_index=True)
    return pulls, np.concatenate([one.pulled_at for one in covering])[index]
