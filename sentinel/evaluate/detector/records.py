"""The third largest of the last twelve weeks' largest moves: what the scope itself shows to be usual.

Two weeks may hold an event without widening the band. Merging the three largest of two spans gives the three
largest of both, so that twelve weeks take four merges.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.selection import Singles
from sentinel.evaluate.detector.windows import Track

SETTLED_WEEKS, YOUNG_WEEKS = 8, 5
"""With fewer than eight known weeks the second largest counts, with fewer than five the largest."""


RECORD_DAYS = 90
"""Days before a day that its record reads: 12 weeks that end up to three days before it, and a little more."""


class _Largest(NamedTuple):
    first: Singles
    second: Singles
    third: Singles


def usual_extreme(moves: Singles, skip: int, age: NDArray[np.int32]) -> Singles:
    """Return for each day the record of the twelve weeks that end `skip` days before it; moves are >= 0."""
    weekly = Track(_largest_of_week(moves), 0.0)
    early, late = weekly.ago(skip + 7), weekly.ago(skip)
    two = _Largest(np.maximum(early, late), np.minimum(early, late), np.zeros_like(early))
    four = _merged(two, 14)
    eight = _merged(four, 28)
    twelve = _merged(eight, 56, four)
    settled, young = age >= 7 * SETTLED_WEEKS, age < 7 * YOUNG_WEEKS
    return np.where(settled, twelve.third, np.where(young, twelve.first, twelve.second))


def _largest_of_week(moves: Singles) -> Singles:
    days = Track(moves, 0.0, 7)
    pairs = Track(np.maximum(days.ago(0), days.ago(1)), 0.0, 7)
    fours = Track(np.maximum(pairs.ago(0), pairs.ago(2)), 0.0, 7)
    largest: Singles = np.maximum(fours.ago(0), fours.ago(3))
    return largest


def _merged(late: _Largest, days: int, other: _Largest | None = None) -> _Largest:
    """Return the three largest of one span and of another that ends so many days earlier."""
    early = [Track(values, 0.0).ago(days) for values in (late if other is None else other)]
    second = np.maximum(late.second, early[1])
    third = np.maximum(late.third, early[2])
    return _Largest(
        np.maximum(late.first, early[0]),
        np.maximum(np.minimum(late.first, early[0]), second),
        np.maximum(third, np.maximum(np.minimum(late.first, early[1]), np.minimum(late.second, early[0]))),
    )
