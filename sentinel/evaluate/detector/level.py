"""The level of a scope: the median of the last seven days, weekday habits taken out.

A level is the new normal once it has held for four of seven days. What lies within the levels of the last
four weeks is no news: a return to one of them is the end of an event and not another one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.selection import Singles, median_of_seven
from sentinel.evaluate.detector.windows import Track

DAYS = 7
EARLIER_LEVELS = (4, 7, 10, 14, 21, 28)
"""Days back of the levels that are no news; steps of a few days while levels change fastest."""

TOLERANCE = 0.3
"""An earlier level counts less 0.3 sigma, so that the noise of six medians does not widen the band."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Levels in log cost, [days, scopes], towards one side: sign x log cost, so that more is always out.

    flat: the path without weekday habits. usual: the level of the days before. beyond: the outermost level
    of the last four weeks.
    """

    flat: Track[np.float32]
    usual: Track[np.float32]
    beyond: Track[np.float32]


def usual_level(flat: Track[np.float32], normal_from: NDArray[np.int64]) -> Singles:
    """Return the level of each day from the seven days before, or those since a person called it normal."""
    level = median_of_seven([flat.ago(back) for back in range(1, DAYS + 1)])
    for scope in np.flatnonzero(normal_from > 0):
        start = int(normal_from[scope])
        for day in range(start + 1, min(start + DAYS, len(level))):
            level[day, scope] = np.median(flat.now[start:day, scope])
    return level


def levels_towards(
    sign: int, flat: Singles, level: Singles, noise: Singles, since_told: NDArray[np.int64] | None
) -> Levels:
    """Return the levels as they count towards one side; a level that a person ended counts no longer."""
    side = np.float32(sign)
    usual = Track(level * side, np.nan)
    beyond = usual.now
    for back in EARLIER_LEVELS:
        earlier = usual.ago(back) - np.float32(TOLERANCE) * noise
        if since_told is not None:
            earlier = np.where((since_told > 0) & (since_told <= back), np.float32(np.nan), earlier)
        beyond = np.fmax(beyond, earlier)
    beyond = np.where(np.isnan(usual.now), usual.now, beyond)
    return Levels(flat=Track(flat * side, np.nan), usual=usual, beyond=Track(beyond, np.nan))
