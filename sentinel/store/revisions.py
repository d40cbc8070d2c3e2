"""What rows said before a pull changed them, and going back to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, select

from sentinel.store import tables
from sentinel.store.bulk import insert_rows
from sentinel.store.rows import DailyRows, Difference, days_of, key_of, replace, series_of


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
    c = tables.revision.c
    query = select(c.day, c.series_id, c.pull_id, c.old_cost, c.old_quantity).where(c.day >= first, c.day < stop)
    wanted = frozenset(pulls)
    rows = [row for row in conn.execute(query) if row[2] in wanted] if wanted else []
    day, series, pull, cost, quantity = zip(*rows, strict=True) if rows else ((),) * 5
    return Revisions(
        key=key_of(np.array(day, np.int64), np.array(series, np.int64)),
        pull=np.array(pull, np.int64),
        present=np.array([value is not None for value in cost], np.bool_),
        cost=np.array([value or 0 for value in cost], np.int64),
        quantity=np.array([value or 0.0 for value in quantity], np.float64),
    )


def insert_revisions(conn: Connection, difference: Difference, pull: int) -> None:
    """Remember what the rows said before `pull` changed them by `difference`."""
    for portion in difference.new.portions():
        insert_rows(conn, "revision", _keys(portion, pull))
    for before in (difference.old, difference.vanished):
        for portion in before.portions():
            old = {"old_cost": portion.cost.tolist(), "old_quantity": portion.quantity.tolist()}
            insert_rows(conn, "revision", _keys(portion, pull) | old)


def _keys(rows: DailyRows, pull: int) -> dict[str, Sequence[object]]:
    return {"day": rows.day.tolist(), "series_id": rows.series.tolist(), "pull_id": [pull] * len(rows)}


def delete_revisions(conn: Connection, pull: int, days: Iterable[int]) -> None:
    """Forget the changes that a pull made on some days."""
    c = tables.revision.c
    for day in days:
        conn.execute(delete(tables.revision).where(c.day == day, c.pull_id == pull))
