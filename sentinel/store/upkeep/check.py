"""Whether a database is whole: the file, the schema, the references, and the arrays beside the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Connection, exists, select, union
from sqlalchemy.exc import DatabaseError

from sentinel.store import tables
from sentinel.store.database.migrate import newest_version, schema_version
from sentinel.store.history.rows import NO_ROWS, DailyRows, compare, key_of
from sentinel.store.history.vectors import read_rows, write_vectors

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with a database, and the way out."""

    what: str
    way_out: str


@dataclass(frozen=True, slots=True, eq=False)
class _Day:
    """All rows of one account and day, as the table has them."""

    account: str
    day: int
    rows: DailyRows


def check_database(conn: Connection) -> tuple[Defect, ...]:
    """Everything found wrong; reads the whole database, unless the file itself is damaged."""
    return tuple(_file(conn)) or (*_schema(conn), *_orphans(conn), *_arrays(conn))


def repair_arrays(conn: Connection) -> int:
    """Make the arrays of every day what its rows say; the number of days put right."""
    repaired = 0
    for one in _days(conn):
        if _differs(conn, one):
            write_vectors(conn, one.account, [one.day], one.rows)
            repaired += 1
    return repaired


def _file(conn: Connection) -> Iterator[Defect]:
    """What SQLite finds in its file; PostgreSQL looks after its own."""
    if conn.dialect.name == "sqlite":
        try:
            damages = conn.exec_driver_sql(f"PRAGMA integrity_check({_SHOWN})").scalars().all()
        except DatabaseError as error:  # the damage is where the check itself reads
            damages = [error.orig]
        if damages != ["ok"]:
            yield from (Defect(f"the file is damaged: {damage}", "restore a backup") for damage in damages)
            return
        for table, *_ in conn.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_SHOWN):
            yield Defect(f"a row of {table} refers to nothing", "restore a backup")


def _schema(conn: Connection) -> Iterator[Defect]:
    version, newest = schema_version(conn), newest_version()
    if version != newest:
        yield Defect(f"the schema is {version}, this sentinel needs {newest}", "start sentinel once: it migrates")


def _orphans(conn: Connection) -> Iterator[Defect]:
    """Rows that refer to nothing, in the tables that the database itself does not watch over."""
    series, pull, place = tables.series.c, tables.pull.c, tables.place.c
    cost, revision, name = tables.daily_cost.c, tables.revision.c, tables.place_name.c
    for what, day, missing in (
        ("row of daily_cost has no series", cost.day, ~exists().where(series.id == cost.series_id)),
        ("row of revision has no series", revision.day, ~exists().where(series.id == revision.series_id)),
        ("row of revision has no pull", revision.day, ~exists().where(pull.id == revision.pull_id)),
    ):
        found = conn.execute(select(day).where(missing).limit(1)).scalar()
        if found is not None:
            yield Defect(f"a {what} (day {date.fromordinal(found)})", "restore a backup")
    for what, number, missing in (
        ("series has no place", series.id, ~exists().where(place.id == series.place_id)),
        ("name has no place", name.place_id, ~exists().where(place.id == name.place_id)),
    ):
        found = conn.execute(select(number).where(missing).limit(1)).scalar()
        if found is not None:
            yield Defect(f"a {what} (number {found})", "restore a backup")


def _arrays(conn: Connection) -> Iterator[Defect]:
    for one in _days(conn):
        if _differs(conn, one):
            day = date.fromordinal(one.day)
            yield Defect(f"daily_vector differs from daily_cost on {day}, {one.account}", "sentinel db check --repair")


def _differs(conn: Connection, one: _Day) -> bool:
    arrays = read_rows(conn, one.account, one.day, one.day + 1)
    return bool(len(compare(arrays, one.rows).days))


def _days(conn: Connection) -> Iterator[_Day]:
    """Every day of every account, one in memory at a time."""
    cost, vector, series, place = (
        table.c for table in (tables.daily_cost, tables.daily_vector, tables.series, tables.place)
    )
    of_day = (
        select(place.account, cost.series_id, cost.cost, cost.quantity)
        .join(tables.series, series.id == cost.series_id)
        .join(tables.place, place.id == series.place_id)
        .order_by(cost.series_id)
    )
    days = conn.execute(union(select(cost.day), select(vector.day))).scalars().all()
    for day in sorted(days):
        with_arrays = conn.execute(select(vector.account).where(vector.day == day)).scalars()
        rows: dict[str, list[tuple[int, int, float]]] = {account: [] for account in with_arrays}
        for account, number, units, quantity in conn.execute(of_day.where(cost.day == day)):
            rows.setdefault(account, []).append((number, units, quantity))
        for account, of_account in rows.items():
            yield _Day(account, day, _as_rows(day, of_account))


def _as_rows(day: int, rows: list[tuple[int, int, float]]) -> DailyRows:
    if not rows:
        return NO_ROWS
    series, cost, quantity = zip(*rows, strict=True)
    return DailyRows(key_of(np.int64(day), np.array(series, np.int64)), np.array(cost, np.int64), np.array(quantity))
