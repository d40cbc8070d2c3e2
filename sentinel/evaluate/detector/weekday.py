"""The habit of each weekday: by how much it lies above or below the week around it.

A day's swing is its path minus the median of the seven days centred on it. The habit of a weekday is the
median of its last eight swings, shrunk by the share of it that noise explains: 1 - noise / size over a week.
"""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.detector.panel import Flags
from sentinel.evaluate.detector.selection import Singles, median_of_known, median_of_seven
from sentinel.evaluate.detector.windows import Track

WEEKS = 8
CENTRE = 3
"""A swing is known three days later, when its week is complete."""

TRUSTED_WEEKS = 3
"""With fewer swings a habit may be a coincidence."""

TRUSTED_SPREAD = 0.26
"""Nor is it trusted if its swings stray from it by more than this share of it on average: the odd week of
a fortnightly job strays by a third and more, one stray week of eight by an eighth."""

SLIGHT = 0.1
"""A habit of less than 10% needs no such doubt."""

DEVIATION_TO_SIGMA = 1.4826
MEDIAN_VARIANCE = 1.57
"""The variance of a median of n normal values is 1.57 / n of theirs."""


@dataclass(frozen=True, slots=True, eq=False)
class Weekdays:
    """The habit of each day's weekday, [days, scopes], in log cost; trusted: its swings agree."""

    habit: Singles
    trusted: Flags

    def last(self, days: int) -> "Weekdays":
        """Return the last days alone."""
        rows = slice(max(0, len(self.habit) - days), None)
        return Weekdays(self.habit[rows], self.trusted[rows])

    def towards(self, sign: int) -> Singles:
        """Return the habit as it counts towards a side: one in doubt is never held against the day."""
        habit = self.habit * np.float32(sign)
        return np.where(self.trusted, habit, np.maximum(habit, np.float32(0.0)))


def weekday_habits(path: Track[np.float32]) -> Weekdays:
    """Return the habit of each day's weekday from the eight weeks before."""
    centred = path.ago(CENTRE) - median_of_seven([path.ago(back) for back in range(2 * CENTRE + 1)])
    swings = Track(centred, np.nan)
    past = [swings.ago(7 * week - CENTRE) for week in range(1, WEEKS + 1)]
    weeks = WEEKS - np.sum([np.isnan(swing) for swing in past], axis=0, dtype=np.float32)
    size = np.nan_to_num(median_of_known(past))
    strays = [np.abs(swing - size) for swing in past]
    spread = DEVIATION_TO_SIGMA * np.nan_to_num(median_of_known(strays))
    some = np.maximum(weeks, 1)
    noise = np.where(weeks > 1, MEDIAN_VARIANCE * spread**2 / some, np.float32(0.5) * size**2)
    share = _week_sum(noise) / np.maximum(_week_sum(size**2), np.float32(1e-9))
    habit = np.clip(1 - share, 0, 1).astype(np.float32) * size
    stray = np.sum([np.nan_to_num(stray) for stray in strays], axis=0) / some
    magnitude = np.abs(size)
    doubtful = (magnitude > SLIGHT) & ((stray > TRUSTED_SPREAD * magnitude) | (spread > SLIGHT * magnitude))
    return Weekdays(habit=habit, trusted=(weeks >= TRUSTED_WEEKS) & ~doubtful)


def _week_sum(values: Singles) -> Singles:
    days = Track(values.astype(np.float32), 0.0, 7)
    total = days.ago(0).copy()
    for back in range(1, 7):
        total += days.ago(back)
    return total
