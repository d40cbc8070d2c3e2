"""The shape of a month: what the level misses at the same place of each month, such as a price that falls by tier.

The forecasts of the same stretch of the last months were off by so much of what they foretold. As far as these
errors agree, the forecast is corrected by their mean.
"""

from datetime import date, timedelta
from functools import lru_cache
from itertools import count, dropwhile, islice

import numpy as np

from sentinel.evaluate.forecast.history import Columns, Floats, months_before, running_sum
from sentinel.evaluate.forecast.reading import Reading
from sentinel.evaluate.forecast.stretch import Stretch

MONTHS = 4
MONTH_KEEP = 0.85
"""The last four months that are known, each earlier one counting 15% less."""

CAUTION = 3.0
LEAST_VARIANCE = 0.003
"""How much of a correction the disagreement of its months takes away; they never agree better than to 5%."""

USUAL_DAYS = 28
"""Errors are shares of what the last four weeks cost."""


def echo_of(reading: Reading, error: Floats, origin: int, stretch: Stretch) -> Floats:
    """[days, series]: the correction of each day's forecast, by what was known at the end of that day."""
    usual = running_sum(reading.filled[: origin + 1], USUAL_DAYS) / USUAL_DAYS * stretch.days
    relative = np.divide(error, usual, out=np.full_like(error, np.nan), where=usual > 0)
    total, energy, weights, squares = (np.zeros_like(error) for _ in range(4))
    for place, past in enumerate(_same_place(reading.history.first_day, len(error), stretch.end)):
        found = np.where((past >= 0)[:, None], relative[past], np.nan)
        weight = np.where(np.isnan(found), 0.0, MONTH_KEEP**place)
        found = np.nan_to_num(found)
        total += weight * found
        energy += weight * found**2
        weights += weight
        squares += weight**2
    some = np.maximum(weights, 1e-300)
    months = np.where(weights > 0, weights**2 / np.maximum(squares, 1e-300), 0.0)
    mean = total / some
    variance = np.maximum(energy / some - mean**2, 0.0) * months / np.maximum(months - 1, 1e-9)
    doubt = CAUTION * (variance + LEAST_VARIANCE / np.maximum(months, 1)) / np.maximum(months * mean**2, 1e-300)
    share = np.where(months > 1, np.clip(1 - doubt, 0, 1) * months / (months + 0.5), 0.0)
    return np.asarray(share * mean * usual)


@lru_cache(maxsize=256)
def _same_place(first_day: date, rows: int, end: int) -> Columns:
    """[months, rows]: the rows from which a stretch ended on the same day of an earlier month, -1 where there is none.

    Only stretches that had ended by the row itself teach it something.
    """
    places = np.full((MONTHS, rows), -1, np.int64)
    for row in range(rows):
        last = first_day + timedelta(days=row + end)
        distances = ((last - months_before(last, back)).days for back in count(1))
        ended = islice(dropwhile(lambda distance: distance < end, distances), MONTHS)
        places[:, row] = [max(row - distance, -1) for distance in ended]
    return places
