"""Which scopes of a budget have an amount of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import Series
from sentinel.evaluate.groups import Groups
from sentinel.rules.matching import select
from sentinel.rules.model import Budget


@dataclass(frozen=True, slots=True, eq=False)
class Overridden:
    """`place` is [scopes]: the place of the override that holds for a scope, -1 where none does.

    `vain` are sentences: what the overrides name and nothing bears.
    """

    place: NDArray[np.int64]
    vain: tuple[str, ...]


def find_overridden(rule: Budget, groups: Groups, series: tuple[Series, ...], tier_pattern: str) -> Overridden:
    """The first override that matches a scope holds; `series` are all of the history, those of no scope included."""
    place = np.full(len(groups.scopes), -1, np.int64)
    # An override names only what all series of a scope share, so that one of them answers for all.
    samples = np.array([members[0] for members in groups.members], np.int64)
    vain: list[str] = []
    for number, override in enumerate(rule.overrides):
        selection = select(override, series, tier_pattern)
        matches = selection.mask[samples]
        place[matches & (place < 0)] = number
        vain += [f"overrides[{number}]: {unknown}" for unknown in selection.unknown]
        if not selection.unknown and not matches.any():
            vain.append(f"overrides[{number}]: {override.where} is no part of what the rule looks at")
    return Overridden(place, tuple(vain))
