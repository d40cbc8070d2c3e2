"""Writing changed rows: the table that people read, and the arrays that sentinel reads."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete

from sentinel.store import tables
from sentinel.store.bulk import Columns, insert_rows, put_rows
from sentinel.store.rows import DailyRows, Difference
from sentinel.store.vectors import write_vectors


def apply_difference(conn: Connection, account: str, difference: Difference, rows: DailyRows) -> None:
    """Write what differs; `rows` are all that the account has afterwards on the days where anything does."""
    for portion in difference.new.portions():
        insert_rows(conn, "daily_cost", _columns(portion))
    for portion in difference.changed.portions():
        put_rows(conn, "daily_cost", ("day", "series_id"), _columns(portion))
    for portion in difference.vanished.portions():
        c = tables.daily_cost.c
        keys = zip(portion.day.tolist(), portion.series.tolist(), strict=True)
        gone = [{"on": day, "of": series} for day, series in keys]
        conn.execute(delete(tables.daily_cost).where(c.day == bindparam("on"), c.series_id == bindparam("of")), gone)
    write_vectors(conn, account, difference.days.tolist(), rows)


def _columns(rows: DailyRows) -> Columns:
    return {
        "day": rows.day.tolist(),
        "series_id": rows.series.tolist(),
        "cost": rows.cost.tolist(),
        "quantity": rows.quantity.tolist(),
    }
