"""The habit of each weekday, and of each day of a fortnight: which share of a usual day it costs.

A day's swing is its cost over the mean of the seven days centred on it. The habit of a weekday is the median
of its last ten swings, shrunk towards 1 by the share of it that noise explains. What a fortnightly rhythm adds
is the mean of what the weekday leaves of the last four swings at the same place of the fortnight, shrunk as well.
"""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.detector.selection import median_of_known
from sentinel.evaluate.forecast.history import Flags, Floats, History, moved, running_sum

WEEK = 7
FORTNIGHT = 14
CENTRE = 3
"""A swing is known three days later, when its week is complete."""

WEEKS = 10
ROUNDS = 4
"""Swings that the habit of a weekday, and of a day of the fortnight, is learned from."""

MEDIAN_VARIANCE = 1.57
DEVIATION_TO_SIGMA = 1.4826
"""The variance of a median of n normal values is 1.57 / n of theirs; 1.4826 median deviations are their sigma."""

WEEK_CAUTION = 1.0
FORTNIGHT_CAUTION = 3.0
"""How much of a habit its noise takes away; a fortnight is rarer, and has fewer swings to prove it."""

LEAST_SPREAD = 0.02
LEAST_HABIT = 0.02
"""No swing is surer than 2%, no day is expected to cost nothing at all."""

LEAST_REGULAR = 0.6
"""Where the habits of a week add up to less, most days cost nothing: that is no habit of weekdays."""

LARGEST_SWING = 7.0
"""All of the week's cost on one day."""


@dataclass(frozen=True, slots=True, eq=False)
class Habits:
    """What is known of the coming days at the end of each day.

    own: [days, series], the habit of each day as it was known the day before.
    sums: [15, days, series], the sum of the habits of the next 0 to 14 days.
    """

    own: Floats
    sums: Floats

    def over(self, days: int) -> Floats:
        """[days, series]: the sum of the habits of the next `days` days."""
        return np.asarray(days // FORTNIGHT * self.sums[FORTNIGHT] + self.sums[days % FORTNIGHT])

    def on(self, row: int, ahead: int) -> Floats:
        """[series]: the habit of the day that lies so many days after a row, as known at its end."""
        place = (ahead - 1) % FORTNIGHT
        return np.asarray(self.sums[place + 1, row] - self.sums[place, row])


def read_habits(history: History) -> Habits:
    """The habits of every series."""
    swings = _swings(history)
    weekday = _weekday(swings)
    regular = running_sum(weekday, WEEK) > LEAST_REGULAR * WEEK
    habit = np.where(regular, weekday + _fortnight(swings, weekday), 1.0)
    sums = np.zeros((FORTNIGHT + 1, *habit.shape))
    for ahead in range(1, FORTNIGHT + 1):
        back = FORTNIGHT - ahead
        known = moved(habit, back if back >= CENTRE else back + FORTNIGHT, 1.0)
        np.add(sums[ahead - 1], np.maximum(known, LEAST_HABIT), out=sums[ahead])
    sums *= FORTNIGHT / sums[FORTNIGHT]
    return Habits(moved(sums[1], 1, 1.0), sums)


def _swings(history: History) -> Floats:
    """Each day's cost over its centred week, NaN where the week is not complete; row d holds the day d."""
    known = running_sum(history.known.astype(float), WEEK)
    total = running_sum(history.cost, WEEK)
    mean = np.full_like(total, np.nan)
    mean[:-CENTRE] = (total / np.where(known < WEEK, np.nan, WEEK))[CENTRE:]
    with np.errstate(divide="ignore", invalid="ignore"):
        swings = history.cost / mean
    return np.where(mean > 0, np.minimum(swings, LARGEST_SWING), np.nan)


def _weekday(swings: Floats) -> Floats:
    """Each day's habit from its own swing and those of the weeks before; 1 where there is none."""
    past = [moved(swings, WEEK * week).astype(np.float32) for week in range(WEEKS)]
    count = np.sum([~np.isnan(swing) for swing in past], axis=0)
    middle = median_of_known(past)
    stray = median_of_known([np.abs(swing - middle) for swing in past])
    variance = MEDIAN_VARIANCE * (DEVIATION_TO_SIGMA * stray + LEAST_SPREAD) ** 2 / np.maximum(count, 1)
    return 1.0 + _shrunk(middle.astype(np.float64) - 1.0, variance, count > 1, WEEK, WEEK_CAUTION)


def _fortnight(swings: Floats, weekday: Floats) -> Floats:
    """What a rhythm of fourteen days adds to each day's weekday."""
    past = [moved(swings - weekday, FORTNIGHT * back) for back in range(ROUNDS)]
    known = [~np.isnan(rest) for rest in past]
    count = np.sum(known, axis=0)
    some = np.maximum(count, 1)
    mean = np.sum([np.where(there, rest, 0.0) for there, rest in zip(known, past, strict=True)], axis=0) / some
    spread = np.sum([np.where(there, (rest - mean) ** 2, 0.0) for there, rest in zip(known, past, strict=True)], axis=0)
    variance = (spread / np.maximum(count - 1, 1) + LEAST_SPREAD**2) / some
    return _shrunk(mean, variance, count >= ROUNDS - 1, FORTNIGHT, FORTNIGHT_CAUTION)


def _shrunk(size: Floats, variance: Floats, usable: Flags, period: int, caution: float) -> Floats:
    """The sizes times 1 - caution x noise / size over the last whole period, at least 0."""
    kept = np.where(usable & ~np.isnan(size), size, 0.0)
    noise = running_sum(np.where(usable & ~np.isnan(size), np.nan_to_num(variance), 0.0), period)
    energy = running_sum(kept**2, period)
    share = np.clip(1.0 - caution * noise / np.maximum(energy, 1e-12), 0.0, 1.0)
    return np.asarray(share * kept)
