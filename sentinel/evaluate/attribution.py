"""Where an excess comes from: the parts that make it up, and the wider scope that it is most of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.findings import Contribution, Whole
from sentinel.domain.matrix import CostMatrix, Series
from sentinel.domain.scopes import Dimension, Place, Scope, product_family
from sentinel.evaluate.excess import baseline_columns

LARGEST_PARTS = 3
"""More parts than these are a list and no explanation."""

SMALLEST_PART = 0.1
"""A part below a tenth explains nothing."""

MOST_OF_THE_WHOLE = 0.5
"""From a half on, a finding is what happened to its workspace."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """The largest parts of an excess, largest first, and what it is most of, if of anything."""

    contributions: tuple[Contribution, ...]
    whole: Whole | None


@dataclass(frozen=True, slots=True, eq=False)
class DayExcess:
    """[series]: what each series cost on one day above its mean of the `BASELINE_DAYS` before, in currency."""

    by_series: NDArray[np.float64]

    @classmethod
    def on(cls, matrix: CostMatrix, column: int, covered: NDArray[np.bool_]) -> DayExcess:
        """The excess of every series on a column; `covered` is [days]."""
        before = baseline_columns(covered, column)
        usual = matrix.cost[:, before].mean(axis=1) if before.size else np.zeros(len(matrix.series))
        return cls(matrix.cost[:, column] - usual)


def attribute(
    matrix: CostMatrix,
    excess: DayExcess,
    scope: Scope,
    members: NDArray[np.int64],
    inside: Callable[[Scope], NDArray[np.int64]],
    tier_pattern: str,
) -> Attribution:
    """The parts of one scope's excess on a day, and the workspace or account that it is most of.

    `inside` tells for a workspace or account which series lie in it.
    """
    total = float(excess.by_series[members].sum())
    if total == 0:
        return Attribution((), None)
    return Attribution(
        _parts(matrix, excess, scope, members, total, tier_pattern), _whole(excess, scope, total, inside)
    )


def _parts(
    matrix: CostMatrix,
    excess: DayExcess,
    scope: Scope,
    members: NDArray[np.int64],
    total: float,
    tier_pattern: str,
) -> tuple[Contribution, ...]:
    finer = [d for d in (Dimension.CLUSTER, Dimension.PRODUCT_FAMILY) if scope.get(d) is None]
    if not finer or scope.get(Dimension.PRODUCT) is not None:
        return ()
    sums: dict[Scope, float] = {}
    for row in members.tolist():
        part = Scope(tuple(_PLACE[dimension](matrix.series[row], tier_pattern) for dimension in finer))
        sums[part] = sums.get(part, 0.0) + float(excess.by_series[row])
    parts = sorted((Contribution(part, value, value / total) for part, value in sums.items()), key=_by_share)
    if len(parts) < 2:  # noqa: PLR2004 - a single part is the whole
        return ()
    return tuple(part for part in parts[:LARGEST_PARTS] if part.share >= SMALLEST_PART)


def _whole(excess: DayExcess, scope: Scope, total: float, inside: Callable[[Scope], NDArray[np.int64]]) -> Whole | None:
    wider = _wider(scope)
    if wider is None:
        return None
    whole = float(excess.by_series[inside(wider)].sum())
    share = total / whole if whole else 0.0
    return Whole(wider, min(share, 1.0)) if share >= MOST_OF_THE_WHOLE else None


def _wider(scope: Scope) -> Scope | None:
    """The workspace around a cluster, the account around a workspace."""
    dimensions = [place.dimension for place in scope.places]
    for inner, outer in ((Dimension.CLUSTER, Dimension.WORKSPACE), (Dimension.WORKSPACE, Dimension.ACCOUNT)):
        if inner in dimensions:
            return Scope(tuple(place for place in scope.places if place.dimension in _UP_TO[outer]))
    return None


def rows_by_place(series: tuple[Series, ...]) -> Mapping[tuple[str, ...], NDArray[np.int64]]:
    """The series in each account and in each workspace, by ids: (account,) and (account, tenant, workspace)."""
    rows: dict[tuple[str, ...], list[int]] = {}
    for row, one in enumerate(series):
        for place in ((one.account,), (one.account, one.tenant, one.workspace)):
            rows.setdefault(place, []).append(row)
    return {place: np.array(lying, np.int64) for place, lying in rows.items()}


def _by_share(part: Contribution) -> float:
    return -part.share


_UP_TO = {
    Dimension.WORKSPACE: (Dimension.ACCOUNT, Dimension.TENANT, Dimension.WORKSPACE),
    Dimension.ACCOUNT: (Dimension.ACCOUNT,),
}

_PLACE: dict[Dimension, Callable[[Series, str], Place]] = {
    Dimension.CLUSTER: lambda series, _: Place(Dimension.CLUSTER, series.cluster, series.cluster_name),
    Dimension.PRODUCT_FAMILY: lambda series, tiers: Place(
        Dimension.PRODUCT_FAMILY, product_family(series.product, tiers), product_family(series.product, tiers)
    ),
}
