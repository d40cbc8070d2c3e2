"""What moved from one period to the next: in all, and by cluster and product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.pictures import Mover, Movers
from sentinel.domain.reports import Comparison, Moved, MovedScope, MovedScopes
from sentinel.domain.scopes import Dimension
from sentinel.evaluate.excess import price_effects
from sentinel.evaluate.groups import group
from sentinel.evaluate.report.inquiry import TwoPeriods
from sentinel.evaluate.report.part import Part

SHOWN = 6
_LEAST = 0.005
"""Less than half a cent is no move."""


@dataclass(frozen=True, slots=True, eq=False)
class _SeriesMoves:
    """[series]: what each cost in the two periods, and which part of the difference is its price."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    price: NDArray[np.float64]

    def of(self, members: NDArray[np.int64]) -> Moved:
        before, after = float(self.before[members].sum()), float(self.after[members].sum())
        price = float(self.price[members].sum())
        return Moved(before, after, volume=after - before - price, price=price)


def compare(part: Part, periods: TwoPeriods, tier_pattern: str) -> Comparison | None:
    """The period that is told against the one before; None where nothing is known of one of them.

    Whole periods are compared by what they cost. Where they differ in length, or days of them are unknown, a known day
    is compared with a known day.
    """
    old, new = part.known(periods.before), part.known(periods.told)
    if not old.size or not new.size:
        return None
    alike = old.size == periods.before.days == new.size == periods.told.days
    moves = _moves(part, old, new, by_day=not alike)
    return Comparison(
        whole=moves.of(np.flatnonzero(part.mask)),
        clusters=_largest(part, moves, Dimension.CLUSTER, tier_pattern),
        products=_largest(part, moves, Dimension.PRODUCT_FAMILY, tier_pattern),
        by_day=not alike,
    )


def picture_of_moves(compared: Comparison, kind: str, currency: str) -> Movers | None:
    """The clusters that moved most; None where fewer than two did."""
    moved = compared.clusters
    if len(moved.scopes) < 2:  # noqa: PLR2004 - one bar shows nothing that the table does not
        return None
    average = ", average of a day" if compared.by_day else ""
    return Movers(
        title=f"What moved most, by cluster{average}",
        currency=currency,
        before=f"the {kind} before",
        after=f"this {kind}",
        movers=tuple(Mover(one.scope, one.moved.before, one.moved.after) for one in moved.scopes),
        left_out=moved.left_out,
    )


def _moves(part: Part, old: NDArray[np.int64], new: NDArray[np.int64], *, by_day: bool) -> _SeriesMoves:
    matrix = part.matrix
    old_days, new_days = (old.size, new.size) if by_day else (1, 1)
    before, old_quantity = (values[:, old].sum(axis=1) / old_days for values in (matrix.cost, matrix.quantity))
    after, quantity = (values[:, new].sum(axis=1) / new_days for values in (matrix.cost, matrix.quantity))
    return _SeriesMoves(before, after, np.nan_to_num(price_effects(after, quantity, before, old_quantity), nan=0.0))


def _largest(part: Part, moves: _SeriesMoves, dimension: Dimension, tier_pattern: str) -> MovedScopes:
    # Only who belongs together is asked for: one day is enough.
    groups = group(part.matrix.part(0, 1), part.mask, (dimension,), tier_pattern)
    scopes = zip(groups.scopes, map(moves.of, groups.members), strict=True)
    moved = [MovedScope(scope, move) for scope, move in scopes if abs(move.change) >= _LEAST]
    moved.sort(key=lambda one: (-abs(one.moved.change), one.scope.key))
    return MovedScopes(tuple(moved[:SHOWN]), max(0, len(moved) - SHOWN))
