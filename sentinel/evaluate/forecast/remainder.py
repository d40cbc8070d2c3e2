"""The cost of some days ahead, as it was forecast at the end of every day of the history, and how far off that was."""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.forecast.echo import echo_of
from sentinel.evaluate.forecast.fees import fees_ahead
from sentinel.evaluate.forecast.history import Flags, Floats, decayed_sum, decayed_sums
from sentinel.evaluate.forecast.reading import Reading
from sentinel.evaluate.forecast.stretch import Stretch

PRIOR = np.array([0.3, 0.7, 1.5, 1.5, 1.0, 0.5, 0.2])
"""How much each memory is trusted before it has been tried."""

SHARPNESS = 4
"""A memory's weight falls with its error to the power 2 ** SHARPNESS: the best few speak."""

ERROR_KEEP = 0.97
"""What was learned of the memories fades within a month or so."""

ERROR_SHRINK = 2.0
"""The prior counts like two past forecasts."""

LEAST_ERROR = 0.002
"""Errors below 0.2% of the cost are all the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Remainder:
    """The cost of a stretch of days after an origin.

    cost, fees, shape: [series], the forecast, and the parts of it that are fees and that earlier periods taught.
    level: [series], the cost of a day of habit 1.
    error: [days, series], by how much the cost of the stretch after each day exceeded its forecast; NaN where the
        stretch has not ended at the origin.
    """

    cost: Floats
    fees: Floats
    shape: Floats
    level: Floats
    error: Floats


def remainder(reading: Reading, origin: int, stretch: Stretch) -> Remainder:
    """Forecast a stretch of days after the row `origin`, from the rows up to it."""
    rows = slice(0, origin + 1)
    habit = (reading.habits.over(stretch.end) - reading.habits.over(stretch.skip))[rows]
    actual = stretch.over(np.cumsum(reading.filled[rows], axis=0))
    even = actual - stretch.over(np.cumsum(reading.fees[rows], axis=0))
    begun = np.logical_or.accumulate(reading.history.known[rows], axis=0)
    level = _mixed(reading.levels[rows], habit, even, begun, stretch.end)
    error = even - level * habit
    days_ahead = origin + 1 + np.arange(stretch.skip, stretch.end)
    fees = fees_ahead(reading.history, reading.excess, days_ahead, origin)
    echo = echo_of(reading, error, origin, stretch)
    usual = level[-1] * habit[-1] + fees
    return Remainder(np.maximum(usual + echo[-1], 0.0), fees, echo[-1], level[-1], error - echo)


def _mixed(levels: Floats, habit: Floats, wanted: Floats, begun: Flags, delay: int) -> Floats:
    """[days, series]: the levels of all memories, weighted by how well each forecast such a stretch before."""
    judged = begun & ~np.isnan(wanted)
    off = np.where(judged[:, None], np.abs(wanted[:, None] - levels * habit[:, None]), 0.0)
    tried, size = (
        one[:, None] for one in decayed_sums(ERROR_KEEP, judged.astype(float), np.where(judged, np.abs(wanted), 0.0))
    )
    mean = decayed_sum(off, ERROR_KEEP) + LEAST_ERROR * size
    best = mean.min(axis=1, keepdims=True)
    score = np.divide(best, mean, out=np.ones_like(mean), where=mean > 0)
    for _ in range(SHARPNESS):
        score *= score
    prior = (PRIOR / PRIOR.sum())[:, None]
    learned = prior * score
    learned /= learned.sum(axis=1, keepdims=True)
    weight = prior + tried / (tried + ERROR_SHRINK) * (learned - prior)
    # The stretch after a day has ended `delay` days later: only then its error teaches.
    known_then = np.empty_like(weight)
    known_then[:delay] = prior
    known_then[delay:] = weight[: max(0, len(weight) - delay)]
    return np.asarray((known_then * levels).sum(axis=1))
