"""Which pulls covered which days: what coverage, settlement and what was known at some moment follow from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from sentinel.domain.costs import Window
from sentinel.store import tables
from sentinel.store.pulls.outcome import Outcome

ALL_DAYS = (0, date.max.toordinal() + 1)
"""The range of days that leaves none out."""

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, eq=False)
class CoveringPulls:
    """(day, pull, pulled_at) for each day that a stored pull covered, sorted by day and then in the pulls' order.

    The order of pulls is that of `pulled_at`; of two with the same moment, the one recorded later comes later.
    `day` is an ordinal, `pulled_at` is datetime64[us] in UTC.
    """

    day: NDArray[np.int64]
    pull: NDArray[np.int64]
    pulled_at: NDArray[np.datetime64]

    def until(self, moment: datetime) -> CoveringPulls:
        """Those pulled by a moment."""
        return self._where(self.pulled_at <= microseconds(moment))

    def within(self, window: Window) -> CoveringPulls:
        """Those that covered a day of a window."""
        return self._where((self.day >= window.first.toordinal()) & (self.day < window.stop.toordinal()))

    def after(self, moment: datetime) -> CoveringPulls:
        """Those pulled later than a moment."""
        return self._where(self.pulled_at > microseconds(moment))

    def first_of_each_day(self) -> CoveringPulls:
        """Only the earliest pull of each day."""
        _, index = np.unique(self.day, return_index=True)
        return CoveringPulls(self.day[index], self.pull[index], self.pulled_at[index])

    def settling(self, settle_after: timedelta) -> CoveringPulls:
        """For each settled day the pull that settled it: the earliest so long after the day's end."""
        return self._where(self.pulled_at >= end_of(self.day) + np.timedelta64(settle_after)).first_of_each_day()

    def moments(self) -> list[datetime]:
        """`pulled_at` as aware datetimes."""
        return [moment.replace(tzinfo=UTC) for moment in self.pulled_at.tolist()]

    def order_of(self, pulls: NDArray[np.int64]) -> NDArray[np.int64]:
        """Numbers that sort some of these pulls in their order."""
        in_order = self.pull[np.lexsort((self.pull, self.pulled_at))]
        numbers, places = np.unique(in_order, return_index=True)
        return places[np.searchsorted(numbers, pulls)]

    def _where(self, chosen: NDArray[np.bool_]) -> CoveringPulls:
        return CoveringPulls(self.day[chosen], self.pull[chosen], self.pulled_at[chosen])


def load_covering(conn: Connection, account: str, first: int, stop: int) -> CoveringPulls:
    """The stored pulls that covered the days [first, stop) of an account."""
    c, of_pull = tables.pull_day.c, tables.pull.c
    of_days = (c.account == account, c.day >= first, c.day < stop)
    query = select(c.day, c.pull_id).where(*of_days)
    day, pull = np.fromiter(chain.from_iterable(conn.execute(query).all()), np.int64).reshape(-1, 2).T
    # Moments take longer to read than numbers, and a pull covers many days: each is read once.
    covering = select(c.pull_id).where(*of_days).distinct().scalar_subquery()
    moments = dict(conn.execute(_MOMENTS.where(of_pull.id.in_(covering))).all())
    numbers = np.fromiter(moments, np.int64, len(moments))
    pulled_at = np.array([microseconds(moment) for moment in moments.values()], "datetime64[us]")
    of_row = pulled_at[np.searchsorted(numbers, pull)]
    order = np.lexsort((pull, of_row, day))
    return CoveringPulls(day[order], pull[order], of_row[order])


def stored_pulls(conn: Connection, account: str) -> dict[int, datetime]:
    """When each stored pull of an account was pulled, by its number, in the order of the numbers."""
    c = tables.pull.c
    return dict(conn.execute(_MOMENTS.where(c.account == account, c.outcome == Outcome.STORED)).all())


_MOMENTS = select(tables.pull.c.id, tables.pull.c.pulled_at).order_by(tables.pull.c.id)


def oldest_covered(conn: Connection, account: str) -> date | None:
    """The first day that a stored pull covered; None where nothing is covered."""
    c = tables.pull_day.c
    day = conn.execute(select(func.min(c.day)).where(c.account == account)).scalar()
    return None if day is None else date.fromordinal(day)


def microseconds(moment: datetime) -> np.datetime64:
    """An aware moment as numpy's UTC."""
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def end_of(day: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """The moment at which each day, an ordinal, ends."""
    return (day - _EPOCH + 1).astype("datetime64[D]").astype("datetime64[us]")
