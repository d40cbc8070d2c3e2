"""Scopes with many days without a charge: their charges are judged among charges, their gaps among gaps.

A charge is compared with the median of the eight charges before it (within 120 days), in units of
1.4826 x the median of the eight distances before; two in a row need less than one. A gap is notable once it
is longer than chance, and longer than twice the longest gap of the last 120 days; where the gaps have a
rhythm, once the next charge is overdue.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.charges import Charges
from sentinel.evaluate.detector.panel import Expectation, Flags
from sentinel.evaluate.detector.selection import Singles, median_of_known
from sentinel.evaluate.detector.trial import DEFAULT_Z, Trial
from sentinel.evaluate.detector.windows import Counts, Track, largest_before

SPARSE_SHARE = 0.26
"""Share of days without a charge, of six weeks, from which a scope is judged by its charges alone."""

REACH_DAYS = 120
CHARGES = 8
RECORD_CHARGES = 12
FEWEST_CHARGES = 4
SETTLED_CHARGES = 10
"""Charges from which the second largest distance is the record, and not the largest."""

SINGLE_SIGMAS, PAIR_SIGMAS = 5.2, 2.45
SINGLE_RECORD, PAIR_RECORD = 0.5, 1.45
LEAST_STEP = 0.49
LEAST_NOISE, UNKNOWN_NOISE = 0.09, 0.25
YOUTH = 2.2
"""Sigma is widened by 1 + 2.2 / charges; all tuned on the benchmark's seeds 0 to 5 and 50 to 55."""

GAP_FACTOR, GAP_DAYS = 2.0, 1
ACCEPTED_AFTER = 7
"""Days after which a stop is the new normal, and told no longer."""

CHANCE = 5e-4
"""A gap less likely than this, were each day without a charge by chance, is longer than chance."""

RHYTHM_GAPS = 5
"""So many gaps of about one length are a rhythm, such as a weekly job's: the next charge has a day."""

RHYTHM_SPREAD, RHYTHM_LEAST = 2, 3
"""Of about one length: no gap is more than two days longer than the shortest, which has at least three."""

DEVIATION_TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True, eq=False)
class Sparse:
    """The tests of sparse scopes, [days, scopes].

    up, down: the tests of each side, of charges alone.
    """

    up: tuple[Trial, ...]
    down: tuple[Trial, ...]


class _Charges:
    """Reads values at the charges before each day."""

    def __init__(self, charged: Flags) -> None:
        days, self._columns = np.arange(len(charged))[:, None], np.arange(charged.shape[1])[None, :]
        last = np.maximum.accumulate(np.where(charged, days, -1), axis=0)
        before = np.vstack([np.full((1, charged.shape[1]), -1), last[:-1]])
        self._rows = [before]
        for _ in range(RECORD_CHARGES - 1):
            earlier = self._rows[-1]
            self._rows.append(np.where(earlier >= 0, before[earlier, self._columns], -1))
        self._within = [(rows >= 0) & (days - rows <= REACH_DAYS) for rows in self._rows]

    def before(self, values: Singles, charges: int) -> list[Singles]:
        """Return for each day the values at the charges before it, the last one first; NaN beyond reach."""
        return [
            np.where(within, values[rows, self._columns], np.float32(np.nan))
            for rows, within in zip(self._rows[:charges], self._within[:charges], strict=True)
        ]


def sparse_trials(charged: Flags, path: Singles) -> Sparse:
    """Return the tests of a charge, alone and with the one before it."""
    at = _Charges(charged)
    logs = np.where(charged, path, np.float32(np.nan))
    count = Counts(charged).before(REACH_DAYS)
    level = median_of_known(at.before(logs, CHARGES))
    level = np.where(count >= FEWEST_CHARGES, level, np.float32(np.nan))
    distances = at.before(logs - level, RECORD_CHARGES)
    deviation = DEVIATION_TO_SIGMA * median_of_known([np.abs(one) for one in distances[:CHARGES]])
    noise = np.where(np.isnan(deviation), np.float32(UNKNOWN_NOISE), deviation)
    sigma = np.maximum(noise, np.float32(LEAST_NOISE)) * (1 + YOUTH / np.maximum(count, 2)).astype(np.float32)
    last_charge, last_level = at.before(logs, 1)[0], at.before(level, 1)[0]

    def side(sign: int) -> tuple[Trial, Trial]:
        largest = [np.zeros_like(sigma)] * 3
        for one in distances:
            value = np.fmax(np.float32(sign) * one, np.float32(0.0))
            for rank in range(3):
                largest[rank], value = np.maximum(largest[rank], value), np.minimum(largest[rank], value)
        record = np.where(count >= SETTLED_CHARGES, largest[1], largest[0])
        floor = np.float32(LEAST_STEP)
        single = np.maximum(np.maximum(np.float32(SINGLE_SIGMAS) * sigma, np.float32(SINGLE_RECORD) * record), floor)
        pair = np.maximum(np.maximum(np.float32(PAIR_SIGMAS) * sigma, np.float32(PAIR_RECORD) * largest[2]), floor)
        now, before = np.float32(sign) * level, np.float32(sign) * last_level
        return (
            Trial(now, None, single, now, Expectation.SPARSE),
            Trial(before, np.float32(sign) * last_charge - before, pair, before, Expectation.SPARSE),
        )

    return Sparse(up=side(1), down=side(-1))


def gap_score(charges: Charges) -> Singles:
    """Return the score, at most 0, of each day without a charge, by the length of its gap so far."""
    chance = np.log(CHANCE) / np.log(charges.chance_of_empty)
    limit = np.minimum(GAP_FACTOR * charges.longest_gap + GAP_DAYS, np.maximum(charges.longest_gap + 1, chance))
    sparse = np.flatnonzero((charges.empty_share > SPARSE_SHARE).any(axis=0))
    limit[:, sparse] = np.minimum(limit[:, sparse], _due(charges, sparse))
    fresh = charges.gap <= limit + ACCEPTED_AFTER
    known = charges.empty & (charges.longest_gap > 0) & (charges.gap > 1) & fresh
    return np.where(known, -DEFAULT_Z * charges.gap / (limit + 1e-9), 0.0).astype(np.float32)


def _due(charges: Charges, scopes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return, [days, scopes], how long a gap may last where gaps have a rhythm, infinity where they have none."""
    gap = Track(charges.gap[:, scopes], 0)
    ended = np.where(charges.charged[:, scopes], gap.ago(1), 0)
    shortest = REACH_DAYS - largest_before(np.where(ended > 0, REACH_DAYS - ended, 0), REACH_DAYS, 0)
    often = Counts(ended > 0).before(REACH_DAYS) >= RHYTHM_GAPS
    latest = shortest + RHYTHM_SPREAD
    steady = (charges.longest_gap[:, scopes] <= latest) & (shortest >= RHYTHM_LEAST)
    return np.where(often & steady, latest, np.inf)
