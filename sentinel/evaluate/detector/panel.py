"""What the detector reads and what it answers: plain arrays, one row a scope, one column a day."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class ReasonCode(IntEnum):
    """Why a verdict was given, or why none could be."""

    JUDGED = 0
    UNKNOWN_DAY = 1
    """No answer of the billing API has covered the day: unknown is not zero."""
    NOT_STARTED = 2
    """The scope has not been charged yet."""
    FIRST_CHARGE = 3
    """The scope's first charge: there is nothing to compare it with."""
    TOO_YOUNG = 4
    """Fewer known days than a verdict needs."""
    TOO_FEW_DAYS = 5
    """The scope is old enough, but too many of its last days are unknown or kept out."""
    NEGATIVE_COST = 6
    """A cost below zero is a correction, not a day's spend."""
    TOLD_NORMAL = 7
    """The first day of a level that a person called normal: it has no day before it to compare with."""


class Expectation(IntEnum):
    """What the expected cost of a judged day rests on."""

    NONE = 0
    LEVEL = 1
    """The level of the days before."""
    WEEKDAY = 2
    """The level of the days before and the habit of this weekday."""
    CALENDAR = 3
    """As WEEKDAY, and what happened on the same day of earlier months or cycles."""
    RUN = 4
    """The level before the last days began to differ from it."""
    SPARSE = 5
    """The charges of a scope that has none on many days."""
    WINDOW = 6
    """The mean of a fixed number of days before (the classic method)."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """The daily cost of several scopes over the same days.

    cost: [scopes, days], in currency units; 0 where not known.
    known: [scopes, days], the day is covered. Days before a scope's first charge may be known: the
        detector itself begins a scope with its first charge.
    muted: [scopes, days], days to keep out of every baseline; they are judged all the same.
    normal_from: [scopes], the column from which a person said that the level is normal; 0 = none.
    """

    first_day: date
    cost: Floats
    known: Flags
    muted: Flags
    normal_from: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Raise ValueError when the arrays do not belong together."""
        shape = self.cost.shape
        if len(shape) != 2 or self.known.shape != shape or self.muted.shape != shape:  # noqa: PLR2004 - axes
            msg = (
                "panel: cost, known and muted must share one [scopes, days] shape, got "
                f"{shape}, {self.known.shape} and {self.muted.shape}"
            )
            raise ValueError(msg)
        if self.normal_from.shape != shape[:1]:
            msg = f"panel: normal_from needs {shape[0]} entries, one a scope, got {self.normal_from.shape}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """One verdict a scope and judged day; every array is [scopes, judged days].

    expected, lower, upper: currency units. A finding is exactly a cost above `upper` or below `lower`.
    score: how unusual, on the scale of the rule's z, positive above the expected cost.
    used, left_out: days in the baseline, and days of its window that were kept out of it.
    code: ReasonCode; expected, lower, upper and score are NaN where it is not JUDGED.
    basis: Expectation of `expected`.
    """

    expected: Floats
    lower: Floats
    upper: Floats
    score: Floats
    used: NDArray[np.int32]
    left_out: NDArray[np.int32]
    code: NDArray[np.uint8]
    basis: NDArray[np.uint8]
