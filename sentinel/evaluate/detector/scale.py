"""The noise of a scope: sigma = 1.4826 x the median over 13 weeks of each week's median |path - expected|.

A median of medians: a week of trouble is one vote of thirteen. A young scope's sigma is widened, as its
estimate is worth less: x (1 + 2.5 / (age - 5)^1.5).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.selection import Singles, median_of_known, median_of_seven
from sentinel.evaluate.detector.windows import Track, last

WEEKS = 13
DEVIATION_TO_SIGMA = 1.4826
UNKNOWN_NOISE = 0.071
"""The sigma of a scope too young to show one: that of a usual series of the tuning seeds."""

LEAST_NOISE = 0.073
"""No scope is taken as steadier than 7.3%; tuned on the benchmark's seeds 10 to 19 and 50 to 55."""

LEAST_TOLERANCE = 0.065
"""The same for tolerances, where steadier is stricter."""

YOUTH = 2.5
YOUTH_OFFSET, YOUTH_LEAST, YOUTH_POWER = 5, 7, 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """The noise of each day's scope, [days, scopes], in log cost.

    sigma: with floor and youth, for thresholds. tolerance: without youth, for what counts as equal.
    """

    sigma: Singles
    tolerance: Singles

    def last(self, days: int) -> "Noise":
        """Return the noise of the last days alone."""
        return Noise(last(self.sigma, days), last(self.tolerance, days))


def noise_of(residual: Singles, age: NDArray[np.int32]) -> Noise:
    """Return the noise from the residuals of the 13 weeks before each day."""
    sizes = Track(np.abs(residual), np.nan)
    weekly = Track(median_of_seven([sizes.ago(back) for back in range(1, 8)]), np.nan)
    deviation = median_of_known([weekly.ago(7 * week) for week in range(WEEKS)])
    raw = np.where(np.isnan(deviation), UNKNOWN_NOISE, DEVIATION_TO_SIGMA * deviation).astype(np.float32)
    youth = 1 + YOUTH / np.maximum(age - YOUTH_OFFSET, YOUTH_LEAST).astype(np.float32) ** YOUTH_POWER
    return Noise(
        sigma=np.maximum(raw, np.float32(LEAST_NOISE)) * youth.astype(np.float32),
        tolerance=np.maximum(raw, np.float32(LEAST_TOLERANCE)),
    )
