"""Arrays that can be read some days back, and counts over trailing windows."""

from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.panel import Flags

REACH = 100
"""The most days that a track can be read back: a little more than three months."""

Scalar = TypeVar("Scalar", bound=np.generic)


class Track(Generic[Scalar]):
    """Day-major values, [days, scopes], that are read up to `reach` days back without a copy.

    `before` is what stands on the days before the first.
    """

    __slots__ = ("_reach", "_values")

    def __init__(self, now: NDArray[Scalar], before: float, reach: int = REACH) -> None:
        self._reach = reach
        self._values = np.empty((reach + now.shape[0], *now.shape[1:]), now.dtype)
        self._values[:reach] = before
        self._values[reach:] = now

    @property
    def now(self) -> NDArray[Scalar]:
        """Return the values of the days themselves."""
        return self._values[self._reach :]

    def ago(self, days: int) -> NDArray[Scalar]:
        """Return for each day the value `days` before it, as a view."""
        return self._values[self._reach - days : len(self._values) - days]

    def at(self, days_back: NDArray[np.int64]) -> NDArray[Scalar]:
        """Return for each of the last days the value as many days before it as its entry says."""
        first = len(self._values) - len(days_back)
        rows: NDArray[Scalar] = self._values[first + np.arange(len(days_back)) - days_back]
        return rows


def last(values: NDArray[Scalar], days: int) -> NDArray[Scalar]:
    """Return the last days of an array, all of it where it has fewer."""
    return values[max(0, len(values) - days) :]


class Counts:
    """How many of the days before each day are set, over windows of any length."""

    __slots__ = ("_total",)

    def __init__(self, flags: Flags) -> None:
        self._total = np.zeros((len(flags) + 1, *flags.shape[1:]), np.int32)
        np.cumsum(flags, axis=0, out=self._total[1:])

    def before(self, days: int) -> NDArray[np.int32]:
        """Return for each day how many of the `days` days before it are set."""
        count = self._total[:-1].copy()
        count[days:] -= self._total[: max(0, len(count) - days)]
        return count


def largest_before(values: NDArray[Scalar], days: int, least: float) -> NDArray[Scalar]:
    """Return for each day the largest of the `days` days before it, `least` where there is none."""
    largest = np.full_like(values, least)
    largest[1:] = values[:-1]
    span = 1
    while span < days:
        step = min(span, days - span)
        np.maximum(largest[step:], largest[:-step].copy(), out=largest[step:])
        span += step
    return largest
