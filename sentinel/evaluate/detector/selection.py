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
    """Return the elementwise median of up to sixteen arrays, NaN aside; NaN where all are.

    Rows from which on nothing is missing take the short way.
    """
    missing = [np.isnan(value) for value in values]
    gaps = np.flatnonzero(np.logical_or.reduce([gone.any(axis=1) for gone in missing]))
    start = int(gaps[-1]) + 1 if len(gaps) else 0
    middle = (len(values) - 1) // 2, len(values) // 2
    ordered = _run([value[start:] for value in values], _network(len(values), *middle))
    complete = (ordered[middle[0]] + ordered[middle[1]]) * np.float32(0.5)
    if not start:
        return complete
    return np.concatenate([_median_of_some([value[:start] for value in values], missing, start), complete])


def _median_of_some(values: Sequence[Singles], missing: Sequence[NDArray[np.bool_]], rows: int) -> Singles:
    known = [~gone[:rows] for gone in missing]
    count: NDArray[np.intp] = np.sum(known, axis=0, dtype=np.intp)
    filled = [np.where(there, value, np.float32(np.inf)) for there, value in zip(known, values, strict=True)]
    last = len(values) // 2
    stacked = np.stack(_run(filled, _network(len(values), 0, last))[: last + 1])
    low = np.take_along_axis(stacked, np.maximum((count - 1) // 2, 0)[None], 0)[0]
    high = np.take_along_axis(stacked, (count // 2)[None], 0)[0]
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
