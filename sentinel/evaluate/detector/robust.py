"""The robust z: distance from the median of the same weekdays, in units of the median absolute residual.

expected = median of the eight same weekdays before (of all days of the last four weeks, if fewer than three
are usable); scale = 1.4826 x median |cost - expected| over the last eight weeks, with floors.
"""

import warnings

import numpy as np

from sentinel.evaluate.detector.history import History
from sentinel.evaluate.detector.judgement import Judgement
from sentinel.evaluate.detector.panel import Basis, Floats
from sentinel.evaluate.detector.windows import count_before, shifted

WEEKS = 8
FEWEST_DAYS = 8
FEWEST_SAME_WEEKDAYS = 3
RELATIVE_FLOOR = 0.05
ABSOLUTE_FLOOR = 0.01


def judge_robust(history: History, z: float) -> Judgement:
    """Judge the last days of the block by the median of the same weekdays before."""
    judged = slice(len(history.cost) - history.judged, None)
    cost = np.where(history.usable, history.cost, np.nan)
    same_weekday = _median([shifted(cost, 7 * week, np.nan) for week in range(1, WEEKS + 1)])
    any_day = _median([shifted(cost, back, np.nan) for back in range(1, 29)])
    weeks = sum(shifted(history.usable, 7 * week, fill=False).astype(int) for week in range(1, WEEKS + 1))
    by_weekday = weeks >= FEWEST_SAME_WEEKDAYS
    expected = np.where(by_weekday, same_weekday, any_day)
    distance = np.abs(cost - expected)
    spread = 1.4826 * _median([shifted(distance, back, np.nan)[judged] for back in range(1, 7 * WEEKS + 1)])
    expected = expected[judged]
    used = count_before(history.usable, 7 * WEEKS)[judged]
    youth = 1 + 5 / np.maximum(used, 1)
    scale = youth * np.fmax(np.fmax(spread, RELATIVE_FLOOR * expected), ABSOLUTE_FLOOR)
    return Judgement(
        expected=expected,
        lower=expected - z * scale,
        upper=expected + z * scale,
        score=(history.cost[judged] - expected) / scale,
        used=used,
        left_out=count_before(history.known, 7 * WEEKS)[judged] - used,
        judged=(used >= FEWEST_DAYS) & np.isfinite(expected),
        basis=np.where(by_weekday[judged], Basis.WEEKDAY, Basis.LEVEL).astype(np.uint8),
    )


def _median(values: list[Floats]) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a window without a usable day is NaN, as wanted
        median: Floats = np.nanmedian(np.stack(values), axis=0)
    return median
