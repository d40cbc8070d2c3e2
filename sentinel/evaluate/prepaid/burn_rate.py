"""How fast money is used, and how sure that is over months: the forecast behind commitments and credit balances.

The forecast of a budget's period looks at most some weeks ahead, where the weekday and the level of the last days are
what matters. A commitment ends months later, and there other things decide: one passing spike must not become a
habit of the whole year, a new level counts once it has held, growth goes on but not for ever, and nobody knows the
level in half a year, so that the interval has to widen. Hence this one works on whole weeks:

- the level is the median of the last four weeks: a week with a spike moves it little, a new level has it in three;
- what spikes cost on average, beyond the median of the weeks around them, is added as a share;
- growth is the median change between blocks of four weeks, drawn to none where it is not sure, and fading out;
- the level wanders by what such changes scatter, in proportion to the square root of time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WEEK = 7
LEAST_WEEKS = 2
"""Fourteen settled days are the least that anything is said from."""

LEVEL_WEEKS = 4
BLOCK = 4
BLOCK_DAYS = BLOCK * WEEK
LEVEL_AGE = 0.5
"""In blocks: the middle of the weeks that the level is read from."""

BLOCKS = 13
"""A year of blocks of four weeks."""

LEAST_KNOWN_DAYS = 4
"""A week with fewer known days tells nothing."""

PROFILE_WEEKS = 8
SPIKE_WEEKS = 12
LARGEST_SPIKE_SHARE = 0.5

USUAL_WALK = 0.04
"""By so much, in logarithm, the level of spend moves from one four weeks to the next where nothing else is known."""

LEAST_CHANGES = 4
"""With fewer changes than that one step would pass for growth."""

USUAL_WORTH = 3
"""So many changes of its own the usual walk weighs as much as."""

UNKNOWN_GROWTH = 0.01
"""The scatter of growth, in logarithm for each four weeks, where too few changes are known to tell it."""

GROWTH_FADES = 6.0
"""In blocks: growth goes on for about half a year in all."""

LEAST_NOISE = 0.01
YOUNG_NOISE = 0.05
"""The least that a week scatters, in logarithm, and what it is taken to where fewer than four are known."""

DEVIATION_TO_SIGMA = 1.4826
MEDIAN_SCATTER = 1.25
"""How much more a median scatters than a mean."""


@dataclass(frozen=True, slots=True, eq=False)
class BurnRate:
    """What is spent on the days to come.

    `level` is in currency a day, as it was two weeks ago: the middle of the weeks it is read from. `profile` [7] is the
    share of each weekday (Monday = 0). `growth` is the change of the level in logarithm for each `BLOCK_DAYS`. The
    scatters are in logarithm: of the level now, of growth for each block, of the level's `walk` for the square root of
    a block, and the `noise` of a week.
    """

    level: float
    profile: Floats
    growth: float
    level_scatter: float
    growth_scatter: float
    walk: float
    noise: float

    def ahead(self, weekday: int, days: int) -> Ahead:
        """The spend of the next `days` days, the first of which is `weekday` (Monday = 0)."""
        numbers = np.arange(1, days + 1)
        blocks = numbers / BLOCK_DAYS
        growing = GROWTH_FADES * (1 - np.exp(-blocks / GROWTH_FADES))
        level = self.level * np.exp(self.growth * (growing + LEVEL_AGE))
        daily = level * self.profile[(weekday + numbers - 1) % WEEK]
        scatter = np.sqrt(
            self.level_scatter**2
            + self.noise**2 * WEEK / numbers
            + self.walk**2 * blocks / 3
            + (self.growth_scatter * growing / 2) ** 2
        )
        return Ahead(np.cumsum(daily), scatter)


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """The sum of the next 1, 2, ... days: `sums` [days] in currency as its median, `scatter` [days] in logarithm."""

    sums: Floats
    scatter: Floats

    def chance_to_reach(self, amount: float, day: int) -> float:
        """The probability that the first `day` days cost `amount` or more."""
        if amount <= 0:
            return 1.0
        if day <= 0 or self.sums[day - 1] <= 0:
            return 0.0
        distance = (math.log(self.sums[day - 1]) - math.log(amount)) / self.scatter[day - 1]
        return NormalDist().cdf(distance)

    def sum_at(self, day: int, quantile: float) -> float:
        """What the first `day` days cost at most with a probability of `quantile`."""
        if day <= 0:
            return 0.0
        return float(self.sums[day - 1] * math.exp(NormalDist().inv_cdf(quantile) * self.scatter[day - 1]))

    def day_of(self, amount: float, quantile: float) -> int | None:
        """The first day, counted from 1, by which `amount` is reached with a probability of `quantile`.

        0 where nothing is left to reach, None where it is not reached so far ahead.
        """
        if amount <= 0:
            return 0
        reached = self.sums * np.exp(-NormalDist().inv_cdf(quantile) * self.scatter) >= amount
        return int(np.argmax(reached)) + 1 if reached.any() else None


def read_burn_rate(cost: Floats, known: NDArray[np.bool_], last_weekday: int) -> BurnRate | None:
    """The rate at the end of a series of days; both are [days], `last_weekday` is that of the last one (Monday = 0).

    `known` are the settled days. None where too few of them are known, in all or in the last two weeks.
    """
    days = _by_week(cost, known)
    weeks = _week_sums(days)
    if np.count_nonzero(known) < LEAST_WEEKS * WEEK or np.isnan(weeks[-LEAST_WEEKS:]).any():
        return None
    recent = weeks[-LEVEL_WEEKS:]
    scatter, changes = _scatter_of(weeks), _changes(weeks)
    growth = _growth(changes)
    told = np.count_nonzero(~np.isnan(recent))
    level = float(_row_medians(recent[None, :])[0]) / WEEK
    return BurnRate(
        level=max(level, 0.0) * (1 + scatter.spikes),
        profile=_profile(days[-PROFILE_WEEKS:], last_weekday),
        growth=growth.rate,
        level_scatter=math.hypot(
            MEDIAN_SCATTER * scatter.usual / math.sqrt(told), scatter.any_week / math.sqrt(SPIKE_WEEKS)
        ),
        growth_scatter=growth.scatter,
        walk=_walk(changes),
        noise=scatter.any_week,
    )


@dataclass(frozen=True, slots=True)
class _Growth:
    """Growth for each block, drawn to none where it is not sure, and its scatter; in logarithm."""

    rate: float
    scatter: float


def _growth(changes: Floats) -> _Growth:
    if len(changes) < LEAST_CHANGES:
        return _Growth(0.0, UNKNOWN_GROWTH)
    scatter = max(MEDIAN_SCATTER * _scatter(changes) / math.sqrt(len(changes)), UNKNOWN_GROWTH / 2)
    middle = float(np.median(changes))
    return _Growth(middle**3 / (middle**2 + scatter**2), scatter)


def _by_week(cost: Floats, known: NDArray[np.bool_]) -> Floats:
    """[weeks, 7]: the days of the whole weeks up to the last day, NaN where not known."""
    count = min(len(cost) // WEEK, BLOCKS * BLOCK)
    return np.asarray(np.where(known, cost, np.nan)[len(cost) - count * WEEK :].reshape(count, WEEK))


def _week_sums(days: Floats) -> Floats:
    """[weeks]: the sum of each week, NaN where too few of its days are known."""
    told = np.count_nonzero(~np.isnan(days), axis=1)
    sums = np.nansum(days, axis=1) * WEEK / np.maximum(told, 1)
    return np.asarray(np.where(told >= LEAST_KNOWN_DAYS, sums, np.nan))


def _profile(days: Floats, last_weekday: int) -> Floats:
    """[7]: the share of each weekday, 1 on average; `days` is [weeks, 7], its last column `last_weekday`."""
    told = np.count_nonzero(~np.isnan(days), axis=0)
    means = np.nansum(days, axis=0) / np.maximum(told, 1)
    if not told.all() or means.sum() <= 0:
        return np.ones(WEEK)
    return np.roll(means / means.mean(), last_weekday + 1)


@dataclass(frozen=True, slots=True)
class _Scatter:
    """How the last weeks lie around the median of the weeks around each.

    `usual` is the scatter of most of them, in logarithm; `any_week` that of all, spikes included; `spikes` what they
    cost more on average, as a share.
    """

    usual: float
    any_week: float
    spikes: float


def _scatter_of(weeks: Floats) -> _Scatter:
    seen = weeks[-SPIKE_WEEKS - 4 :]
    usual = _row_medians(sliding_window_view(np.pad(seen, 2, constant_values=np.nan), 5))
    told = ~np.isnan(seen) & (usual > 0)
    swings = (seen[told] - usual[told]) / usual[told]
    least = LEAST_NOISE if len(weeks) >= LEVEL_WEEKS else YOUNG_NOISE
    if not len(swings):
        return _Scatter(least, least, 0.0)
    # The weeks at the ends are compared with fewer others: they say nothing of spikes.
    inner = swings[2:-2] if told.all() else swings
    spikes = min(max(float(inner.mean()), 0.0), LARGEST_SPIKE_SHARE) if len(inner) >= LEVEL_WEEKS else 0.0
    return _Scatter(max(_scatter(swings), least), max(float(swings.std()), least), spikes)


def _changes(weeks: Floats) -> Floats:
    """The changes of the level, in logarithm, from block to block; the last block ends with the last week."""
    count = len(weeks) // BLOCK
    blocks = _row_medians(weeks[len(weeks) - count * BLOCK :].reshape(count, BLOCK))
    usable = blocks > 0
    changes = np.diff(np.log(np.where(usable, blocks, 1.0)))
    return np.asarray(changes[usable[1:] & usable[:-1]])


def _walk(changes: Floats) -> float:
    seen = _scatter(changes) if len(changes) > 1 else 0.0
    counted = len(changes) if len(changes) > 1 else 0
    return math.sqrt((USUAL_WORTH * USUAL_WALK**2 + counted * seen**2) / (USUAL_WORTH + counted))


def _row_medians(rows: Floats) -> Floats:
    """[rows]: the median of the known values of each row, NaN where none is; NaN sorts behind all numbers."""
    ordered = np.sort(rows, axis=1)
    known = np.count_nonzero(~np.isnan(ordered), axis=1)
    place = np.arange(len(rows))
    lower, upper = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, rows.shape[1] - 1)
    middle = (ordered[place, lower] + ordered[place, upper]) / 2
    return np.asarray(np.where(known > 0, middle, np.nan))


def _scatter(values: Floats) -> float:
    """The standard deviation, by the median distance from the median."""
    return DEVIATION_TO_SIGMA * float(np.median(np.abs(values - np.median(values))))
