"""Writing changed rows: the table that people read, and the arrays that sentinel reads."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete

from sentinel.store import tables
from sentinel.store.bulk import insert_rows, put_rows
from sentinel.store.rows import DailyRows, Difference
from sentinel.store.vectors import write_vectors

_KEY = ("day", "series_id")
_VALUES = ("cost", "quantity")


def apply_difference(conn: Connection, account: str, difference: Difference, rows: DailyRows) -> None:
    """Write what differs; `rows` are all that the account has afterwards on the days where anything does."""
    insert_rows(conn, "daily_cost", _KEY + _VALUES, difference.new.tuples())
    if len(difference.changed):
        put_rows(conn, "daily_cost", _KEY, _VALUES, difference.changed.tuples())
    if len(difference.vanished):
        c = tables.daily_cost.c
        gone = [{"on": day, "of": series} for day, series, _, _ in difference.vanished.tuples()]
        conn.execute(delete(tables.daily_cost).where(c.day == bindparam("on"), c.series_id == bindparam("of")), gone)
    write_vectors(conn, account, difference.days.tolist(), rows)
