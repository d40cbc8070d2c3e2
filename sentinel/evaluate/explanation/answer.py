"""What a rule made of one scope on one day, fired or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.findings import Excess
from sentinel.domain.forecasts import BudgetForecast, TooYoung
from sentinel.domain.pictures import BurnDown, BurnUp
from sentinel.domain.scopes import Scope


class Why(StrEnum):
    """Why a rule fires on a day, or does not; exactly one holds."""

    FIRES = "fires"
    MUTED = "muted"
    """It fires, and a mute covers it."""

    INSIDE_BAND = "inside_band"
    TOO_SMALL = "too_small"
    """Unusual, and below the rule's minimums."""
    OTHER_DIRECTION = "other_direction"
    """Unusual in the direction that the rule does not tell."""
    NOT_SETTLED = "not_settled"
    """A drop on a day that can still grow."""
    UNKNOWN_DAY = "unknown_day"
    NOT_STARTED = "not_started"
    FIRST_CHARGE = "first_charge"
    TOO_YOUNG = "too_young"
    TOO_FEW_DAYS = "too_few_days"
    NEGATIVE_COST = "negative_cost"
    TOLD_NORMAL = "told_normal"

    BELOW_THRESHOLD = "below_threshold"
    OUTSIDE_PERIOD = "outside_period"
    NO_AMOUNT = "no_amount"
    """Nothing says how much may be spent in the budget's period."""

    NO_CHARGE = "no_charge"
    NOT_NEW = "not_new"
    NOT_KNOWN_NEW = "not_known_new"
    """Too few covered days before the first charge to know that it is new."""

    FRESH = "fresh"

    NOT_SURE = "not_sure"
    """What a commitment or a credit rule foresees is not probable enough."""
    NOT_KNOWN = "not_known"
    """Days are missing, or too few are known, to foresee anything."""
    ARRIVES = "arrives"
    AGREES = "agrees"
    NO_INVOICE = "no_invoice"

    @property
    def fires(self) -> bool:
        """Whether there is a finding."""
        return self in (Why.FIRES, Why.MUTED)


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The last days of a scope up to the explained one, all [days]; NaN where unknown or not judged.

    `level` is the amount a day from which the rule fires, where that is one for all days; `lower` and `upper` are then
    that amount or NaN.
    """

    first_day: date
    cost: NDArray[np.float64]
    expected: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    settled: NDArray[np.bool_]
    fires: NDArray[np.bool_]
    muted: NDArray[np.bool_]
    level: float | None = None

    @classmethod
    def of_costs(cls, first_day: date, cost: NDArray[np.float64], settled: NDArray[np.bool_]) -> Course:
        """Costs that nothing has judged."""
        unknown, nowhere = np.full(cost.shape, np.nan), np.zeros(cost.shape, np.bool_)
        return cls(first_day, cost, unknown, unknown, unknown, settled, nowhere, nowhere)

    def day(self, place: int) -> date:
        """The calendar day of an entry."""
        return self.first_day + timedelta(days=place)


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """One scope on one day. Amounts are in `currency`, of freshness rules in hours; None where there is no verdict.

    `observed` is what decided: the cost of the day, or a budget's spend in its period up to it. `upper` is what it had
    to exceed (of budgets: the next threshold to reach), `began` the first charge that a new-spend rule looked at.
    """

    scope: Scope
    day: date
    why: Why
    currency: str
    course: Course
    regions: tuple[str, ...] = ()
    observed: float | None = None
    expected: float | None = None
    lower: float | None = None
    upper: float | None = None
    score: float | None = None
    settled: bool = False
    days_used: int = 0
    days_left_out: int = 0
    excess: Excess | None = None
    began: date | None = None
    note: str = ""
    alert_id: int | None = None
    """The alert that this day is a part of."""
    told_by: int | None = None
    """The alert that told it in that one's place."""
    burn: BurnUp | BurnDown | None = None
    """A budget's period up to the explained day, where the period is longer than a day, or a commitment's term."""
    forecast: BudgetForecast | None = None
    """What is foreseen of a budget's period, at the newest known day up to the explained one."""
    too_young: TooYoung | None = None
    """Why a budget's period is not foretold yet."""
