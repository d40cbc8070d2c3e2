"""Medians and largest values of a few arrays at once, by networks of minima and maxima.

A sorting network compares in an order that does not depend on the values, so that a median of seven days
over a million series-days is some twenty passes of numpy instead of a sort for each day.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]

BATCHER_MERGES = 16
"""The networks are cut out of Batcher's odd-even merge sort for sixteen values."""


def median_of_seven(values: Sequence[Singles]) -> Singles:
    """Return the elementwise median of seven arrays, NaN where any is NaN."""
    return _run(values, _network(7, 3, 3))[3]


def third_largest_of_six(values: Sequence[Singles]) -> Singles:
    """Return the elementwise third largest of six arrays, NaN where any is NaN."""
    return _run(values, _network(6, 3, 3))[3]


def median_of_known(values: Sequence[Singles]) -> Singles:
    """Return the elementwise median of up to sixteen arrays, NaN aside; NaN where all are."""
    missing = [np.isnan(value) for value in values]
    count = len(values) - np.sum(missing, axis=0, dtype=np.int8)
    filled = [np.where(gone, np.float32(np.inf), value) for gone, value in zip(missing, values, strict=True)]
    full = int(count.min(initial=len(values))) == len(values)
    middle = (len(values) - 1) // 2, len(values) // 2
    ordered = _run(filled, _network(len(values), middle[0] if full else 0, middle[1]))
    if full:
        return (ordered[middle[0]] + ordered[middle[1]]) * np.float32(0.5)
    stacked = np.stack(ordered[: middle[1] + 1])
    low = np.take_along_axis(stacked, np.maximum((count - 1) // 2, 0)[None].astype(np.intp), 0)[0]
    high = np.take_along_axis(stacked, (np.maximum(count, 1) // 2)[None].astype(np.intp), 0)[0]
    high = np.where(count == 1, low, high)
    return np.where(count > 0, (low + high) * np.float32(0.5), np.float32(np.nan))


def _run(values: Sequence[Singles], network: tuple[tuple[int, int, bool, bool], ...]) -> list[Singles]:
    wires = list(values)
    for low, high, keep_low, keep_high in network:
        first, second = wires[low], wires[high]
        if keep_low:
            wires[low] = np.minimum(first, second)
        if keep_high:
            wires[high] = np.maximum(first, second)
    return wires


@lru_cache(maxsize=32)
def _network(size: int, first: int, last: int) -> tuple[tuple[int, int, bool, bool], ...]:
    """Return the comparisons that bring the wanted ranks to their places, without the needless halves."""
    wanted = set(range(first, last + 1))
    kept = []
    for low, high in reversed(_batcher(size)):
        if low in wanted or high in wanted:
            kept.append((low, high, low in wanted, high in wanted))
            wanted |= {low, high}
    return tuple(reversed(kept))


def _batcher(size: int) -> list[tuple[int, int]]:
    pairs = []
    span = 1
    while span < BATCHER_MERGES:
        step = span
        while step >= 1:
            for start in range(step % span, BATCHER_MERGES - step, 2 * step):
                for low in range(start, min(start + step, BATCHER_MERGES - step)):
                    high = low + step
                    if low // (2 * span) == high // (2 * span) and high < size:
                        pairs.append((low, high))
            step //= 2
        span *= 2
    return pairs
