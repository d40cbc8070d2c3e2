"""Moments: aware UTC datetimes, and the numpy form in which matrices hold them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import numpy as np
from numpy.typing import NDArray


def moment_of(value: np.datetime64) -> datetime | None:
    """The aware UTC datetime of a numpy moment; None for NaT."""
    if np.isnat(value):
        return None
    seconds: datetime = value.astype("datetime64[s]").item()
    return seconds.replace(tzinfo=UTC)


def moments_of(values: NDArray[np.datetime64]) -> list[datetime | None]:
    """The same of many."""
    seconds = values.astype("datetime64[s]").tolist()
    return [None if one is None else one.replace(tzinfo=UTC) for one in seconds]


def start_of(day: date) -> datetime:
    """The first moment of a UTC day."""
    return datetime.combine(day, time(), UTC)
