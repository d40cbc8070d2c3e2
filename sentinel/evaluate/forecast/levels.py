"""The level of every series at the end of each day, seen with several memories at once."""

import numpy as np

from sentinel.evaluate.forecast.excess import Excess
from sentinel.evaluate.forecast.habits import Habits
from sentinel.evaluate.forecast.history import (
    Columns,
    Flags,
    Floats,
    History,
    decayed_sum,
    decayed_sums,
    moved,
    running_sum,
)
from sentinel.evaluate.forecast.onsets import read_onsets

MEMORIES = np.array([0.5, 0.7, 0.8, 0.87, 0.92, 0.96, 0.985])
"""By which factor a day's weight falls each day: from the last two days to the last two months."""

KEEP = MEMORIES[:, None]

MIDDLE = 3
"""The memory of about a week, which fills unknown days."""

REFERENCE = 4
"""The memory of about twelve days, which a shift is measured from."""

SHIFT_SIGMAS = {2: 4.8, 3: 3.6, 4: 3.0, 5: 3.0}
"""By how many standard deviations all of the last so many days must have left the level: two days alone prove less."""

SHIFT_SHARE = 0.08
"""Nor is a shift believed that moves the level by less than 8%."""

SHIFT_TRUST = 0.5
"""A new level of a few days is as often a surge that passes."""

NOISE_KEEP = 0.95
MEAN_TO_SIGMA = 1.25
"""The noise is a decayed mean deviation of about three weeks; 1.25 of it are a standard deviation."""

LARGEST_STRAY = 3.0
"""One day strays by three levels at most: a single one must not hide a shift for weeks."""


def read_levels(history: History, habits: Habits, excess: Excess) -> Floats:
    """[days, memories, series]: what a day of habit 1 costs; 0 before the first charge.

    A level is the decayed sum of the costs over the decayed sum of the habits, of the days since the last clear shift.
    Where the last 2 to 5 days all lie clearly on one side of the level before them, it moves half the way to theirs.
    """
    share = np.where(history.known, habits.own, 0.0)
    shape = (history.days, len(MEMORIES), history.cost.shape[1])
    cost, shares = (decayed_sum(np.broadcast_to(one[:, None], shape), KEEP) for one in (excess.usual, share))
    reference = cost[:, REFERENCE] / np.maximum(shares[:, REFERENCE], 1e-300)
    noise = _noise(history, excess, reference, habits.own)
    onset = read_onsets(history.known, share, excess.usual, noise)
    for sums in (cost, shares):
        _forget(sums, onset)
    levels = cost + excess.newest[:, None] + KEEP * excess.one_before[:, None]
    levels /= np.maximum(shares, 1e-300)
    shifted = _shifted(history, habits, excess, levels[:, REFERENCE])
    rows, places = np.nonzero(~np.isnan(shifted))
    levels[rows, :, places] += SHIFT_TRUST * (shifted[rows, places][:, None] - levels[rows, :, places])
    return levels


def _forget(sums: Floats, onset: Columns) -> None:
    """Take what lies before the onset of its level out of each decayed sum."""
    rows, places = np.nonzero(onset)
    before = onset[rows, places] - 1
    faded = MEMORIES ** np.arange(len(sums))[:, None]
    sums[rows, :, places] -= faded[rows - before] * sums[before, :, places]
    np.maximum(sums, 0.0, out=sums)


def _shifted(history: History, habits: Habits, excess: Excess, level: Floats) -> Floats:
    """[days, series]: the level of the last few days where they have all left the one before; else NaN."""
    known = history.known.astype(float)
    share = known * habits.own
    noise = _noise(history, excess, level, habits.own)
    result = np.full_like(level, np.nan)
    for days, sigmas in SHIFT_SIGMAS.items():
        before = moved(level, days)
        limit = np.maximum(sigmas * moved(noise, days), SHIFT_SHARE * before)
        left = _all_left(history.cost, habits.own, before, limit, days) & (running_sum(known, days) == days)
        now = running_sum(history.cost, days) / np.maximum(running_sum(share, days), 1e-300)
        result = np.where(left, now, result)
    return result


def _noise(history: History, excess: Excess, level: Floats, own: Floats) -> Floats:
    """[days, series]: the standard deviation of a day around its level."""
    before = np.nan_to_num(moved(level, 1))
    stray = np.where(history.known, np.minimum(np.abs(excess.usual - before * own), LARGEST_STRAY * level), 0.0)
    total, days = decayed_sums(NOISE_KEEP, stray, history.known.astype(float))
    return np.asarray(MEAN_TO_SIGMA * total / np.maximum(days, 1e-300))


def _all_left(cost: Floats, own: Floats, before: Floats, limit: Floats, days: int) -> Flags:
    """Whether each of the last days lies beyond the limit, all on the same side."""
    above = below = np.ones(cost.shape, np.bool_)
    for back in range(days):
        distance = moved(cost, back) - before * moved(own, back)
        above = above & (distance > limit)
        below = below & (distance < -limit)
    return above | below
