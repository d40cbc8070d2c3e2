"""When an answer is too poor to be believed at once, and what confirms it.

A billing API that is being repaired answers 200 with a part of the truth. Taken at its word, it would turn whole days
into zeros. A cluster's past charges hardly ever vanish, so an answer that has lost many of them waits for a second one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

CONFIRMED_AFTER = timedelta(hours=6)
"""A fault that lasts longer than this is taken for the truth when a second answer shows it as well."""


@dataclass(frozen=True, slots=True)
class ClustersKept:
    """The clusters with a charge on one day: how many the history knows, and how many of these an answer still has."""

    day: date
    known: int
    kept: int


@dataclass(frozen=True, slots=True)
class PoorAnswer:
    """An answer that was kept aside: when it was pulled, and the days on which it had lost too many clusters."""

    pulled_at: datetime
    losses: tuple[ClustersKept, ...]


def losses(days: Iterable[ClustersKept]) -> tuple[ClustersKept, ...]:
    """The days on which an answer is suspicious: half of the known clusters, or more, have lost their charges.

    `days` are the days that the answer covers. Judged day by day: an answer that breaks off in mid-month still
    has every cluster, but not on every day.
    """
    return tuple(day for day in days if day.known > 0 and 2 * (day.known - day.kept) >= day.known)


def confirms(later: PoorAnswer, earlier: PoorAnswer) -> bool:
    """Whether a later poor answer agrees with one kept aside, so that both are the truth.

    It agrees if it came at least `CONFIRMED_AFTER` later and has lost nothing that the earlier one still had.
    """
    if later.pulled_at - earlier.pulled_at < CONFIRMED_AFTER:
        return False
    kept_before = {loss.day: loss.kept for loss in earlier.losses}
    return all(loss.day in kept_before and loss.kept >= kept_before[loss.day] for loss in later.losses)
