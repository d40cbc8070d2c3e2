"""One block of the panel made ready: day-major, and with the days that may serve as a baseline.

A scope begins with its first charge: zeros before it are no baseline. It begins anew after 60 days
without a charge, so that a bounded stretch of days decides what counts as begun.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.panel import Flags, Floats, Panel
from sentinel.evaluate.detector.windows import Counts

DORMANT_DAYS = 60
"""Days without a charge after which a scope is taken as ended: longer than a monthly rhythm."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """One block of scopes, all arrays [days, scopes]; the judged days are the last `judged` rows.

    first_day: the day of row 0. cost: currency units. known: covered.
    begun: a charge fell on one of the 60 days before. counted: known, and begun or charged for the first time.
    usable: may serve in a baseline: known, not muted, not a correction, not before the first charge.
    normal_from: [scopes], the row from which a person called the level normal; below 1: none.
    """

    first_day: date
    cost: Floats
    known: Flags
    begun: Flags
    counted: Flags
    usable: Flags
    normal_from: NDArray[np.int64]
    judged: int

    def last(self, days: int) -> "History":
        """Return the last days alone."""
        first = max(0, len(self.cost) - days)
        return History(
            first_day=self.first_day + timedelta(days=first),
            cost=self.cost[first:],
            known=self.known[first:],
            begun=self.begun[first:],
            counted=self.counted[first:],
            usable=self.usable[first:],
            normal_from=self.normal_from - first,
            judged=self.judged,
        )

    def days_since_told(self) -> NDArray[np.int64] | None:
        """Return the days since a person called the level normal, [days, scopes]; None if nobody did."""
        if not (self.normal_from > 0).any():
            return None
        since = np.arange(len(self.cost))[:, None] - self.normal_from
        return np.where(self.normal_from > 0, since, -1)


def read_history(panel: Panel, rows: slice, begin: int, first: int, stop: int) -> History:
    """Read the columns [begin, stop) of some scopes; the columns from `first` on are to be judged."""
    cost = np.ascontiguousarray(panel.cost[rows, begin:stop].T)
    known = np.ascontiguousarray(panel.known[rows, begin:stop].T)
    muted = panel.muted[rows, begin:stop].T
    charged = known & (cost > 0)
    begun = Counts(charged).before(DORMANT_DAYS) > 0
    return History(
        first_day=panel.first_day + timedelta(days=begin),
        cost=cost,
        known=known,
        begun=begun,
        counted=known & (begun | charged),
        usable=known & ~muted & (charged | (begun & (cost == 0))),
        normal_from=panel.normal_from[rows] - begin,
        judged=stop - first,
    )
