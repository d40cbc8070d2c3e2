"""The rows of a day as arrays, in and out of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, insert, select

from sentinel.store import tables
from sentinel.store.history.rows import DailyRows, concatenate, key_of

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
    c = tables.daily_vector.c
    query = select(c.day, c.series, c.cost, c.quantity).where(c.account == account).order_by(c.day)
    for start in range(first, stop, _DAYS_A_QUERY):
        end = min(start + _DAYS_A_QUERY, stop)
        for day, series, cost, quantity in conn.execute(query.where(c.day >= start, c.day < end)):
            yield DayVector(
                day,
                np.frombuffer(series, "<i4"),
                np.frombuffer(cost, "<i8"),
                np.frombuffer(quantity, "<f8"),
            )


def read_series(conn: Connection, account: str, first: int, stop: int) -> NDArray[np.int64]:
    """The numbers of all series of an account with a row on the days [first, stop), in order."""
    c = tables.daily_vector.c
    query = select(c.series).where(c.account == account)
    found = np.zeros(0, np.int64)
    oldest, newest = conn.execute(select(func.min(c.day), func.max(c.day)).where(c.account == account)).one()
    if oldest is None:
        return found
    # "All days" are millions, nearly all of them without rows.
    first, stop = max(first, oldest), min(stop, newest + 1)
    for start in range(first, stop, _DAYS_A_QUERY):
        of_days = query.where(c.day >= start, c.day < min(start + _DAYS_A_QUERY, stop))
        for series in conn.execute(of_days).scalars():
            numbers = np.frombuffer(series, "<i4")
            if not np.isin(numbers, found).all():
                found = np.union1d(found, numbers)
    return found


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
    c = tables.daily_vector.c
    for start in range(0, len(wanted), _DAYS_A_QUERY):
        conn.execute(
            delete(tables.daily_vector).where(c.account == account, c.day.in_(wanted[start : start + _DAYS_A_QUERY]))
        )
    day_of = rows.day
    for day in wanted:
        begin, end = np.searchsorted(day_of, [day, day + 1])
        if begin < end:
            part = slice(begin, end)
            conn.execute(
                insert(tables.daily_vector).values(
                    account=account,
                    day=day,
                    series=rows.series[part].astype("<i4").tobytes(),
                    cost=rows.cost[part].astype("<i8").tobytes(),
                    quantity=rows.quantity[part].astype("<f8").tobytes(),
                )
            )
