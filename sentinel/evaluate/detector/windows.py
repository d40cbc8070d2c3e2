"""Trailing windows over day-major arrays; each result is the same however long the array is before it."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.panel import Flags

Scalar = TypeVar("Scalar", bound=np.generic)


def shifted(values: NDArray[Scalar], back: int, fill: float) -> NDArray[Scalar]:
    """Return for each day the value `back` days before; `fill` where the array does not reach back."""
    moved = np.empty_like(values)
    moved[:back] = fill
    moved[back:] = values[: max(0, len(values) - back)]
    return moved


def count_before(flags: Flags, days: int) -> NDArray[np.int32]:
    """Return for each day how many of the `days` days before it are set."""
    total = np.zeros((len(flags) + 1, *flags.shape[1:]), np.int32)
    np.cumsum(flags, axis=0, out=total[1:])
    return total[:-1] - shifted(total[:-1], days, 0)
