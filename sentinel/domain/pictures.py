"""What a picture shows, before anything draws it. Amounts are in `currency`, days are UTC days in their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sentinel.domain.findings import RuleKind
from sentinel.domain.periods import Period
from sentinel.domain.scopes import Scope


@dataclass(frozen=True, slots=True)
class SpendDay:
    """One day of a course: `cost` is None where it is unknown, the others where there is no verdict.

    `fires`: the cost lies outside [lower, upper] and is large enough for the rule.
    """

    day: date
    cost: float | None
    expected: float | None = None
    lower: float | None = None
    upper: float | None = None
    settled: bool = True
    fires: bool = False
    muted: bool = False


@dataclass(frozen=True, slots=True)
class SpendCourse:
    """What a scope cost on consecutive days, and what a rule of a kind made of each.

    `level` is the amount a day from which the rule fires, where that is one for all days.
    """

    rule: str
    kind: RuleKind
    scope: Scope
    currency: str
    days: tuple[SpendDay, ...]
    level: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """An amount that a spend is measured against, and what people call it: `80%`."""

    amount: float
    name: str


@dataclass(frozen=True, slots=True)
class BurnDay:
    """The spend from the period's first day up to the end of this one.

    `settled`: no day so far can still grow. `known`: an answer covers this very day; where not, `spent` repeats the
    day before.
    """

    day: date
    spent: float
    settled: bool = True
    known: bool = True


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """What will have been spent by the end of a day: the median, and the interval that holds it in 80 of 100 cases."""

    day: date
    median: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class BurnUp:
    """A budget's period so far: `levels` ascend, `days` end with the newest known one.

    `forecast` holds the days after it up to the period's end, or nothing.
    """

    rule: str
    scope: Scope
    currency: str
    period: Period
    amount: float
    levels: tuple[Level, ...]
    days: tuple[BurnDay, ...]
    forecast: tuple[ForecastDay, ...] = ()


@dataclass(frozen=True, slots=True)
class UsedUp:
    """The day on which an amount is used up, in 80 of 100 cases between the two others; None beyond what is shown."""

    day: date
    earliest: date
    latest: date | None


@dataclass(frozen=True, slots=True)
class BurnDown:
    """How a prepaid amount is used up over its term.

    `days` are those that are counted one by one, up to the newest known one; `before` of the amount was used before
    them, and is part of what they have `spent`. `forecast` holds days after them, the last one of the term among them;
    nothing where nothing is foreseen, or left. `used_up` is None where the term ends before that.
    """

    rule: str
    scope: Scope
    currency: str
    term: Period
    amount: float
    before: float
    days: tuple[BurnDay, ...]
    forecast: tuple[ForecastDay, ...] = ()
    used_up: UsedUp | None = None


@dataclass(frozen=True, slots=True)
class DayCost:
    """What one day cost, None where that is unknown; `settled`: it can no longer grow."""

    day: date
    cost: float | None
    settled: bool = True


@dataclass(frozen=True, slots=True)
class PeriodCourse:
    """What a part of the spend cost on consecutive days, of which two periods are compared.

    `told_as` and `before_as` name the two: `this week` and `the week before`.
    """

    title: str
    currency: str
    days: tuple[DayCost, ...]
    told: Period
    before: Period
    told_as: str
    before_as: str


@dataclass(frozen=True, slots=True)
class Mover:
    """A scope whose cost moved from `before` to `after`."""

    scope: Scope
    before: float
    after: float

    @property
    def change(self) -> float:
        """What it costs more; below zero where it costs less."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Movers:
    """The scopes that moved most, the largest change first.

    `title` says what is compared, `before` and `after` name its two sides: `expected` and `seen`. `left_out` more moved
    less.
    """

    title: str
    currency: str
    before: str
    after: str
    movers: tuple[Mover, ...]
    left_out: int = 0
