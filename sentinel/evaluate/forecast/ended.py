"""The days of a period that have ended: what they cost, and what is filled in where that is not known."""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.forecast.history import Columns, Floats
from sentinel.evaluate.forecast.plan import Asked, DailyCosts
from sentinel.evaluate.forecast.reading import Reading
from sentinel.evaluate.forecast.remainder import Remainder


@dataclass(frozen=True, slots=True, eq=False)
class Ended:
    """[series] each.

    cost: what the ended days add to the forecast of the days after the origin. spent: what is known of them.
    gaps: the filled-in part of days up to the origin. missing_days: ended days without a settled cost.
    """

    cost: Floats
    spent: Floats
    gaps: Floats
    missing_days: Columns


def read_ended(window: DailyCosts, reading: Reading, asked: Asked, ahead: Remainder, days_before: int) -> Ended:
    """Add up the ended days: settled ones as they are, others at the least at their running total.

    Days after the origin are part of the forecast of the days ahead already: there only what a running total
    exceeds its forecast by is added. `days_before` days of the period lie before all that is known.
    """
    columns = asked.ended
    known = np.where(window.covered[:, columns], window.cost[:, columns], 0.0)
    settled = window.settled[:, columns]
    usual, counted = np.zeros_like(known), np.zeros_like(known)
    for place, column in enumerate(range(columns.start, columns.stop)):
        if column <= asked.origin:
            usual[:, place] = reading.filled[column]
        else:
            usual[:, place] = ahead.level * reading.habits.on(asked.origin, column - asked.origin)
            counted[:, place] = usual[:, place]
    cost = np.where(settled, known, np.maximum(known, usual))
    before = days_before * ahead.level
    is_gap = ~settled & (counted == 0)
    return Ended(
        cost=(cost - counted).sum(axis=1) + before,
        spent=known.sum(axis=1),
        gaps=np.where(is_gap, cost - known, 0.0).sum(axis=1) + before,
        missing_days=(~settled).sum(axis=1) + days_before,
    )
