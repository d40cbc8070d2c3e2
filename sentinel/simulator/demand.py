"""How much of a product a cluster consumes on each day, once the day is final.

A day's figure depends on the seed, the series and the day alone, never on the window asked for: random
numbers are drawn a calendar month at a time from a generator seeded with the series and the month.
"""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentinel.simulator.incidents import Planted
    from sentinel.simulator.landscape import Meter

_CARRY = 0.4
_MEMORY = 7
_WEIGHTS = tuple(math.sqrt(1 - _CARRY**2) * _CARRY**lag for lag in range(_MEMORY))
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Series:
    """One thing metered: a cluster's product, with the seed of its own randomness.

    key: unique in the world and stable, for instance "7/ti_1/vci_1/Cluster minutes".
    anchor: the day on which the growth factor is 1.
    """

    key: str
    meter: Meter
    anchor: date
    planted: tuple[Planted, ...] = ()

    def month(self, first: date) -> tuple[float, ...]:
        """Return the final quantity of each day of the calendar month that begins on `first`."""
        shocks = [*_shocks(self.key, _month_before(first))[-_MEMORY:], *_shocks(self.key, first)]
        return tuple(
            self._quantity(first + timedelta(days=index), shocks[index + 1 : index + 1 + _MEMORY])
            for index in range(len(shocks) - _MEMORY)
        )

    def lateness(self, first: date) -> tuple[float, ...]:
        """Return a uniform draw from [0, 1) for each day of the month: how late this day's metering is."""
        generator = Random(f"{self.key}/late/{first}")  # noqa: S311 -- a simulation needs no secret randomness
        return tuple(generator.random() for _ in range(days_in_month(first)))

    def _quantity(self, day: date, recent_shocks: Sequence[float]) -> float:
        meter = self.meter
        weekday = day.weekday()
        season = meter.weekend[weekday - _SATURDAY] if weekday >= _SATURDAY else 1.0
        trend = (1.0 + meter.growth) ** ((day - self.anchor).days / 365)
        shocks = zip(_WEIGHTS, reversed(recent_shocks), strict=True)
        noise = math.exp(meter.noise * sum(weight * shock for weight, shock in shocks))
        quantity = meter.base * season * trend * noise * math.prod(one.volume(day) for one in self.planted)
        return in_steps(quantity, meter.step)


def in_steps(quantity: float, step: float) -> float:
    """Round a quantity down to whole steps; a step of 0 leaves it as it is."""
    return quantity if step == 0 else math.floor(quantity / step + 1e-9) * step


def days_in_month(first: date) -> int:
    """Return the number of days of the month that `first` lies in."""
    return calendar.monthrange(first.year, first.month)[1]


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _shocks(key: str, first: date) -> list[float]:
    generator = Random(f"{key}/noise/{first}")  # noqa: S311 -- a simulation needs no secret randomness
    return [generator.gauss(0.0, 1.0) for _ in range(days_in_month(first))]
