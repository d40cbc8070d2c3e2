"""What a simulated account consists of: tenants, workspaces, clusters, and what each cluster consumes.

Everything here is a plain frozen value. `draft` composes a lifelike account out of them; a test that needs a
special one (the same cluster id in two tenants, a workspace without clusters) writes it by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sentinel.simulator.tariffs import Tariff


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that answers carry from the start of a UTC day on; days already charged take it on too."""

    since: date
    name: str


@dataclass(frozen=True, slots=True)
class Move:
    """The regions that answers carry from the start of a UTC day on."""

    since: date
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meter:
    """One thing a cluster consumes.

    base: units of the product on a normal working day, as things stand on the world's own today.
    weekend: Saturday's and Sunday's share of a working day (1.0 = no weekly season).
    growth: change a year, 0.2 = +20%; exponential, and 1.0 on the world's today.
    noise: standard deviation of the day's logarithm; the noise of one day carries over to the next.
    step: quantities are whole multiples of it (cluster minutes come in 15s); 0 = any quantity.
    """

    tariff: Tariff
    base: float
    weekend: tuple[float, float] = (1.0, 1.0)
    growth: float = 0.0
    noise: float = 0.0
    step: float = 0.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """A virtual cluster. `name`, `regions`: its first ones; `aliases`, `moves`: the later ones, in order."""

    id: str
    name: str
    regions: tuple[str, ...]
    meters: tuple[Meter, ...]
    aliases: tuple[Alias, ...] = ()
    moves: tuple[Move, ...] = ()

    def name_at(self, as_of: datetime) -> str:
        """Return the name that an answer of this moment carries."""
        return _name_at(self.name, self.aliases, as_of)

    def regions_at(self, as_of: datetime) -> tuple[str, ...]:
        """Return the regions that an answer of this moment carries."""
        return [self.regions, *(move.regions for move in self.moves if move.since <= as_of.date())][-1]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace. Tiers count the volume of one workspace in one calendar month."""

    id: str
    name: str
    clusters: tuple[Cluster, ...]
    aliases: tuple[Alias, ...] = ()

    def name_at(self, as_of: datetime) -> str:
        """Return the name that an answer of this moment carries."""
        return _name_at(self.name, self.aliases, as_of)


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant of the account."""

    id: str
    workspaces: tuple[Workspace, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """All that one API key sees.

    first_day: no charges before it.
    support: dollars a month, spread evenly over the month's days.
    commit_credit: share of each day's usage given back as a negative charge.
    free_credit: dollars a day given back on the first seven days of each month.
    credits_end: from this day on nothing is given back any more.
    """

    first_day: date
    tenants: tuple[Tenant, ...]
    support: float = 0.0
    commit_credit: float = 0.0
    free_credit: float = 0.0
    credits_end: date | None = None


def _name_at(first: str, aliases: Sequence[Alias], as_of: datetime) -> str:
    return [first, *(alias.name for alias in aliases if alias.since <= as_of.date())][-1]
