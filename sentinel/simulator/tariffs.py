"""Products and what they cost: unit prices in the unit the API shows them in, tiers, and exact totals.

The API's `unit_price` has no single unit: cents for cluster minutes, dollars for GiB. `total` alone is the
truth. The
simulated totals are rounded as the documented ones are: five decimals, and eight below one cent.
"""

from __future__ import annotations

from dataclasses import dataclass

UNITS = 100_000_000
"""Costs are integers of 1e-8 dollars: this many make one dollar."""

_CENT = 0.01


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a day's quantity, charged under one product name at one unit price."""

    product: str
    unit_price: float
    share: float


@dataclass(frozen=True, slots=True)
class Tier:
    """The second tier: the price from a month's volume (in units of the product) of a workspace on."""

    volume: float
    unit_price: float


@dataclass(frozen=True, slots=True)
class Tariff:
    """A product's price.

    product: its name without a tier.
    unit_price: as the API shows it.
    per_dollar: how many of the unit price's currency units make a dollar (1, or 100 when the price is in
    cents).
    tier: with one, the product is charged as "... - Tier 1" and "... - Tier 2".
    """

    product: str
    unit_price: float
    per_dollar: int = 1
    tier: Tier | None = None

    def split(self, volume: float, quantity: float) -> tuple[Part, ...]:
        """Split a day's quantity over the tiers; `volume` is what the month had consumed before this day."""
        if self.tier is None:
            return (Part(self.product, self.unit_price, 1.0),)
        left = max(self.tier.volume - volume, 0.0)
        first = 1.0 if quantity <= left else left / quantity
        parts = (
            Part(f"{self.product} - Tier 1", self.unit_price, first),
            Part(f"{self.product} - Tier 2", self.tier.unit_price, 1.0 - first),
        )
        return tuple(part for part in parts if part.share > 0)

    def cost(self, quantity: float, unit_price: float) -> int:
        """Return what a quantity costs, in 1e-8 dollars, rounded as the API rounds its totals."""
        dollars = quantity * unit_price / self.per_dollar
        if abs(dollars) < _CENT:
            return round(dollars * UNITS)
        return round(dollars * 100_000) * 1_000


CLUSTER_MINUTES = Tariff("Cluster minutes", 0.23148, per_dollar=100)
GIB_WRITTEN = Tariff("Uncompressed GiB written", 0.02, tier=Tier(volume=90_000, unit_price=0.017))
GIB_STORED = Tariff("Uncompressed GiB stored", 0.0016)
SERVERLESS_WRITTEN = Tariff("Compressed GiB written", 0.085)
SERVERLESS_READ = Tariff("Compressed GiB read", 0.045)
