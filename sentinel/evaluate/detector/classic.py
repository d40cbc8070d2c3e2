"""The textbook z-score: (cost - mean) / standard deviation of the `window` days before.

The deviation is the sample's, with the floors below, so that a flat history does not make a cent a finding.
"""

import numpy as np

from sentinel.evaluate.detector.history import History
from sentinel.evaluate.detector.judgement import Judgement
from sentinel.evaluate.detector.panel import Expectation
from sentinel.evaluate.detector.windows import Counts, Track

FEWEST_DAYS = 8
"""The error of a deviation from seven days is near 30%; fewer say next to nothing."""

RELATIVE_FLOOR = 0.02
"""No series is taken as steadier than 2% of its level."""

ABSOLUTE_FLOOR = 0.01
"""Nor as steadier than a hundredth of a currency unit."""


def judge_classic(history: History, z: float, window: int) -> Judgement:
    """Judge the last days of the block by the mean and deviation of the usable days of their window."""
    judged = slice(len(history.cost) - history.judged, None)
    used = Counts(history.usable).before(window)[judged]
    cost = Track(np.where(history.usable, history.cost, np.nan), np.nan, window)
    mean = np.zeros(used.shape)
    for back in range(1, window + 1):
        mean += np.nan_to_num(cost.ago(back)[judged])
    mean /= np.maximum(used, 1)
    squares = np.zeros(used.shape)
    for back in range(1, window + 1):
        squares += np.nan_to_num((cost.ago(back)[judged] - mean) ** 2)
    deviation = np.sqrt(squares / np.maximum(used - 1, 1))
    scale = np.maximum(np.maximum(deviation, RELATIVE_FLOOR * mean), ABSOLUTE_FLOOR)
    return Judgement(
        expected=mean,
        lower=mean - z * scale,
        upper=mean + z * scale,
        score=(history.cost[judged] - mean) / scale,
        used=used,
        left_out=Counts(history.counted).before(window)[judged] - used,
        judged=used >= min(FEWEST_DAYS, window),
        told=np.zeros(used.shape, np.bool_),
        basis=np.full(used.shape, Expectation.WINDOW, np.uint8),
    )
