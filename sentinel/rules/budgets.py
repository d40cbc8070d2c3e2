"""Budgets: an amount, its period, and the levels at which people are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    Tag,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sentinel.domain.findings import RuleKind
from sentinel.domain.money import format_money
from sentinel.domain.periods import Period, PeriodKind, period_of
from sentinel.domain.scopes import Dimension
from sentinel.rules.entries import DayRange, Entry, Where
from sentinel.rules.rule import ScopedRule
from sentinel.rules.values import Amount, Percent, Share, format_percent


class Weekday(StrEnum):
    """The days of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """Counted from Monday = 0."""
        return list(Weekday).index(self)


class Term(DayRange):
    """A budget period of its own, instead of one of the calendar's."""

    def __str__(self) -> str:
        return f"from {self.from_} to {self.to}"

    @property
    def whole_months(self) -> bool:
        """Whether it begins on the first and ends on the last day of a month."""
        return self.from_.day == 1 and (self.to + timedelta(days=1)).day == 1


def _form(value: object) -> str:
    return "term" if isinstance(value, (Mapping, Term)) else "kind"


def _calendar(value: object) -> object:
    if value not in tuple(PeriodKind):
        raise ValueError(f"must be one of {', '.join(PeriodKind)}, or {{from: ..., to: ...}}")
    return value


BudgetPeriod = Annotated[
    Annotated[PeriodKind, BeforeValidator(_calendar), Tag("kind")] | Annotated[Term, Tag("term")],
    Discriminator(_form),
]


class Threshold(Entry):
    """A level of a budget that is told when the spend reaches it: a share of the amount, or an amount."""

    percent: Percent | None = None
    amount: Amount | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if isinstance(value, str):
            return {"percent": value}
        if isinstance(value, (Mapping, Threshold)):
            return value
        raise ValueError("must be a percent like 80%, or {amount: 9000}; a bare number could mean either")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("must have either a percent or an amount")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The percent's text, or a mapping with one of its keys."""
        mapping = handler.resolve_ref_schema(handler(schema))
        percent = mapping["properties"]["percent"]
        return {"anyOf": [percent, {**mapping, "minProperties": 1, "maxProperties": 1}]}

    def level(self, budget_amount: float) -> float:
        """The spend, in currency, at which it is reached."""
        return self.amount if self.amount is not None else (self.percent or 0.0) * budget_amount

    def __str__(self) -> str:
        """`80%`, or the amount: `9,000`."""
        return format_percent(self.percent) if self.percent is not None else f"{self.amount:,.2f}".removesuffix(".00")


class CostBasis(StrEnum):
    """Which charges a budget counts."""

    USAGE = "usage"
    """Cluster charges alone."""
    NET = "net"
    """With the account's credits and support charges."""


class Budget(ScopedRule):
    """An amount that the spend of a period should not exceed.

    `thresholds` ascend; left out they are 100% for a day or a week, else 50%, 80% and 100%. With severity critical
    a finding is critical from 100% of the amount on, and a warning below.
    """

    kind = RuleKind.BUDGET

    amount: Amount
    period: BudgetPeriod
    thresholds: Annotated[tuple[Threshold, ...], Field(validate_default=True)] = ()
    cost: CostBasis = CostBasis.USAGE

    @field_validator("thresholds", mode="before")
    @classmethod
    def _says_something(cls, value: object) -> object:
        if value == []:
            raise ValueError("must have at least one threshold, or be left out")
        return value

    @field_validator("thresholds")
    @classmethod
    def _ascend(cls, value: tuple[Threshold, ...], info: ValidationInfo) -> tuple[Threshold, ...]:
        if not value:
            short = info.data.get("period") in (PeriodKind.DAY, PeriodKind.WEEK)
            return tuple(Threshold(percent=Share(share)) for share in ((1.0,) if short else (0.5, 0.8, 1.0)))
        amount = info.data.get("amount")
        levels = [threshold.level(amount) for threshold in value] if amount is not None else []
        if any(following <= level for level, following in pairwise(levels)):
            raise ValueError("must ascend: each threshold above the one before")
        return value

    @field_validator("cost")
    @classmethod
    def _net_is_known_by_account_and_month(cls, value: CostBasis, info: ValidationInfo) -> CostBasis:
        if value is CostBasis.USAGE:
            return value
        where, excepted = info.data.get("where", Where()), info.data.get("except_", Where())
        selected = [dimension for dimension, _ in (*where.selectors, *excepted.selectors)]
        finer = [named for named in (*selected, *info.data.get("per", ())) if named is not Dimension.ACCOUNT]
        if finer:
            raise ValueError(f"net knows no {finer[0].value}: where, except and per may name only account")
        period = info.data.get("period")
        if period in (PeriodKind.DAY, PeriodKind.WEEK) or (isinstance(period, Term) and not period.whole_months):
            raise ValueError("net needs a period of whole months: credits are known by month")
        return value

    def period_on(self, day: date, week_start: Weekday) -> Period | None:
        """The period that a day lies in; None on days outside a period of its own."""
        if isinstance(self.period, Term):
            return self.period.days if day in self.period.days else None
        return period_of(self.period, day, week_start.number)

    def watches(self, currency: str) -> str:
        """`$150 a day for each cluster where workspace production, told at 100%`."""
        period = str(self.period) if isinstance(self.period, Term) else f"a {self.period.value}"
        net = " with credits" if self.cost is CostBasis.NET else ""
        levels = ", ".join(map(str, self.thresholds))
        return f"{format_money(self.amount, currency)} {period}{net}{self.part}, told at {levels}"
