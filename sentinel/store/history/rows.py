"""Daily rows as arrays: adding up, comparing, putting right. No database here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SERIES_BITS = 32
_SERIES_MASK = (1 << _SERIES_BITS) - 1


@dataclass(frozen=True, slots=True, eq=False)
class DailyRows:
    """Rows of (day, series, cost, quantity), at most one for a day and series, sorted by day and then series.

    `key` holds both, the day ordinal in its upper half and the series id in its lower one; `cost` is in 1e-8 units.
    """

    key: NDArray[np.int64]
    cost: NDArray[np.int64]
    quantity: NDArray[np.float64]

    @property
    def day(self) -> NDArray[np.int64]:
        """The day ordinal of each row."""
        return days_of(self.key)

    @property
    def series(self) -> NDArray[np.int64]:
        """The series id of each row."""
        return series_of(self.key)

    def __len__(self) -> int:
        return len(self.key)

    def where(self, chosen: NDArray[np.bool_]) -> DailyRows:
        """The rows that a mask chooses."""
        return DailyRows(self.key[chosen], self.cost[chosen], self.quantity[chosen])

    def on(self, days: Iterable[int]) -> DailyRows:
        """The rows of some days."""
        wanted = np.array(sorted(set(days)), np.int64)
        begins = np.searchsorted(self.key, wanted << _SERIES_BITS)
        ends = np.searchsorted(self.key, (wanted + 1) << _SERIES_BITS)
        if (ends - begins).sum() == len(self):
            return self
        return concatenate([self._part(slice(begin, end)) for begin, end in zip(begins, ends, strict=True)])

    def portions(self) -> Iterator[DailyRows]:
        """The rows in portions of a bounded size, for what makes Python values of them."""
        for start in range(0, len(self), _PORTION):
            yield self._part(slice(start, start + _PORTION))

    def by_day(self) -> Iterator[DayRows]:
        """The rows of each day that has any."""
        for day in distinct(self.day).tolist():
            yield DayRows(day, self.on([day]))

    def _part(self, part: slice) -> DailyRows:
        return DailyRows(self.key[part], self.cost[part], self.quantity[part])


@dataclass(frozen=True, slots=True, eq=False)
class DayRows:
    """All rows of one day, an ordinal."""

    day: int
    rows: DailyRows


_PORTION = 50_000
NO_ROWS = DailyRows(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What turns one set of rows into another: rows `new`, `changed` from `old`, `vanished`; and how many stayed."""

    new: DailyRows
    changed: DailyRows
    old: DailyRows
    vanished: DailyRows
    unchanged: int

    def on(self, days: Iterable[int]) -> Difference:
        """The part of it on some days; `unchanged` stays that of the whole."""
        chosen = tuple(days)
        return Difference(
            self.new.on(chosen), self.changed.on(chosen), self.old.on(chosen), self.vanished.on(chosen), self.unchanged
        )

    @property
    def days(self) -> NDArray[np.int64]:
        """The days on which anything differs, in order."""
        return distinct(np.concatenate([self.new.day, self.changed.day, self.vanished.day]))


def key_of(day: NDArray[np.int64] | np.int64, series: NDArray[np.int64]) -> NDArray[np.int64]:
    """The keys of `DailyRows`."""
    return (day << _SERIES_BITS) | series


def days_of(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """The day ordinals in keys."""
    return key >> _SERIES_BITS


def series_of(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """The series ids in keys."""
    return key & _SERIES_MASK


def distinct(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """The values in order, each once; on many rows several times as fast as `np.unique`."""
    in_order = np.sort(values)
    return in_order[np.concatenate([[True], in_order[1:] != in_order[:-1]])] if len(values) else in_order


def distinct_numbers(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """As `distinct`, for the numbers of series or places, which are small."""
    used = np.zeros(int(values.max(initial=0)) + 1, np.bool_)
    used[values] = True
    return np.flatnonzero(used)


def add_up(key: NDArray[np.int64], cost: NDArray[np.int64], quantity: NDArray[np.float64]) -> DailyRows:
    """Rows in any order, with repetitions, as `DailyRows`: what has the same day and series is added up."""
    order = np.argsort(key, kind="stable")
    key, cost, quantity = key[order], cost[order], quantity[order]
    repeated = key[1:] == key[:-1]
    if not repeated.any():
        return DailyRows(key, cost, quantity)
    # Floats are added in the order of their size, so that the sum is the same in whatever order they came.
    order = np.lexsort((quantity, key))
    starts = np.flatnonzero(np.concatenate([[True], ~repeated]))
    return DailyRows(key[starts], np.add.reduceat(cost, starts), np.add.reduceat(quantity[order], starts))


def concatenate(parts: list[DailyRows]) -> DailyRows:
    """Several sets of rows, each of days after the one before, as one."""
    if not parts:
        return NO_ROWS
    return DailyRows(
        np.concatenate([part.key for part in parts]),
        np.concatenate([part.cost for part in parts]),
        np.concatenate([part.quantity for part in parts]),
    )


def compare(before: DailyRows, after: DailyRows) -> Difference:
    """What turns `before` into `after`."""
    in_before = np.isin(after.key, before.key, assume_unique=True)
    in_after = np.isin(before.key, after.key, assume_unique=True)
    old, now = before.where(in_after), after.where(in_before)
    differs = (old.cost != now.cost) | (old.quantity != now.quantity)
    return Difference(
        new=after.where(~in_before),
        changed=now.where(differs),
        old=old.where(differs),
        vanished=before.where(~in_after),
        unchanged=int((~differs).sum()),
    )


def replace(rows: DailyRows, key: NDArray[np.int64], values: DailyRows) -> DailyRows:
    """The rows without those of `key`, and with `values` instead; `values` has only rows of `key`."""
    rest = rows.where(~np.isin(rows.key, key))
    merged = np.concatenate([rest.key, values.key])
    order = np.argsort(merged, kind="stable")
    return DailyRows(
        merged[order],
        np.concatenate([rest.cost, values.cost])[order],
        np.concatenate([rest.quantity, values.quantity])[order],
    )
