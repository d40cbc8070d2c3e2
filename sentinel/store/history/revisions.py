"""What rows said before a pull changed them, and going back to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, case, delete, func, select

from sentinel.store import tables
from sentinel.store.database.bulk import insert_numbers
from sentinel.store.history.rows import DailyRows, Difference, days_of, key_of, replace, series_of


@dataclass(frozen=True, slots=True, eq=False)
class Revisions:
    """Changes of rows: their `key` as in `DailyRows`, the pull that made them, and the row before, if `present`."""

    key: NDArray[np.int64]
    pull: NDArray[np.int64]
    present: NDArray[np.bool_]
    cost: NDArray[np.int64]
    quantity: NDArray[np.float64]

    @property
    def day(self) -> NDArray[np.int64]:
        """The day ordinal of each change."""
        return days_of(self.key)

    @property
    def series(self) -> NDArray[np.int64]:
        """The series id of each change."""
        return series_of(self.key)

    def where(self, chosen: NDArray[np.bool_]) -> Revisions:
        """The changes that a mask chooses."""
        return Revisions(
            self.key[chosen], self.pull[chosen], self.present[chosen], self.cost[chosen], self.quantity[chosen]
        )

    def earliest(self, order: NDArray[np.int64]) -> Revisions:
        """For each row only its first change; `order` ranks the pulls of the changes."""
        by_row = np.lexsort((order, self.key))
        _, places = np.unique(self.key[by_row], return_index=True)
        first = np.zeros(len(self.key), np.bool_)
        first[by_row[places]] = True
        return self.where(first)


_PORTION = 50_000
NO_REVISIONS = Revisions(
    np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.bool_), np.empty(0, np.int64), np.empty(0, np.float64)
)


def roll_back(rows: DailyRows, undone: Revisions, order: NDArray[np.int64]) -> DailyRows:
    """The rows as they were before the `undone` changes; `order` ranks the pulls of these."""
    if not len(undone.key):
        return rows
    first = undone.earliest(order)
    present = first.present
    values = DailyRows(first.key[present], first.cost[present], first.quantity[present])
    return replace(rows, first.key, values)


def load_revisions(conn: Connection, first: int, stop: int, pulls: Iterable[int]) -> Revisions:
    """The changes that some pulls made on the days [first, stop)."""
    wanted = np.array(sorted(set(pulls)), np.int64)
    if not len(wanted):
        return NO_REVISIONS
    c = tables.revision.c
    query = select(
        c.day,
        c.series_id,
        c.pull_id,
        case((c.old_cost.is_(None), 0), else_=1),
        func.coalesce(c.old_cost, 0),
        func.coalesce(c.old_quantity, 0.0),
    ).where(c.day >= first, c.day < stop)
    result = conn.execute(query)
    parts = [NO_REVISIONS]
    while rows := result.fetchmany(_PORTION):
        day, series, pull, present, cost, quantity = (np.array(column) for column in zip(*rows, strict=True))
        part = Revisions(key_of(day, series), pull, present.astype(np.bool_), cost, quantity)
        parts.append(part.where(np.isin(pull, wanted)))
    return Revisions(
        key=np.concatenate([part.key for part in parts]),
        pull=np.concatenate([part.pull for part in parts]),
        present=np.concatenate([part.present for part in parts]),
        cost=np.concatenate([part.cost for part in parts]),
        quantity=np.concatenate([part.quantity for part in parts]),
    )


def insert_revisions(conn: Connection, difference: Difference, pull: int) -> None:
    """Remember what the rows said before `pull` changed them by `difference`."""
    for portion in difference.new.portions():
        insert_numbers(conn, "revision", _keys(portion), {"pull_id": pull})
    for before in (difference.old, difference.vanished):
        for portion in before.portions():
            old = {"old_cost": portion.cost, "old_quantity": portion.quantity}
            insert_numbers(conn, "revision", _keys(portion) | old, {"pull_id": pull})


def _keys(rows: DailyRows) -> dict[str, NDArray[Any]]:
    return {"day": rows.day.astype(np.int32), "series_id": rows.series.astype(np.int32)}


def delete_revisions(conn: Connection, pull: int, days: Iterable[int]) -> None:
    """Forget the changes that a pull made on some days."""
    c = tables.revision.c
    for day in days:
        conn.execute(delete(tables.revision).where(c.day == day, c.pull_id == pull))
