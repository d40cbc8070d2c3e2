"""Which series a rule looks at: `where` and `except` against the names of the history."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import translate
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import Series
from sentinel.domain.scopes import DEFAULT_TIER_PATTERN, Dimension, product_family
from sentinel.rules.entries import Where

_GLOB = re.compile(r"[*?\[]")

_BORNE: dict[Dimension, Callable[[Series], tuple[str, ...]]] = {
    Dimension.ACCOUNT: lambda series: (series.account,),
    Dimension.TENANT: lambda series: (series.tenant,),
    Dimension.WORKSPACE: lambda series: (series.workspace, *series.workspace_names),
    Dimension.CLUSTER: lambda series: (series.cluster, *series.cluster_names),
    Dimension.REGION: lambda series: series.regions,
    Dimension.PRODUCT: lambda series: (series.product,),
    Dimension.PRODUCT_FAMILY: lambda series: (series.product,),
}
"""What a series bears of a dimension: an id and all its names, or all its regions.

A product stands for its family too, until `_read` takes its tier away: once for each product, not for each series.
"""


class Selects(Protocol):
    """What has a `where` and an `except`: rules and mutes."""

    @property
    def where(self) -> Where:
        """What is looked at."""

    @property
    def except_(self) -> Where:
        """What is left out of it."""


@dataclass(frozen=True, slots=True)
class UnknownValue:
    """A value of `where` or `except` that nothing in the history bears, and the values that something does."""

    dimension: Dimension
    value: str
    known: frozenset[str] = field(repr=False, compare=False)

    @property
    def nearest(self) -> str | None:
        """The known value that is spelt most like it; None for a glob, and where nothing is near."""
        return None if is_glob(self.value) else nearest_spelling(self.value, self.known)

    def __str__(self) -> str:
        nearest = self.nearest
        hint = f"; did you mean {nearest}?" if nearest else ""
        return f"nothing in the history bears the {self.dimension.value} {self.value}{hint}"


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The series that a rule or mute looks at: `mask` is [series] bool, in the order of the series given."""

    mask: NDArray[np.bool_]
    unknown: tuple[UnknownValue, ...]


def is_glob(pattern: str) -> bool:
    """Whether a value of `where` is a pattern (`load-*`) and not a name."""
    return _GLOB.search(pattern) is not None


def matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A test for one text: equal to one of the patterns, or matched by one that is a glob; case counts."""
    given = frozenset(patterns)
    globs = [re.compile(translate(pattern)) for pattern in given if is_glob(pattern)]
    return lambda text: text in given or any(glob.match(text) for glob in globs)


def nearest_spelling(value: str, known: Iterable[str]) -> str | None:
    """The known text that is most like a value, capitals aside; None where nothing is near."""
    by_folded = {text.casefold(): text for text in known}
    near = get_close_matches(value.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None


def select(selects: Selects, series: tuple[Series, ...], tier_pattern: str = DEFAULT_TIER_PATTERN) -> Selection:
    """The series that match `where` and not `except`, and what nothing bears of the values these name.

    `tier_pattern` is what a product loses to become its family.
    """
    taken = _match(selects.where, series, tier_pattern)
    left_out = _match(selects.except_, series, tier_pattern)
    mask = taken.mask & ~left_out.mask if selects.except_ else taken.mask
    return Selection(mask, tuple(dict.fromkeys((*taken.unknown, *left_out.unknown))))


def _match(where: Where, series: tuple[Series, ...], tier_pattern: str) -> Selection:
    mask = np.ones(len(series), np.bool_)
    unknown: list[UnknownValue] = []
    for dimension, patterns in where.selectors:
        read = partial(_read, dimension, tier_pattern)
        names_of = {bears: read(bears) for bears in map(_BORNE[dimension], series)}
        matches = matcher(patterns)
        hits = {bears: any(map(matches, names)) for bears, names in names_of.items()}
        mask &= np.fromiter((hits[bears] for bears in map(_BORNE[dimension], series)), np.bool_, len(series))
        known = frozenset(name for names in names_of.values() for name in names)
        if series:
            unborne = (pattern for pattern in patterns if not any(map(matcher((pattern,)), known)))
            unknown.extend(UnknownValue(dimension, pattern, known) for pattern in unborne)
    return Selection(mask, tuple(unknown))


def _read(dimension: Dimension, tier_pattern: str, bears: tuple[str, ...]) -> tuple[str, ...]:
    if dimension is not Dimension.PRODUCT_FAMILY:
        return bears
    return tuple(product_family(product, tier_pattern) for product in bears)
