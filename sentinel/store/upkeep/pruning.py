"""Keeping the history small: what is forgotten, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Table, bindparam, delete, exists, select

from sentinel.domain.moments import start_of
from sentinel.store import tables
from sentinel.store.history.vectors import read_series
from sentinel.store.pulls.covering import ALL_DAYS, load_covering

GROWTH_KEPT = timedelta(days=60)
"""So long what a day said before it settled is remembered; restatements stay as long as their day."""

_TRIMMED_AGAIN = 45
"""How many days further back growth is looked for, for a daemon that slept."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a pruning removed: daily rows, account charges, remembered changes and pulls."""

    rows: int
    charges: int
    revisions: int
    pulls: int


def forget_growth(
    conn: Connection, account: str, moment: datetime, settle_after: timedelta, days: int = _TRIMMED_AGAIN
) -> int:
    """Forget how days older than `GROWTH_KEPT` grew before they settled; how many changes that were."""
    stop = (moment - GROWTH_KEPT).toordinal()
    covering = load_covering(conn, account, stop - days, stop)
    settling = covering.settling(settle_after)
    forgotten = 0
    c = tables.revision.c
    for day, settled_at in zip(settling.day.tolist(), settling.pulled_at, strict=True):
        growing = covering.pull[(covering.day == day) & (covering.pulled_at <= settled_at)].tolist()
        forgotten += conn.execute(delete(tables.revision).where(c.day == day, c.pull_id.in_(growing))).rowcount
    return forgotten


def prune(conn: Connection, before: date) -> Pruned:
    """Forget all days of all accounts before a day, and what only they needed."""
    day = before.toordinal()
    rows = _delete_before(conn, tables.daily_cost, day)
    _delete_before(conn, tables.daily_vector, day)
    revisions = _delete_before(conn, tables.revision, day)
    _delete_before(conn, tables.pull_day, day)
    _delete_before(conn, tables.pull_loss, day)
    c = tables.account_charge.c
    # An undated charge is that of a whole month, which goes with its last day.
    gone = (c.day < before) | (c.day.is_(None) & (c.month < before.replace(day=1)))
    # One charge has a row for each version of it.
    charges = len(conn.execute(select(c.account, c.month, c.day, c.product).where(gone).distinct()).all())
    conn.execute(delete(tables.account_charge).where(gone))
    pulls = _delete_unneeded_pulls(conn, start_of(before))
    _delete_unneeded_places(conn)
    return Pruned(rows, charges, revisions, pulls)


def _delete_before(conn: Connection, table: Table, day: int) -> int:
    return conn.execute(delete(table).where(table.c.day < day)).rowcount


def _delete_unneeded_pulls(conn: Connection, before: datetime) -> int:
    """Pulls from before a moment that nothing which is kept came from."""
    pull = tables.pull.c
    kept = [exists().where(table.c.pull_id == pull.id) for table in (tables.pull_day, tables.account_charge)]
    unneeded = select(pull.id).where(pull.pulled_at < before, *(~is_kept for is_kept in kept)).scalar_subquery()
    for table in (tables.pull_loss, tables.pull_body):
        conn.execute(delete(table).where(table.c.pull_id.in_(unneeded)))
    return conn.execute(delete(tables.pull).where(pull.id.in_(unneeded))).rowcount


def _delete_unneeded_places(conn: Connection) -> None:
    """Series without a row, clusters without a series, workspaces without a cluster, and all their names."""
    series, place, name = tables.series.c, tables.place.c, tables.place_name.c
    cluster = tables.place.alias("cluster")
    in_revisions = conn.execute(select(tables.revision.c.series_id).distinct()).scalars()
    used = set(in_revisions)
    for account in conn.execute(select(place.account).distinct()).scalars().all():
        used.update(read_series(conn, account, *ALL_DAYS).tolist())
    unused = [{"of": number} for number in conn.execute(select(series.id)).scalars() if number not in used]
    if not unused:
        return
    conn.execute(delete(tables.series).where(series.id == bindparam("of")), unused)
    is_charged = exists().where(series.place_id == place.id)
    conn.execute(
        delete(tables.place_name).where(
            name.place_id.in_(select(place.id).where(place.cluster != "", ~is_charged).scalar_subquery())
        )
    )
    conn.execute(delete(tables.place).where(place.cluster != "", ~is_charged))
    has_cluster = exists().where(
        cluster.c.account == place.account,
        cluster.c.tenant == place.tenant,
        cluster.c.workspace == place.workspace,
        cluster.c.cluster != "",
    )
    empty = select(place.id).where(place.cluster == "", ~has_cluster)
    numbers = conn.execute(empty).scalars().all()
    conn.execute(delete(tables.place_name).where(name.place_id.in_(numbers)))
    conn.execute(delete(tables.place).where(place.id.in_(numbers)))
