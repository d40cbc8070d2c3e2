"""How much of a day is known at a moment: hourly metering, late figures, and restated days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

_HOUR = timedelta(hours=1)
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Restatement:
    """A correction: until `at`, answers give `before` times the metered quantity, from then on `after` times.

    cluster_id, product: which rows; None = all. `product` is the full name, tier included.
    A factor of 0 means no row at all: before=0 is a row (or a whole day) that appears late, after=0 one that
    vanishes.
    """

    day: date
    at: datetime
    before: float = 1.0
    after: float = 1.0
    cluster_id: str | None = None
    product: str | None = None

    def factor(self, cluster_id: str, product: str, as_of: datetime) -> float:
        """Return what the quantity of a row of this day is multiplied by in an answer of this moment."""
        if self.cluster_id not in {None, cluster_id} or self.product not in {None, product}:
            return 1.0
        return self.after if self.at <= as_of else self.before


@dataclass(frozen=True, slots=True)
class Metering:
    """When figures become known: those of a day only grow, apart from restatements and shifts between tiers.

    lag: an hour's usage is answered this long after the hour ended.
    late_share: the least and largest part of a day that comes only after the day ended.
    final_after: the least and largest time after a day's end until its figures are final; whole hours. Their
    distance must be less than a day.
    """

    lag: timedelta = _HOUR
    late_share: tuple[float, float] = (0.02, 0.12)
    final_after: tuple[timedelta, timedelta] = (20 * _HOUR, 30 * _HOUR)
    restatements: tuple[Restatement, ...] = ()

    def known_share(self, day: date, as_of: datetime, lateness: float) -> float:
        """Return which part of a day's final quantity an answer of this moment knows, from 0 to exactly 1.

        lateness: the day's own draw from [0, 1); 0 is the earliest day, 1 the latest.
        """
        start = start_of(day)
        hours = (as_of - self.lag - start) // _HOUR
        if hours <= 0:
            return 0.0
        late = _between(self.late_share, lateness)
        if hours < _DAY_HOURS:
            return (1.0 - late) * hours / _DAY_HOURS
        shortest, longest = self.final_after
        final_hours = max((shortest + (longest - shortest) * lateness) // _HOUR, 1)
        arrived = min(((as_of - start) // _HOUR - _DAY_HOURS) / final_hours, 1.0)
        return 1.0 if arrived >= 1.0 else 1.0 - late * (1.0 - arrived)

    def version(self, last_day: date, as_of: datetime) -> tuple[int, int, int]:
        """Return a value that is equal for two moments at which all days up to `last_day` look the same."""
        corrections = sum(one.at <= as_of for one in self.restatements)
        final = start_of(last_day) + timedelta(days=1) + self.final_after[1] + self.lag
        if as_of >= final:
            return 0, 0, corrections
        start = start_of(last_day)
        return (as_of - start) // _HOUR, (as_of - self.lag - start) // _HOUR, corrections

    def correction(self, day: date, cluster_id: str, product: str, as_of: datetime) -> float:
        """Return what restatements make of a row: the factor on its quantity."""
        factor = 1.0
        for one in self.restatements:
            if one.day == day:
                factor *= one.factor(cluster_id, product, as_of)
        return factor


HOURLY = Metering()
"""Hourly metering, a day final 20 to 30 hours after its end, nothing restated."""


def start_of(day: date) -> datetime:
    """Return the first moment of a UTC day."""
    return datetime.combine(day, time(), tzinfo=UTC)


def _between(bounds: tuple[float, float], position: float) -> float:
    return bounds[0] + (bounds[1] - bounds[0]) * position
