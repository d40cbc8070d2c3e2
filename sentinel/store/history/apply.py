"""Writing changed rows: the table that people read, and the arrays that sentinel reads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, delete

from sentinel.store import tables
from sentinel.store.database.bulk import insert_numbers, put_numbers
from sentinel.store.history.rows import DailyRows, Difference
from sentinel.store.history.vectors import write_vectors


def apply_difference(conn: Connection, account: str, difference: Difference, rows: DailyRows) -> None:
    """Write what differs; `rows` are all that the account has afterwards on the days where anything does."""
    for day in difference.new.by_day():
        insert_numbers(conn, "daily_cost", _columns(day.rows), {"day": day.day})
    for portion in difference.changed.portions():
        days = {"day": portion.day.astype(np.int32)}
        put_numbers(conn, "daily_cost", ("day", "series_id"), days | _columns(portion))
    for portion in difference.vanished.portions():
        c = tables.daily_cost.c
        keys = zip(portion.day.tolist(), portion.series.tolist(), strict=True)
        gone = [{"on": day, "of": series} for day, series in keys]
        conn.execute(delete(tables.daily_cost).where(c.day == bindparam("on"), c.series_id == bindparam("of")), gone)
    write_vectors(conn, account, difference.days.tolist(), rows)


def _columns(rows: DailyRows) -> dict[str, NDArray[Any]]:
    return {
        "series_id": rows.series.astype(np.int32),
        "cost": rows.cost,
        "quantity": rows.quantity,
    }
