"""The test of a slow rise: half a week lies above every level of four to eight weeks ago.

That is: today and three of the six days before it, so that their median with today does. Upwards alone: a
slow fall is no waste. It is silent for five weeks after a run of this scope was notable: the rise is told.
"""

import numpy as np

from sentinel.evaluate.detector.panel import Expectation, Flags
from sentinel.evaluate.detector.runs import Setting, Side, youth_step
from sentinel.evaluate.detector.selection import third_largest_of_six
from sentinel.evaluate.detector.trial import Trial
from sentinel.evaluate.detector.windows import Counts, last

DAYS_BACK = (28, 35, 42, 49, 56)
TOLD_DAYS = 35
ACCEPTED_AFTER = 10
"""Days that a level has to have lain beyond the bound to be the new normal."""

LEAST_STEP, SIGMAS = 0.43, 2.2
"""A rise of half, and of 2.2 sigma; tuned on the benchmark's seeds 0 to 5 and 50 to 55."""


def drift_trial(side: Side, setting: Setting, told: Flags) -> Trial:
    """Return the test of a slow rise for the last days; `told`: those on which a run of this side was notable."""
    levels, recent = side.levels, setting.last(len(told))
    level = last(levels.usual.ago(DAYS_BACK[0]), len(told))
    for back in DAYS_BACK[1:]:
        level = np.fmax(level, last(levels.usual.ago(back), len(told)))
    week = third_largest_of_six([last(levels.flat.ago(back), len(told)) for back in range(1, 7)])
    step = np.maximum(np.float32(SIGMAS) * recent.noise.sigma, np.float32(LEAST_STEP))
    step = np.maximum(step, youth_step(1, 1, recent.charges.age))
    accepted = last(levels.usual.ago(ACCEPTED_AFTER), len(told)) - level > step
    old = accepted | (Counts(told).before(TOLD_DAYS) > 0)
    habit = last(side.habit, len(told))
    return Trial(
        reference=level + habit,
        earlier=np.where(old, np.float32(-np.inf), week - level),
        step=step,
        level=level + habit,
        basis=Expectation.RUN,
    )
