"""What a report tells of the spend of a period. Amounts are in the report's currency, days are UTC days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sentinel.domain.alerts import Alert
from sentinel.domain.periods import Period, PeriodKind
from sentinel.domain.pictures import Movers, PeriodCourse
from sentinel.domain.scopes import Scope


@dataclass(frozen=True, slots=True)
class AccountCharges:
    """What was charged to whole accounts in a period: `credits` are below zero."""

    credits: float
    support: float


@dataclass(frozen=True, slots=True)
class PeriodSum:
    """What a part of the spend has cost on the known days of a period.

    `unknown` are the days that have ended, and of which no answer tells; `unsettled_days` of the known ones can still
    grow. `charges` is None where they belong to more than this part and period, or where there are none.
    """

    period: Period
    usage: float
    known_days: int
    unknown: tuple[date, ...]
    unsettled_days: int
    charges: AccountCharges | None = None

    @property
    def a_day(self) -> float:
        """The usage of a known day."""
        return self.usage / self.known_days if self.known_days else 0.0

    @property
    def net(self) -> float:
        """The usage with the charges of whole accounts."""
        return self.usage + (self.charges.credits + self.charges.support if self.charges else 0.0)


@dataclass(frozen=True, slots=True)
class Moved:
    """How a cost moved from one period to the next; `volume` + `price` = `after` - `before`."""

    before: float
    after: float
    volume: float
    price: float

    @property
    def change(self) -> float:
        """What it costs more; below zero where it costs less."""
        return self.after - self.before

    @property
    def share(self) -> float | None:
        """The change as a share of what it was before; None where that was nothing."""
        return self.change / self.before if self.before > 0 else None


@dataclass(frozen=True, slots=True)
class MovedScope:
    """A scope that moved."""

    scope: Scope
    moved: Moved


@dataclass(frozen=True, slots=True)
class MovedScopes:
    """The scopes that moved most, the largest first; `left_out` more moved less."""

    scopes: tuple[MovedScope, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The period against the one before.

    `by_day`: they differ in length, or have unknown days, so that every amount is the average of a known day.
    """

    whole: Moved
    clusters: MovedScopes
    products: MovedScopes
    by_day: bool


@dataclass(frozen=True, slots=True)
class BudgetForecast:
    """Where a period is likely to end: in 80 of 100 cases in [lower, upper]; `above` is how likely over its amount."""

    total: float
    lower: float
    upper: float
    above: float


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One scope of a budget in one of its periods.

    `amount` is None where there is none, which `missing` explains. `over` of `judged` known days were over a daily
    budget; the figures are then those of the dearest of them, and both are 0 for other budgets.
    """

    rule: str
    scope: Scope
    period: Period
    running: bool
    spent: float
    amount: float | None
    missing: str = ""
    unknown_days: int = 0
    over: int = 0
    judged: int = 0
    forecast: BudgetForecast | None = None

    @property
    def share(self) -> float | None:
        """The part of the amount that is spent; above 1 when it is exceeded."""
        return None if self.amount is None else self.spent / self.amount


@dataclass(frozen=True, slots=True)
class BudgetLines:
    """The budgets that lie in a report's part, the fullest first; `left_out` have more room than those shown."""

    lines: tuple[BudgetLine, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class AccountAge:
    """How far the history of an account reaches; days are None where there is none.

    `failing_since` is the first of the failures since the last good answer, with the newest `error`.
    """

    account: str
    newest_known: date | None
    newest_settled: date | None
    failing_since: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """When a report was due, and the time zone whose clock said so.

    Of the `missed` reports before it nobody was told: nothing was running then.
    """

    moment: datetime
    zone: str
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What is told of a part of the spend, as it was known at `made_at`.

    `part` spells what it tells of, "" where that is everything; `series` counts what the history has of it. `compared`
    is None where nothing is known of the period before. `due` is None where somebody asked for it. `top` is what moved
    most as a picture.
    """

    name: str
    kind: PeriodKind
    so_far: bool
    part: str
    series: int
    currency: str
    spend: PeriodSum
    before: PeriodSum
    compared: Comparison | None
    budgets: BudgetLines
    alerts: tuple[Alert, ...]
    accounts: tuple[AccountAge, ...]
    course: PeriodCourse
    top: Movers | None
    made_at: datetime
    due: Due | None = None
