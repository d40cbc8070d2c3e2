"""What was planted in a world, and the truth about it that a test or a demo may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

RAMP_DAYS = 7
"""A ramp reaches its factor on its seventh day."""


class Kind(StrEnum):
    """What happened."""

    SPIKE = "spike"
    LEVEL = "level"
    RAMP = "ramp"
    DROP = "drop"
    NEW_CLUSTER = "new_cluster"
    GONE = "gone"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Planted:
    """An order to the world: from `first_day` to `last_day` (None = for good), inclusive, something differs.

    product: a product without its tier; None = everything the cluster consumes.
    factor: what the volume (or, for a price change, the unit price) is multiplied by.
    A price change takes effect at noon UTC of its first day, so that day carries the product twice.
    """

    kind: Kind
    cluster_id: str
    product: str | None
    first_day: date
    last_day: date | None
    factor: float

    def concerns(self, cluster_id: str, product: str) -> bool:
        """Tell whether this incident touches a cluster's product."""
        return self.cluster_id == cluster_id and self.product in {None, product}

    def volume(self, day: date) -> float:
        """Return what this incident multiplies the day's volume by."""
        shape = _VOLUME[self.kind]
        return shape.during(self, day) if self._runs(day) else shape.otherwise

    def prices(self, day: date) -> tuple[tuple[float, float], ...]:
        """Return the day's prices as (share of the quantity, factor on the unit price)."""
        if self.kind is not Kind.PRICE or not self._runs(day):
            return ((1.0, 1.0),)
        return ((0.5, 1.0), (0.5, self.factor)) if day == self.first_day else ((1.0, self.factor),)

    def _runs(self, day: date) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True)
class Misbilled:
    """An invoice that is wrong: the month of `day` bills one product of a cluster by `extra` dollars too much.

    product: the full name, tier included. A negative `extra` bills too little. The daily breakdown stays right.
    """

    day: date
    cluster_id: str
    product: str
    extra: float


@dataclass(frozen=True, slots=True)
class Incident:
    """The truth about a planted incident.

    product: without its tier; None = every product of the cluster.
    last_day: inclusive; None = still going on.
    extra_per_day: dollars a day more (negative: less) than without it, the mean over its days up to the day
    before the world's today, on final figures.
    """

    kind: Kind
    tenant_id: str
    workspace_id: str
    workspace_name: str
    cluster_id: str
    cluster_name: str
    product: str | None
    first_day: date
    last_day: date | None
    factor: float
    extra_per_day: float


@dataclass(frozen=True, slots=True)
class _Shape:
    during: Callable[[Planted, date], float]
    otherwise: float = 1.0


def _held(planted: Planted, _day: date) -> float:
    return planted.factor


def _ramping(planted: Planted, day: date) -> float:
    progress = min(((day - planted.first_day).days + 1) / RAMP_DAYS, 1.0)
    return 1.0 + (planted.factor - 1.0) * progress


def _normal(_planted: Planted, _day: date) -> float:
    return 1.0


def _nothing(_planted: Planted, _day: date) -> float:
    return 0.0


_VOLUME = {
    Kind.SPIKE: _Shape(_held),
    Kind.LEVEL: _Shape(_held),
    Kind.RAMP: _Shape(_ramping),
    Kind.DROP: _Shape(_held),
    Kind.NEW_CLUSTER: _Shape(_normal, otherwise=0.0),
    Kind.GONE: _Shape(_nothing),
    Kind.PRICE: _Shape(_normal),
}
