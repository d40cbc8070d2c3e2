"""Where the present level of each series began: the days before a clear shift say nothing of those to come.

The mean of the last days is held against the mean of the fourteen days before them. A shift is believed where the two
are further apart than noise allows, and where every one of the last days lies nearer to the new mean: so neither a few
spikes nor a scatter of empty days make a new level.
"""

import numpy as np

from sentinel.evaluate.forecast.history import Columns, Flags, Floats, moved, running_sum

LENGTHS = (3, 4, 5, 7, 10, 14)
"""For how many days a new level may have lasted when it is found."""

LEAST_DAYS = 3
BEFORE_DAYS = 14
LEAST_BEFORE = 7
"""Of these days at least so many must be known."""

SIGMAS = 6.0
"""In standard deviations of the difference of two means; days that resemble their neighbours make it larger."""

LEAST_SHARE = 0.08
"""Nor is a shift believed that moves the level by less than 8%."""


def read_onsets(known: Flags, share: Floats, usual: Floats, noise: Floats) -> Columns:
    """[days, series]: the row on which the level began that is in force at the end of each day; 0 without a shift.

    share: the habit of each day, 0 where it is not known. usual: the cost without what passes. noise: the standard
    deviation of a day around its level. Of several lengths the one counts that noise explains least.
    """
    counted = known.astype(float)
    cost_before, share_before, days_before = (running_sum(one, BEFORE_DAYS) for one in (usual, share, counted))
    even = np.where(known, usual / np.maximum(share, 0.1), np.nan)
    cost, shares, days = np.zeros_like(usual), np.zeros_like(usual), np.zeros_like(usual)
    least, most = np.full_like(usual, np.inf), np.full_like(usual, -np.inf)
    clearest, onset = np.full_like(usual, SIGMAS), np.zeros(usual.shape, np.int64)
    for back in range(max(LENGTHS)):
        stop = max(0, len(usual) - back)
        cost[back:] += usual[:stop]
        shares[back:] += share[:stop]
        days[back:] += counted[:stop]
        np.fmin(least[back:], even[:stop], out=least[back:])
        np.fmax(most[back:], even[:stop], out=most[back:])
        length = back + 1
        if length not in LENGTHS:
            continue
        earlier = moved(days_before, length, 0.0)
        before = moved(cost_before, length, 0.0) / np.maximum(moved(share_before, length, 0.0), 1e-9)
        now = cost / np.maximum(shares, 1e-9)
        middle = (now + before) / 2
        apart = np.abs(now - before)
        likely = moved(noise, length, 0.0) * np.sqrt(1 / np.maximum(days, 1) + 1 / np.maximum(earlier, 1))
        sigmas = apart / np.maximum(likely, 1e-12)
        shifted = (days >= LEAST_DAYS) & (earlier >= LEAST_BEFORE) & (apart > LEAST_SHARE * before)
        shifted &= (sigmas > clearest) & np.where(now > before, least > middle, most < middle)
        np.copyto(clearest, sigmas, where=shifted)
        np.copyto(onset, np.arange(len(usual))[:, None] - back, where=shifted)
    return np.maximum.accumulate(onset, axis=0)
