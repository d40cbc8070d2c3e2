"""Mutes: charge days that people said not to learn from and not to tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import CostMatrix
from sentinel.evaluate.groups import Groups
from sentinel.rules.matching import select
from sentinel.rules.model import Mute


@dataclass(frozen=True, slots=True, eq=False)
class MutedScopes:
    """[scopes, days]: `wholly`, where every series of the scope is muted; `partly`, where some are.

    A day that is partly muted teaches no baseline, but what it costs may still be told: the mute speaks of a part.
    """

    wholly: NDArray[np.bool_]
    partly: NDArray[np.bool_]

    def part(self, first: int, stop: int) -> MutedScopes:
        """The columns [first, stop) as views."""
        return MutedScopes(self.wholly[:, first:stop], self.partly[:, first:stop])


@dataclass(frozen=True, slots=True, eq=False)
class MutedSeries:
    """`spans` are (series [series] bool, first column, stop column) of each mute that touches the window."""

    spans: tuple[tuple[NDArray[np.bool_], int, int], ...]

    def apply(self, groups: Groups) -> MutedScopes:
        """The muted days of each scope."""
        wholly = np.zeros(groups.cost.shape, np.bool_)
        partly = np.zeros(groups.cost.shape, np.bool_)
        for series, first, stop in self.spans:
            for row, members in enumerate(groups.members):
                wholly[row, first:stop] |= bool(series[members].all())
                partly[row, first:stop] |= bool(series[members].any())
        return MutedScopes(wholly, partly)


def read_mutes(mutes: tuple[Mute, ...], matrix: CostMatrix, tier_pattern: str) -> MutedSeries:
    """The mutes of rules.yaml as spans of columns."""
    spans = []
    for mute in mutes:
        first = max(0, matrix.column(mute.from_))
        stop = min(matrix.days, matrix.column(mute.to) + 1)
        if first < stop:
            spans.append((select(mute, matrix.series, tier_pattern).mask, first, stop))
    return MutedSeries(tuple(spans))
