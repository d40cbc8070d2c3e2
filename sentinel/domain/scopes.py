"""Where a verdict applies: dimensions and scopes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Dimension(StrEnum):
    """What `where`, `except` and `per` may name, from the whole to its parts."""

    ACCOUNT = "account"
    TENANT = "tenant"
    WORKSPACE = "workspace"
    CLUSTER = "cluster"
    REGION = "region"
    PRODUCT = "product"
    PRODUCT_FAMILY = "product_family"


_PARENTS: dict[Dimension, tuple[Dimension, ...]] = {
    Dimension.TENANT: (Dimension.ACCOUNT,),
    Dimension.WORKSPACE: (Dimension.ACCOUNT, Dimension.TENANT),
    Dimension.CLUSTER: (Dimension.ACCOUNT, Dimension.TENANT, Dimension.WORKSPACE),
}
"""An id is unique only inside its parent: one cluster id may stand in two tenants."""


def with_parents(dimensions: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
    """The dimensions and all that they lie in, in the order of `Dimension`."""
    wanted = {parent for dimension in dimensions for parent in _PARENTS.get(dimension, ())} | set(dimensions)
    return tuple(dimension for dimension in Dimension if dimension in wanted)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One dimension's value in a scope: `id` is its identity, `name` what people call it (last seen)."""

    dimension: Dimension
    id: str
    name: str

    def __str__(self) -> str:
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the spend that one verdict is about: its places, in the order of `Dimension`.

    An empty scope is everything that the rule's `where` leaves. Two scopes are the same when their (dimension, id)
    pairs are, whatever names they bore: compare by `key`.
    """

    places: tuple[Place, ...]

    @property
    def key(self) -> str:
        """A stable text of the sorted (dimension, id) pairs, account and tenant included where they are fixed."""
        return "\x1f".join(f"{place.dimension}={place.id}" for place in sorted(self.places, key=_by_dimension))

    def get(self, dimension: Dimension) -> Place | None:
        """The place of one dimension, None where the scope spans it."""
        return next((place for place in self.places if place.dimension is dimension), None)


def _by_dimension(place: Place) -> tuple[str, str]:
    return place.dimension, place.id


DEFAULT_TIER_PATTERN = r"\s*-\s*Tier\s+\d+\s*$"
"""WarpStream names tiers at the end of a product: "Uncompressed GiB written - Tier 1"."""


def product_family(product: str, tier_pattern: str = DEFAULT_TIER_PATTERN) -> str:
    """The product without its tier."""
    return re.sub(tier_pattern, "", product, flags=re.IGNORECASE) or product
