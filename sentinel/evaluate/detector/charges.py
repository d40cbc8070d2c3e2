"""What the days with and without a charge are: the path that a baseline is read from, and the gaps.

The path is the log of 1 + cost on each usable day. Other days, and days without a charge in a scope that has
such days now and then, repeat the same weekday of the weeks before: they say nothing of the level.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.history import History
from sentinel.evaluate.detector.panel import Flags
from sentinel.evaluate.detector.selection import Singles
from sentinel.evaluate.detector.windows import Counts, Track, largest_before

FILL_WEEKS = 4
"""Weeks back that an absent day may be repeated from."""

HABIT_DAYS = 45
"""A day without a charge is a habit if another such gap ended within these days."""

GAP_DAYS = 120
"""Days in which the longest gap is looked for."""

EMPTY_WEEKS = 3
"""Same weekdays without a charge that make an empty weekday, which is a weekday's habit and no gap."""

SHARE_DAYS = 42
"""Days over which the share of days without a charge is taken."""

AGE_DAYS = 150
"""Days beyond which a scope does not grow older."""


@dataclass(frozen=True, slots=True, eq=False)
class Charges:
    """The days of one block, all arrays [days, scopes].

    today: log(1 + cost) of each known day since the scope began, NaN elsewhere; muted days included.
    path: the same on usable days, and repeated from the weeks before on the others.
    charged: usable, with a charge. empty: known since the scope began, without a charge.
    habitual: empty, and such gaps are this scope's habit: judged by its length instead of its level.
    gap: days without a charge in a row, up to this one. longest_gap: of the finished gaps before.
    empty_share: of the last six weeks' usable days. age, charges_seen: usable days and charges before.
    chance_of_empty: the share of days without a charge in the last 120, with one day of each kind added.
    never_empty: none of those 120 was without a charge.
    """

    today: Singles
    path: Track[np.float32]
    charged: Flags
    empty: Flags
    habitual: Flags
    gap: NDArray[np.int32]
    longest_gap: NDArray[np.int32]
    empty_share: Singles
    chance_of_empty: Singles
    never_empty: Flags
    age: NDArray[np.int32]
    charges_seen: NDArray[np.int32]

    def last(self, days: int) -> "Charges":
        """Return the last days alone; the path is not read further back then."""
        rows = slice(max(0, len(self.today) - days), None)
        return Charges(
            today=self.today[rows],
            path=Track(self.path.now[rows], np.nan, 0),
            charged=self.charged[rows],
            empty=self.empty[rows],
            habitual=self.habitual[rows],
            gap=self.gap[rows],
            longest_gap=self.longest_gap[rows],
            empty_share=self.empty_share[rows],
            chance_of_empty=self.chance_of_empty[rows],
            never_empty=self.never_empty[rows],
            age=self.age[rows],
            charges_seen=self.charges_seen[rows],
        )


def read_charges(history: History) -> Charges:
    """Read which days have a charge, and the path of the usable ones."""
    judgeable = history.known & history.begun & (history.cost >= 0)
    logs = np.log1p(np.maximum(history.cost, 0.0)).astype(np.float32)
    charged = history.usable & (history.cost > 0)
    zero = history.usable & ~charged
    empty = judgeable & (history.cost == 0)
    empties = np.cumsum(zero, axis=0, dtype=np.int32)
    run = empties - np.maximum.accumulate(np.where(charged, empties, 0), axis=0)
    run_before = Track(run, 0).ago(1)
    finished = np.where(charged, run_before, 0)
    zeros = Track(zero, before=False)
    empty_weekday = np.logical_and.reduce([zeros.ago(7 * week) for week in range(1, EMPTY_WEEKS + 1)])
    habit = (Counts(finished > 0).before(HABIT_DAYS) > 0) & ~empty_weekday
    path = np.where(history.usable & ~(zero & habit), logs, np.float32(np.nan))
    usable_days, empty_days = Counts(history.usable), Counts(zero)
    return Charges(
        today=np.where(judgeable, logs, np.float32(np.nan)),
        path=Track(_filled(path), np.nan),
        charged=charged,
        empty=empty,
        habitual=empty & habit,
        gap=np.where(empty, run_before + 1, 0),
        longest_gap=largest_before(finished, GAP_DAYS, 0),
        empty_share=_share(empty_days.before(SHARE_DAYS), np.maximum(usable_days.before(SHARE_DAYS), 1)),
        chance_of_empty=_share(empty_days.before(GAP_DAYS) + 1, usable_days.before(GAP_DAYS) + 2),
        never_empty=empty_days.before(GAP_DAYS) == 0,
        age=usable_days.before(AGE_DAYS),
        charges_seen=Counts(charged).before(AGE_DAYS),
    )


def _share(part: NDArray[np.int32], whole: NDArray[np.int32]) -> Singles:
    return (part / whole).astype(np.float32)


def _filled(path: Singles) -> Singles:
    if not np.isnan(path).any():
        return path
    days = Track(path, np.nan)
    for week in range(1, FILL_WEEKS + 1):
        path = np.where(np.isnan(path), days.ago(7 * week), path)
    return path
