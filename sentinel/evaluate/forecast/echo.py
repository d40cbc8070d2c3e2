"""The shape of a month: what the level misses at the same place of each month, such as a price that falls by tier.

The forecasts of the same stretch of the last months were off by so much of what is usual. As far as these errors
agree, and such corrections have paid off before, the forecast is corrected by their median.
"""

from datetime import date
from functools import lru_cache

import numpy as np

from sentinel.evaluate.forecast.history import Columns, Floats, decayed_sums, moved, running_sum, same_days
from sentinel.evaluate.forecast.reading import Reading
from sentinel.evaluate.forecast.stretch import Stretch

MONTHS = 4
"""The last four months that are known."""

LEAST_VARIANCE = 0.003
"""Months never agree better than to 5%."""

SHARPNESS = 4
ERROR_KEEP = 0.97
ERROR_SHRINK = 2.0
"""A correction is weighed like the memories of a level: by its past errors to the power 2 ** SHARPNESS."""

HOPELESS = 10.0
"""A correction that was ten times as far off as none counts for nothing at all; larger powers would only overflow."""

USUAL_DAYS = 28
"""Errors are shares of what the last four weeks cost."""


def echo_of(reading: Reading, error: Floats, origin: int, stretch: Stretch) -> Floats:
    """[days, series]: the correction of each day's forecast, by what was known at the end of that day."""
    usual = running_sum(reading.filled[: origin + 1], USUAL_DAYS) / USUAL_DAYS * stretch.days
    relative = np.divide(error, usual, out=np.full_like(error, np.nan), where=usual > 0)
    places = _same_place(reading.history.first_day, len(error), stretch.end)
    middle, variance, agreeing = _agreed([np.where((past >= 0)[:, None], relative[past], np.nan) for past in places])
    doubt = (variance + LEAST_VARIANCE / np.maximum(agreeing, 1)) / np.maximum(agreeing * middle**2, 1e-300)
    share = np.where(agreeing > 1, agreeing / (agreeing + 0.5), 0.0)
    size = share * np.clip(1 - doubt, 0, 1) * middle * usual
    return np.asarray(_worth(error, size, stretch.end) * size)


def _agreed(months: list[Floats]) -> tuple[Floats, Floats, Floats]:
    """The median of up to four months, the variance of those that agree, and their number.

    Of three or four months the one that strays most is left out of the variance: something else happened in it.
    """
    known = np.sum([~np.isnan(month) for month in months], axis=0)
    cases = [known == count for count in (4, 3, 2)]
    low, second, third, high = _ascending([np.nan_to_num(month, nan=np.inf) for month in months])
    with np.errstate(invalid="ignore"):  # what is infinite, for want of a month, is not chosen
        middle = np.select(cases, [(second + third) / 2, second, (low + second) / 2], 0.0)
        four = np.minimum(_variance(low, second, third), _variance(second, third, high))
        three = np.minimum(_variance(low, second), _variance(second, third))
        variance = np.select(cases, [four, three, _variance(low, second)], 0.0)
    return middle, variance, np.select(cases, [3.0, 2.0, 2.0], known.astype(float))


def _worth(error: Floats, size: Floats, delay: int) -> Floats:
    """[days, series]: which part of a correction is made, by how much closer it came than none in the past."""
    judged = ~np.isnan(error)
    off = (np.where(judged, np.abs(one), 0.0) for one in (error, error - size))
    tried, plain, corrected = decayed_sums(ERROR_KEEP, judged.astype(float), *off)
    score = np.divide(corrected, plain, out=np.ones_like(plain), where=plain > 0)
    score = np.minimum(score, HOPELESS)
    for _ in range(SHARPNESS):
        score *= score
    return moved(tried / (tried + ERROR_SHRINK) / (1 + score), delay, 0.0)


def _ascending(months: list[Floats]) -> list[Floats]:
    """Four arrays, sorted at each place."""
    ordered = list(months)
    for one, other in ((0, 1), (2, 3), (0, 2), (1, 3), (1, 2)):
        smaller, larger = np.minimum(ordered[one], ordered[other]), np.maximum(ordered[one], ordered[other])
        ordered[one], ordered[other] = smaller, larger
    return ordered


def _variance(*values: Floats) -> Floats:
    mean = np.add.reduce(values) / len(values)
    return np.asarray(np.add.reduce([(value - mean) ** 2 for value in values]) / (len(values) - 1))


@lru_cache(maxsize=256)
def _same_place(first_day: date, rows: int, end: int) -> Columns:
    """[months, rows]: the rows from which a stretch ended on the same day of an earlier month, -1 where there is none.

    Only stretches that had ended by the row itself teach it something.
    """
    origins = np.arange(rows)
    return np.maximum(same_days(first_day, origins + end, origins, MONTHS) - end, -1)
