"""What a rule watches: the selected series, summed by `per`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import CostMatrix, Series
from sentinel.domain.scopes import Dimension, Place, Scope, product_family, with_parents


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The scopes of one rule.

    Shapes: `cost`, `covered` are [scopes, days], `settled_at` is [scopes, days] datetime64[s], NaT while not settled;
    they are to be read only. A scope is covered, or settled, when all of its accounts are. `keys` are the scopes' keys,
    `members` the series of each.
    """

    scopes: tuple[Scope, ...]
    keys: tuple[str, ...]
    members: tuple[NDArray[np.int64], ...]
    cost: NDArray[np.float64]
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
            covered=self.covered[:, first:stop],
            settled_at=self.settled_at[:, first:stop],
        )

    def rows_of(self, keys: Collection[str]) -> list[int]:
        """The rows of the scopes with one of these keys, in their order."""
        return [row for row, key in enumerate(self.keys) if key in keys] if keys else []


def group(matrix: CostMatrix, selected: NDArray[np.bool_], per: tuple[Dimension, ...], tier_pattern: str) -> Groups:
    """The selected series ([series] bool) summed by the values of `per`, in the order of their keys."""
    dimensions = with_parents(per)
    members: dict[tuple[str, ...], list[int]] = {}
    rows = np.flatnonzero(selected).tolist()
    for row, identity in zip(rows, _identities(matrix, rows, dimensions, tier_pattern), strict=True):
        members.setdefault(identity, []).append(row)
    ordered, owner_of = sorted(members), matrix.account_of.tolist()
    owners = [tuple(sorted({owner_of[row] for row in members[identity]})) for identity in ordered]
    place = cache(Place)  # thousands of scopes lie in one account, and in a few workspaces
    scopes = tuple(_scope(dimensions, identity, matrix.series[members[identity][-1]], place) for identity in ordered)
    return Groups(
        scopes=scopes,
        keys=tuple(scope.key for scope in scopes),
        members=tuple(np.array(members[identity], np.int64) for identity in ordered),
        cost=_sums(matrix.cost, [members[identity] for identity in ordered]),
        covered=_of_owners(owners, matrix.covered, np.logical_and),
        settled_at=_of_owners(owners, matrix.settled_at, np.maximum),
        accounts=tuple(frozenset(matrix.accounts[owner] for owner in each) for each in owners),
        regions=tuple(
            tuple(sorted({region for row in members[identity] for region in matrix.series[row].regions}))
            for identity in ordered
        ),
    )


def _identities(
    matrix: CostMatrix, rows: list[int], dimensions: tuple[Dimension, ...], tier_pattern: str
) -> Iterable[tuple[str, ...]]:
    """The values of the dimensions that each of these series has."""
    if not dimensions:
        return [()] * len(rows)
    series = [matrix.series[row] for row in rows]
    families = {product: product_family(product, tier_pattern) for product in {one.product for one in series}}
    return zip(*([_VALUE[dimension](one, families) for one in series] for dimension in dimensions), strict=True)


def _sums(values: NDArray[np.float64], members: list[list[int]]) -> NDArray[np.float64]:
    """[scopes, days]: the members' rows of [series, days], added up."""
    if not members:
        return np.zeros((0, values.shape[1]))
    rows = values[[row for each in members for row in each]]
    if len(rows) == len(members):
        return rows
    return np.add.reduceat(rows, np.cumsum([0, *map(len, members[:-1])]), axis=0)


_Kind = TypeVar("_Kind", bound=np.generic)


def _of_owners(owners: list[tuple[int, ...]], values: NDArray[_Kind], joined: np.ufunc) -> NDArray[_Kind]:
    """[scopes, days]: what holds of all the accounts of a scope; `values` are [accounts, days]."""
    places: dict[tuple[int, ...], list[int]] = {}
    for place, each in enumerate(owners):
        places.setdefault(each, []).append(place)
    if len(places) == 1:
        return np.broadcast_to(joined.reduce(values[list(owners[0])], axis=0), (len(owners), values.shape[1]))
    result = np.empty((len(owners), values.shape[1]), values.dtype)
    for each, where in places.items():
        result[where] = joined.reduce(values[list(each)], axis=0)
    return result


def _scope(
    dimensions: tuple[Dimension, ...],
    identity: tuple[str, ...],
    sample: Series,
    place: Callable[[Dimension, str, str], Place],
) -> Scope:
    names = {Dimension.WORKSPACE: sample.workspace_name, Dimension.CLUSTER: sample.cluster_name}
    return Scope(
        tuple(
            place(dimension, value, names.get(dimension, value))
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
