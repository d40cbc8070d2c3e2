"""Where money that was paid or granted beforehand is heading, and how an invoice compares."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sentinel.domain.periods import Period


class Stage(StrEnum):
    """How near something foreseen has come; each stage is told once."""

    FORESEEN = "foreseen"
    NEAR = "near"
    """Within `NEAR_DAYS`."""
    REACHED = "reached"

    @property
    def rank(self) -> int:
        """Later stages are higher."""
        return list(Stage).index(self)


NEAR_DAYS = 30


@dataclass(frozen=True, slots=True)
class Outlook:
    """How an amount is used up from the day `first` on, in currency; intervals hold with a probability of 80%.

    `last` is the last day of its term, None for a balance without an end. `spent` is what was used by the end of the
    judged day, `planned` what would have been if it were used evenly. `projected` is what will have been used at the
    end of the term, at least `projected_least` and at most `projected_most`. `exhausted_on` is the day on which the
    amount is used up, between `earliest` and `latest`; None where that lies beyond the term, or beyond what is looked
    at. `chance` is the probability of what is told.
    """

    amount: float
    first: date
    last: date | None
    spent: float
    planned: float | None
    projected: float
    projected_least: float
    projected_most: float
    exhausted_on: date | None
    earliest: date | None
    latest: date | None
    chance: float
    stage: Stage

    @property
    def unused(self) -> float:
        """What will be left of the amount at the end of the term."""
        return max(0.0, self.amount - self.projected)

    @property
    def unused_least(self) -> float:
        """What will at least be left."""
        return max(0.0, self.amount - self.projected_most)

    @property
    def news_from(self) -> float:
        """The change of the projection, in currency, from which on it is worth telling again.

        That is a tenth of the amount, and more than the told interval left open; what is reached moves no more.
        """
        if self.stage is Stage.REACHED:
            return math.inf
        return max(0.1 * self.amount, (self.projected_most - self.projected_least) / 2)

    @property
    def unused_most(self) -> float:
        """What will at most be left."""
        return max(0.0, self.amount - self.projected_least)


@dataclass(frozen=True, slots=True)
class InvoiceStanding:
    """How an invoice compares with the stored days of its period, in currency; `differing` counts the lines."""

    period: Period
    stored: float
    invoiced: float
    differing: int
