"""What a rule watches: the selected series, summed by `per`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import CostMatrix, Series
from sentinel.domain.scopes import Dimension, Place, Scope, product_family, with_parents


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The scopes of one rule.

    Shapes: `cost`, `quantity`, `covered` are [scopes, days], `settled_at` is [scopes, days] datetime64[s], NaT while
    not settled. A scope is covered, or settled, when all of its accounts are. `keys` are the scopes' keys, `members`
    the series of each.
    """

    scopes: tuple[Scope, ...]
    keys: tuple[str, ...]
    members: tuple[NDArray[np.int64], ...]
    cost: NDArray[np.float64]
    quantity: NDArray[np.float64]
    covered: NDArray[np.bool_]
    settled_at: NDArray[np.datetime64]
    accounts: tuple[frozenset[str], ...]
    regions: tuple[tuple[str, ...], ...]

    @property
    def settled(self) -> NDArray[np.bool_]:
        """[scopes, days]: which days are settled."""
        return ~np.isnat(self.settled_at)

    def part(self, first: int, stop: int) -> Groups:
        """The columns [first, stop) as views."""
        return replace(
            self,
            cost=self.cost[:, first:stop],
            quantity=self.quantity[:, first:stop],
            covered=self.covered[:, first:stop],
            settled_at=self.settled_at[:, first:stop],
        )

    def rows_of(self, keys: Collection[str]) -> list[int]:
        """The rows of the scopes with one of these keys, in their order."""
        return [row for row, key in enumerate(self.keys) if key in keys] if keys else []


def group(matrix: CostMatrix, selected: NDArray[np.bool_], per: tuple[Dimension, ...], tier_pattern: str) -> Groups:
    """The selected series ([series] bool) summed by the values of `per`, in the order of their keys."""
    dimensions = with_parents(per)
    rows = np.flatnonzero(selected)
    members: dict[tuple[str, ...], list[int]] = {}
    families = {s.product: product_family(s.product, tier_pattern) for s in matrix.series}
    for row in rows.tolist():
        series = matrix.series[row]
        identity = tuple(_VALUE[dimension](series, families) for dimension in dimensions)
        members.setdefault(identity, []).append(row)
    ordered, owner_of = sorted(members), matrix.account_of.tolist()
    shape = (len(ordered), matrix.days)
    cost, quantity = np.zeros(shape), np.zeros(shape)
    covered = np.ones(shape, np.bool_)
    settled_at = np.full(shape, np.datetime64("NaT", "s"))
    scopes, indexes, accounts, regions = [], [], [], []
    for place, identity in enumerate(ordered):
        index = np.array(members[identity], np.int64)
        owners = sorted({owner_of[row] for row in members[identity]})
        cost[place] = matrix.cost[index].sum(axis=0)
        quantity[place] = matrix.quantity[index].sum(axis=0)
        covered[place] = matrix.covered[owners].all(axis=0)
        settled_at[place] = matrix.settled_at[owners].max(axis=0)
        sample = matrix.series[members[identity][-1]]
        scopes.append(_scope(dimensions, identity, sample))
        indexes.append(index)
        accounts.append(frozenset(matrix.accounts[owner] for owner in owners))
        regions.append(
            tuple(sorted({region for member in members[identity] for region in matrix.series[member].regions}))
        )
    return Groups(
        scopes=tuple(scopes),
        keys=tuple(scope.key for scope in scopes),
        members=tuple(indexes),
        cost=cost,
        quantity=quantity,
        covered=covered,
        settled_at=settled_at,
        accounts=tuple(accounts),
        regions=tuple(regions),
    )


def _scope(dimensions: tuple[Dimension, ...], identity: tuple[str, ...], sample: Series) -> Scope:
    names = {Dimension.WORKSPACE: sample.workspace_name, Dimension.CLUSTER: sample.cluster_name}
    return Scope(
        tuple(
            Place(dimension, value, names.get(dimension, value))
            for dimension, value in zip(dimensions, identity, strict=True)
        )
    )


_VALUE: dict[Dimension, Callable[[Series, dict[str, str]], str]] = {
    Dimension.ACCOUNT: lambda series, _: series.account,
    Dimension.TENANT: lambda series, _: series.tenant,
    Dimension.WORKSPACE: lambda series, _: series.workspace,
    Dimension.CLUSTER: lambda series, _: series.cluster,
    Dimension.REGION: lambda series, _: "+".join(series.regions),
    Dimension.PRODUCT: lambda series, _: series.product,
    Dimension.PRODUCT_FAMILY: lambda series, families: families[series.product],
}
