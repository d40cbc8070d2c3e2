"""Volume or price: why a scope cost more, or less, than expected on one day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.findings import Excess
from sentinel.domain.matrix import CostMatrix

BASELINE_DAYS = 28
"""Four weeks: every weekday counts alike, and a price older than a month is no longer the old price."""


def baseline_columns(covered: NDArray[np.bool_], column: int) -> NDArray[np.int64]:
    """The covered ones of the `BASELINE_DAYS` columns before a column; `covered` is [days]."""
    first = max(0, column - BASELINE_DAYS)
    return np.flatnonzero(covered[first:column]) + first


def split_excess(
    matrix: CostMatrix, members: NDArray[np.int64], column: int, covered: NDArray[np.bool_], expected: float
) -> Excess:
    """Split observed minus expected of the member series on a column into volume and price.

    The effective price of a series is cost / quantity; its old one that of the `BASELINE_DAYS` before. The price part
    is the sum over series of quantity x (new price - old price), the volume part is the rest. Each tier is a series of
    its own, so a change of tiers is volume and never price. `covered` is [days].
    """
    before = baseline_columns(covered, column)
    cost, quantity = matrix.cost[members, column], matrix.quantity[members, column]
    old_cost = matrix.cost[np.ix_(members, before)].sum(axis=1)
    old_quantity = matrix.quantity[np.ix_(members, before)].sum(axis=1)
    effects = price_effects(cost, quantity, old_cost, old_quantity)
    known = ~np.isnan(effects)
    price = float(effects[known].sum())
    observed = float(cost.sum())
    volume = observed - expected - price
    return Excess(
        volume=volume,
        price=price,
        volume_percent=volume / expected if expected > 0 else None,
        price_percent=price / (observed - price) if known.any() and observed > price else None,
    )


def price_effects(
    cost: NDArray[np.float64],
    quantity: NDArray[np.float64],
    old_cost: NDArray[np.float64],
    old_quantity: NDArray[np.float64],
) -> NDArray[np.float64]:
    """[series]: what each costs more because its effective price has changed; NaN where a price is not known."""
    known = (old_quantity > 0) & (quantity > 0) & (old_cost > 0)
    old_price = np.divide(old_cost, old_quantity, out=np.zeros_like(old_cost), where=known)
    return np.where(known, cost - quantity * old_price, np.nan)
