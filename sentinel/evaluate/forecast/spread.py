"""How far off the forecasts of each scope were in the past, and what that makes of the interval around a new one.

A scope's typical miss is the decayed mean of its own past misses over as many days, in shares of its usual cost; one
that has few is helped by what is usual. How many typical misses the interval reaches down and up is learned from all
scopes of its sort together: single series, or sums.
"""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.forecast.history import Flags, Floats, decayed_sums, moved, running_sum
from sentinel.evaluate.forecast.stretch import Stretch

KEEP = 0.985
"""A past miss counts half after six weeks."""

USUAL_DAYS = 28
"""Misses are shares of what the last four weeks cost."""

PRIOR_DAYS = 3.0
PRIOR_BASE = 0.05
PRIOR_ROOT = 0.025
"""Where nothing is known the typical miss is 5% and 2.5% times the root of the days; that counts like three misses."""

LARGEST = 3.0
"""A miss by more than three times the usual cost counts as that."""

MISSES = np.concatenate([-np.geomspace(30.0, 0.01, 240), [0.0], np.geomspace(0.01, 30.0, 240)])
"""The scale on which past misses are counted, in typical misses."""

_BOUNDS = (MISSES[1:] + MISSES[:-1]) / 2

EDGES = (0.1, 0.9)
"""The quantiles that an interval of 80% lies between."""

USUAL_REACH = ((-1.5, 1.7), (-1.3, 1.3))
"""How many typical misses that is where nothing was learned: of single series, and of sums."""

REACH_TRUST = 120.0
"""What is usual counts like so many independent past forecasts."""


@dataclass(frozen=True, slots=True, eq=False)
class Misses:
    """typical: [scopes], the typical miss of the forecast made now, in currency units.

    past: [days, scopes], past misses in units of what was typical then, NaN where not known.
    weights: [days], how much each day counts, so that the days of one stretch count as one forecast.
    """

    typical: Floats
    past: Floats
    weights: Floats


class Learned:
    """The past misses of many scopes of one sort, counted on a scale of typical misses."""

    __slots__ = ("_counts", "_usual")

    def __init__(self, *, of_sums: bool) -> None:
        self._usual = USUAL_REACH[of_sums]
        self._counts = np.zeros(len(MISSES))

    def add(self, misses: Misses, chosen: Flags) -> None:
        """Count the past misses of the chosen scopes."""
        past = misses.past[:, chosen]
        known = ~np.isnan(past)
        steps = np.searchsorted(_BOUNDS, past[known])
        weights = np.broadcast_to(misses.weights[:, None], past.shape)[known]
        self._counts += np.bincount(steps, weights, len(MISSES))

    def reach(self) -> tuple[float, float]:
        """How many typical misses the interval reaches down and up."""
        forecasts = float(self._counts.sum())
        shares = np.cumsum(self._counts) / max(forecasts, 1e-300)
        trust = forecasts / (forecasts + REACH_TRUST)
        low, high = (
            usual + trust * (float(MISSES[min(int(np.searchsorted(shares, edge)), len(MISSES) - 1)]) - usual)
            for edge, usual in zip(EDGES, self._usual, strict=True)
        )
        return min(low, 0.0), max(high, 0.0)


def prior_miss(days: float) -> float:
    """The typical miss over so many days, as a share of their cost, where nothing is known of the scope."""
    return PRIOR_BASE + PRIOR_ROOT * float(np.sqrt(days))


def read_misses(error: Floats, cost: Floats, begun: Flags, stretch: Stretch) -> Misses:
    """Learn from past errors; error (NaN where not known yet), cost and begun are [days, scopes]."""
    days, delay = stretch.days, stretch.end
    age = running_sum(begun.astype(float), USUAL_DAYS)
    span = days * running_sum(cost, USUAL_DAYS) / np.maximum(age, 1.0)
    judged = ~np.isnan(error) & begun & (span > 0)
    relative = np.divide(np.abs(error), span, out=np.zeros_like(span), where=judged)
    count, total = decayed_sums(KEEP, judged.astype(float), np.minimum(relative, LARGEST))
    typical = (total + PRIOR_DAYS * prior_miss(days)) / (count + PRIOR_DAYS)
    told = np.nan_to_num(moved(typical, delay), nan=prior_miss(days)) * span
    past = np.divide(error, told, out=np.full_like(span, np.nan), where=judged)
    newest = typical[max(0, len(typical) - 1 - delay)]
    weights = KEEP ** np.arange(len(error), 0, -1) / max(days, 1)
    return Misses(newest * span[-1], past, weights)
