"""The rows of a day as arrays, in and out of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, insert, select

from sentinel.store.rows import NO_ROWS, DailyRows, concatenate, key_of
from sentinel.store.tables import DailyVector

_DAYS_A_QUERY = 8
"""A driver holds the whole answer of a query in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class DayVector:
    """All rows of one account and day, sorted by series; `cost` is in 1e-8 units."""

    day: int
    series: NDArray[np.int32]
    cost: NDArray[np.int64]
    quantity: NDArray[np.float64]


def read_vectors(conn: Connection, account: str, first: int, stop: int) -> Iterator[DayVector]:
    """The days [first, stop) that have rows, in their order, a few at a time in memory."""
    query = select(DailyVector.day, DailyVector.series, DailyVector.cost, DailyVector.quantity).order_by(DailyVector.day)
    for start in range(first, stop, _DAYS_A_QUERY):
        end = min(start + _DAYS_A_QUERY, stop)
        of_days = query.where(DailyVector.account == account, DailyVector.day >= start, DailyVector.day < end)
        for day, series, cost, quantity in conn.execute(of_days):
            yield DayVector(
                day,
                np.frombuffer(series, "<i4"),
                np.frombuffer(cost, "<i8"),
                np.frombuffer(quantity, "<f8"),
            )


def read_rows(conn: Connection, account: str, first: int, stop: int) -> DailyRows:
    """The rows of an account on the days [first, stop)."""
    return concatenate(
        [
            DailyRows(key_of(np.int64(vector.day), vector.series.astype(np.int64)), vector.cost, vector.quantity)
            for vector in read_vectors(conn, account, first, stop)
        ]
    )


def write_vectors(conn: Connection, account: str, days: Iterable[int], rows: DailyRows) -> None:
    """Make `rows` all that an account has on these days."""
    wanted = sorted(days)
    if not wanted:
        return
    conn.execute(delete(DailyVector).where(DailyVector.account == account, DailyVector.day.in_(wanted)))  # type: ignore[attr-defined] # SQLModel types a column as its value
    day_of = rows.day
    for day in wanted:
        begin, end = np.searchsorted(day_of, [day, day + 1])
        part = slice(begin, end) if begin < end else None
        if part is not None:
            conn.execute(
                insert(DailyVector).values(
                    account=account,
                    day=day,
                    series=rows.series[part].astype("<i4").tobytes(),
                    cost=rows.cost[part].astype("<i8").tobytes(),
                    quantity=rows.quantity[part].astype("<f8").tobytes(),
                )
            )


__all__ = ["NO_ROWS", "DayVector", "read_rows", "read_vectors", "write_vectors"]
