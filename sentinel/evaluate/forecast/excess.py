"""Charges far above a day's usual cost, kept out of the level: spikes that pass, and fees."""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.detector.selection import Singles, median_of_known
from sentinel.evaluate.forecast.habits import DEVIATION_TO_SIGMA, Habits
from sentinel.evaluate.forecast.history import Columns, Flags, Floats, History, moved, running_sum

LEVEL_DAYS = 14
LEAST_DAYS = 7
"""A day is compared with the median of fourteen days before it, more than seven of them known."""

LARGE = 6.0
LARGE_SHARE = 0.25
LEAST_NOISE = 0.03
"""Large is a cost that exceeds its level by six times its noise (at least 3%) and a quarter of the level."""

FREQUENT_DAYS = 100
FREQUENT = 0.06
FREQUENT_LEAST = 3
"""What happens on more than 6 of 100 days, and more than three times, is no exception but part of the level."""

PASSING_SHARE = (0.0, 0.8, 0.5)
"""The share of its excess that is left out while a run has lasted 1 or 2 days; the third day makes it a new level."""

SECOND_DAY = 2
ACCEPTED_DAYS = len(PASSING_SHARE)


@dataclass(frozen=True, slots=True, eq=False)
class Excess:
    """What is taken out of a series; every array is [days, series].

    size: the excess of a large day, as it was known on the day itself; 0 on usual days.
    usual: the cost without the excess of runs that passed, as all days of the history tell it.
    newest, one_before: what is added to `usual` on the day itself and the day before it, to have them as they
        were known at the end of that day.
    """

    size: Floats
    usual: Floats
    newest: Floats
    one_before: Floats


def read_excess(history: History, habits: Habits) -> Excess:
    """The large and rare days of every series."""
    usual = _level(history, habits) * habits.own
    over = np.where(_large(history, usual), history.cost - usual, 0.0)
    run = _runs(over > 0, history.known)
    size = np.where(run < ACCEPTED_DAYS, over, 0.0)
    lasting = run >= ACCEPTED_DAYS
    first, second = run == 1, run == SECOND_DAY
    lasting[:-1] |= second[:-1] & (run[1:] == ACCEPTED_DAYS)
    lasting[:-2] |= first[:-2] & (run[2:] == ACCEPTED_DAYS)
    left_out = np.where(lasting, 0.0, size)
    share = np.select([first, second], PASSING_SHARE[1:], 0.0)
    newest = np.where(share > 0, left_out - share * size, 0.0)
    one_before = np.zeros_like(newest)
    one_before[1:] = np.where(second[1:], left_out[:-1] - PASSING_SHARE[SECOND_DAY] * size[:-1], 0.0)
    return Excess(size, history.cost - left_out, newest, one_before)


def _level(history: History, habits: Habits) -> Floats:
    """The median of the fourteen days before each day, weekday habits taken out; 0 where there is none."""
    even = np.where(history.known, history.cost / np.maximum(habits.own, 0.1), np.nan).astype(np.float32)
    return np.nan_to_num(_median_before(even))


def _median_before(values: Singles) -> Floats:
    return median_of_known([moved(values, back) for back in range(1, LEVEL_DAYS + 1)]).astype(np.float64)


def _large(history: History, usual: Floats) -> Flags:
    """Whether a day lies far above its usual cost, and few days of the last hundred did."""
    distance = np.where(history.known, np.abs(history.cost - usual), np.nan).astype(np.float32)
    noise = DEVIATION_TO_SIGMA * np.nan_to_num(_median_before(distance))
    enough = running_sum(history.known.astype(float), LEVEL_DAYS) > LEAST_DAYS
    limit = LARGE * np.maximum(noise, LEAST_NOISE * usual) + LARGE_SHARE * usual
    large = history.known & enough & (history.cost - usual > limit)
    often = running_sum(large.astype(float), FREQUENT_DAYS)
    days = running_sum(history.known.astype(float), FREQUENT_DAYS)
    return np.asarray(large & (often <= np.maximum(FREQUENT_LEAST, FREQUENT * days)))


def _runs(large: Flags, known: Flags) -> Columns:
    """How many large days stand in a row up to each day; unknown days neither end nor lengthen a run."""
    so_far = np.cumsum(large, axis=0, dtype=np.int64)
    before = np.maximum.accumulate(np.where(known & ~large, so_far, 0), axis=0)
    return np.where(large, so_far - before, 0)
