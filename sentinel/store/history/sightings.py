"""When an answer was the first, after some moment, to have charges of a place."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, or_, select

from sentinel.store import tables
from sentinel.store.history.revisions import load_revisions, roll_back
from sentinel.store.history.vectors import read_rows
from sentinel.store.pulls.covering import ALL_DAYS, load_covering


def next_sighting(
    conn: Connection, account: str, place: int, later_than: datetime, before: datetime | None
) -> datetime | None:
    """The moment of the first answer after `later_than`, and before `before`, that had charges of a place.

    It reads all that later pulls covered: asked only when a rename is read out of order.
    """
    later = load_covering(conn, account, *ALL_DAYS).after(later_than)
    if not len(later.day):
        return None
    first, stop = int(later.day[0]), int(later.day[-1]) + 1
    series = _series_of(conn, place)
    current = read_rows(conn, account, first, stop)
    current = current.where(np.isin(current.series, series))
    revisions = load_revisions(conn, first, stop, later.pull.tolist())
    revisions = revisions.where(np.isin(revisions.series, series))
    order, order_of_revisions = later.order_of(later.pull), later.order_of(revisions.pull)
    for pull in np.unique(order).tolist():
        of_pull = order == pull
        after_pull = order_of_revisions > pull
        then = roll_back(current, revisions.where(after_pull), order_of_revisions[after_pull])
        if len(then.on(later.day[of_pull].tolist())):
            moment = later.moments()[int(np.flatnonzero(of_pull)[0])]
            return moment if before is None or moment < before else None
    return None


def _series_of(conn: Connection, place: int) -> NDArray[np.int64]:
    """The series of a cluster, or of all clusters of a workspace."""
    this, cluster = tables.place.alias("this").c, tables.place.c
    inside = (cluster.account == this.account) & (cluster.tenant == this.tenant) & (cluster.workspace == this.workspace)
    query = (
        select(tables.series.c.id)
        .join(tables.place, cluster.id == tables.series.c.place_id)
        .join(this.id.table, inside)
        .where(this.id == place, or_(cluster.id == place, this.cluster == ""))
    )
    return np.array(conn.execute(query).scalars().all(), np.int64)
