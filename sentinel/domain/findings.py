"""What a rule says of one scope on one day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sentinel.domain.forecasts import BudgetForecast
from sentinel.domain.outlooks import InvoiceStanding, Outlook
from sentinel.domain.periods import Period
from sentinel.domain.scopes import Scope


class RuleKind(StrEnum):
    """The kinds of rules, as rules.yaml groups them."""

    BUDGET = "budget"
    SPIKE = "spike"
    NEW_SPEND = "new_spend"
    COMMITMENT = "commitment"
    CREDIT = "credit"
    FRESHNESS = "freshness"
    RECONCILIATION = "reconciliation"


class Severity(StrEnum):
    """How soon somebody should look."""

    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Higher is sooner."""
        return 1 if self is Severity.CRITICAL else 0


class Direction(StrEnum):
    """Which way a cost moved."""

    UP = "up"
    DOWN = "down"

    @property
    def sign(self) -> float:
        """What a change in this direction is multiplied by to be above zero."""
        return 1.0 if self is Direction.UP else -1.0


class Basis(StrEnum):
    """What the observed figure rests on."""

    SETTLED = "settled"
    UNSETTLED = "unsettled"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Excess:
    """An excess in its two causes, in currency: `volume` + `price` = observed - expected.

    `volume_percent` and `price_percent` are the changes of quantity and of the effective price, as shares (2.04 is
    +204%); None where the old one is zero or unknown.
    """

    volume: float
    price: float
    volume_percent: float | None
    price_percent: float | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """One child's part in its parent's excess: `share` is 0..1 (above 1 where other children moved the other way)."""

    scope: Scope
    excess: float
    share: float


@dataclass(frozen=True, slots=True)
class Whole:
    """A wider scope that a finding is a part of: `share` (0..1) of that scope's excess is the finding's."""

    scope: Scope
    share: float


@dataclass(frozen=True, slots=True)
class BudgetStanding:
    """How a budget stands: amounts in currency, `crossed` are the thresholds reached, the highest first.

    `made_of` says what the amount was made of, "" where the rule itself names it. `rolling`: the period ends with the
    judged day, and moves on with the next. `foreseen` are the levels that the spend has not reached and is likely to
    exceed by the period's end, the highest first; `forecast` is None where there is none.
    """

    amount: float
    period: Period
    crossed: tuple[str, ...]
    unknown_days: int
    unsettled_days: int
    made_of: str = ""
    rolling: bool = False
    foreseen: tuple[str, ...] = ()
    forecast: BudgetForecast | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The observed cost of a scope lies outside [lower, upper], and the rule's minimums are met.

    Money is in currency units of `currency`. `impact` is observed minus expected on this day. `score` is z-like for
    spikes and the share of the amount for budgets.
    """

    rule: str
    kind: RuleKind
    scope: Scope
    day: date
    direction: Direction
    severity: Severity
    observed: float
    expected: float
    lower: float
    upper: float
    score: float
    basis: Basis
    currency: str
    days_used: int = 0
    days_left_out: int = 0
    budget: BudgetStanding | None = None
    excess: Excess | None = None
    contributions: tuple[Contribution, ...] = ()
    muted: bool = False
    """A mute covers the whole scope on this day: recorded, never told."""
    whole: Whole | None = None
    """The wider scope that this excess is most of, None where it stands for itself."""
    regions: tuple[str, ...] = ()
    """Where the scope runs, for people to read; no part of its identity."""
    outlook: Outlook | None = None
    """Of commitments and credit balances: where the amount is heading."""
    invoice: InvoiceStanding | None = None
    """Of the reconciliation rule: how the invoice compares."""
    note: str = ""
    """A sentence that figures cannot say, such as the error of a pull that keeps failing."""

    @property
    def impact(self) -> float:
        """Observed minus expected on this day, in currency."""
        return self.observed - self.expected
