"""One block of the panel made ready: day-major, and with the days that may serve as a baseline.

A scope begins with its first charge: zeros before it are no baseline. It begins anew after 60 days
without a charge, so that a bounded stretch of days decides what counts as begun.
"""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.detector.panel import Flags, Floats, Panel
from sentinel.evaluate.detector.windows import count_before

DORMANT_DAYS = 60
"""Days without a charge after which a scope is taken as ended: longer than a monthly rhythm."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """One block of scopes, all arrays [days, scopes]; the judged days are the last `judged` rows.

    cost: currency units. known: covered.
    begun: a charge fell on one of the 60 days before.
    usable: may serve in a baseline: known, not muted, not a correction, not before the first charge.
    """

    cost: Floats
    known: Flags
    begun: Flags
    usable: Flags
    judged: int


def read_history(panel: Panel, rows: slice, begin: int, first: int, stop: int) -> History:
    """Read the columns [begin, stop) of some scopes; the columns from `first` on are to be judged."""
    cost = np.ascontiguousarray(panel.cost[rows, begin:stop].T)
    known = np.ascontiguousarray(panel.known[rows, begin:stop].T)
    muted = panel.muted[rows, begin:stop].T
    charged = known & (cost > 0)
    begun = count_before(charged, DORMANT_DAYS) > 0
    usable = known & ~muted & (charged | (begun & (cost == 0)))
    return History(cost=cost, known=known, begun=begun, usable=usable, judged=stop - first)
