"""Moments: aware UTC datetimes, and the numpy form in which matrices hold them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import numpy as np


def moment_of(value: np.datetime64) -> datetime | None:
    """The aware UTC datetime of a numpy moment; None for NaT."""
    if np.isnat(value):
        return None
    seconds: datetime = value.astype("datetime64[s]").item()
    return seconds.replace(tzinfo=UTC)


def start_of(day: date) -> datetime:
    """The first moment of a UTC day."""
    return datetime.combine(day, time(), UTC)
