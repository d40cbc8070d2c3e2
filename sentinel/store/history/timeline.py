"""Where a pull stands among the pulls of the same days: what was known before it, and what the next one made of it.

Pulls arrive in any order, for saved answers can be imported at any time. The history is always the one that they would
have made in the order of `pulled_at`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from sentinel.store.history.revisions import load_revisions, roll_back
from sentinel.store.history.rows import DailyRows
from sentinel.store.history.vectors import read_rows
from sentinel.store.pulls.covering import CoveringPulls, load_covering


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The rows of an account on a range of days, and the pulls of these before and after one moment.

    `before` are the rows as known at the moment. `following` is, for each day that a later pull covered, the earliest
    such pull, and `afterwards` are the rows of these days as known after it.
    """

    earlier: CoveringPulls
    following: CoveringPulls
    before: DailyRows
    afterwards: DailyRows

    @property
    def covered_before(self) -> frozenset[int]:
        """The days that an earlier pull covered."""
        return frozenset(np.unique(self.earlier.day).tolist())

    @property
    def covered_later(self) -> frozenset[int]:
        """The days that a later pull covered."""
        return frozenset(self.following.day.tolist())


def load_timeline(conn: Connection, account: str, moment: datetime, first: int, stop: int) -> Timeline:
    """The days [first, stop) of an account as they stand around a moment."""
    covering = load_covering(conn, account, first, stop)
    current = read_rows(conn, account, first, stop)
    earlier, later = covering.until(moment), covering.after(moment)
    following = later.first_of_each_day()
    revisions = load_revisions(conn, first, stop, later.pull.tolist())
    order = later.order_of(revisions.pull)
    after_following = order > later.order_of(following.pull)[np.searchsorted(following.day, revisions.day)]
    return Timeline(
        earlier,
        following,
        before=roll_back(current, revisions, order).on(earlier.day.tolist()),
        afterwards=roll_back(
            current.on(following.day.tolist()), revisions.where(after_following), order[after_following]
        ),
    )
