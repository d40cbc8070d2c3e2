"""How much may be spent in a budget's period: an amount, a plan by month, or what earlier periods have cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    Tag,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from sentinel.domain.money import format_money
from sentinel.domain.periods import Period, PeriodKind, named_months
from sentinel.rules.entries import Entry, Where
from sentinel.rules.values import Amount, Percent, format_percent

LAST_PERIOD = "last_period"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_MONTH_SCHEMA = r"^\d{4}-(0[1-9]|1[0-2])$"
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_PERIODS = re.compile(r"(\d{1,3})(?:\s*periods?)?", re.ASCII)
_PERIODS_SCHEMA = r"^\d+\s*periods?$"
_FORMS = "must be a number, last_period, or {average_of: 3 periods}"
_AT_MOST = {
    PeriodKind.DAY: 60,
    PeriodKind.WEEK: 26,
    PeriodKind.MONTH: 12,
    PeriodKind.QUARTER: 4,
    PeriodKind.YEAR: 1,
}
"""What reaches further back than about a year would make every evaluation read years of history."""


def _month(value: object) -> date:
    found = _MONTH.fullmatch(value) if isinstance(value, str) else None
    if isinstance(value, date):
        return value
    if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        raise ValueError("must be a month, like 2026-01")
    return date(int(found[1]), int(found[2]), 1)


def _spell_month(month: date) -> str:
    return f"{month:%Y-%m}"


def _without_gaps(plan: Mapping[date, float]) -> Mapping[date, float]:
    if not plan:
        raise ValueError("must have at least one month, like 2026-01: 9000")
    missing = [month for month in named_months(Period(min(plan), max(plan))) if month not in plan]
    if missing:
        raise ValueError(f"has no amount for {_spell_month(missing[0])}, but for months before and after it")
    return dict(sorted(plan.items()))


Month = Annotated[date, BeforeValidator(_month), PlainSerializer(_spell_month)]
Plan = Annotated[
    Mapping[Month, Amount],
    AfterValidator(_without_gaps),
    WithJsonSchema(
        {
            "type": "object",
            "patternProperties": {_MONTH_SCHEMA: {"type": "number", "exclusiveMinimum": 0}},
            "additionalProperties": False,
            "minProperties": 1,
        }
    ),
]
"""Amounts by month, without gaps, in the months' order."""


def _periods(value: object) -> object:
    found = _PERIODS.fullmatch(value.strip()) if isinstance(value, str) else None
    count = int(found[1]) if found else value
    if not isinstance(count, int) or isinstance(count, bool):
        raise ValueError("must be a number of periods, like 3 periods")  # noqa: TRY004 - pydantic collects ValueErrors
    return count


def _spell_periods(count: int) -> str:
    return f"{count} period" if count == 1 else f"{count} periods"


def _leaves_something(share: float) -> float:
    if share >= 1:
        raise ValueError("must be less than 100%")
    return share


class Averaged(Entry):
    """What the periods before have cost on average, plus or minus a percent; `last_period` is the average of one."""

    average_of: Annotated[
        int,
        Field(ge=1),
        BeforeValidator(_periods),
        PlainSerializer(_spell_periods),
        WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": _PERIODS_SCHEMA}]}),
    ]
    plus: Percent | None = None
    minus: Annotated[Percent, AfterValidator(_leaves_something)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if value == LAST_PERIOD:
            return {"average_of": 1}
        if isinstance(value, str):
            raise ValueError(_FORMS)  # noqa: TRY004 - pydantic collects ValueErrors
        return value

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.plus is not None and self.minus is not None:
            raise ValueError("must have plus or minus, not both")
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The word, or a mapping."""
        return {"anyOf": [{"const": LAST_PERIOD}, handler.resolve_ref_schema(handler(schema))]}

    @property
    def factor(self) -> float:
        """What the average is multiplied by."""
        return 1 + (self.plus or 0.0) - (self.minus or 0.0)

    def __str__(self) -> str:
        """`the average of the last 3 periods plus 10%`."""
        base = "the cost of the last period" if self.average_of == 1 else f"the average of the last {self._spelt}"
        change = [f"plus {format_percent(self.plus)}"] if self.plus else []
        change += [f"minus {format_percent(self.minus)}"] if self.minus else []
        return " ".join([base, *change])

    @property
    def _spelt(self) -> str:
        return _spell_periods(self.average_of)


def _form(value: object) -> str:
    # A text that begins like a number is one written wrongly; any other may be a word for an amount.
    word = isinstance(value, str) and value[:1].isalpha()
    return "averaged" if word or isinstance(value, (Mapping, Averaged)) else "fixed"


BudgetAmount = Annotated[
    Annotated[Amount, Tag("fixed")] | Annotated[Averaged, Tag("averaged")],
    Discriminator(_form),
]


class HasAmount(Entry):
    """What says how much may be spent in a period: exactly one of `amount` and `plan`."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["amount"]}, {"required": ["plan"]}]})

    plan: Plan | None = None
    """Amounts by month; a period of several months has their sum."""
    amount: Annotated[BudgetAmount | None, Field(validate_default=True)] = None
    """In currency for each period; or last_period, or {average_of: 3 periods, plus: 10%}."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_no_amount(cls, value: object) -> object:
        # An amount without a value is a slip, and not the same as no amount beside a plan.
        if isinstance(value, Mapping) and "amount" in value and value["amount"] is None:
            return {**value, "amount": ...}
        return value

    @field_validator("amount")
    @classmethod
    def _exactly_one(cls, value: float | Averaged | None, info: ValidationInfo) -> float | Averaged | None:
        if "plan" not in info.data:
            return value
        if value is None and info.data["plan"] is None:
            raise PydanticCustomError("missing", "is missing")
        if value is not None and info.data["plan"] is not None:
            raise ValueError("must not stand beside plan: one of them says what may be spent")
        return value

    @property
    def averaged(self) -> Averaged | None:
        """How the amount follows from earlier periods; None where it is known beforehand."""
        return self.amount if isinstance(self.amount, Averaged) else None

    @property
    def fixed(self) -> float | None:
        """The amount of every period; None where it differs from period to period."""
        return None if isinstance(self.amount, Averaged) else self.amount

    def amount_in(self, period: Period) -> float | None:
        """The fixed or planned amount of a period; None where the plan lacks a month of it, or earlier costs decide."""
        if self.plan is None:
            return self.fixed
        months = named_months(period)
        return sum(self.plan[month] for month in months) if all(month in self.plan for month in months) else None

    def spell_amount(self, currency: str) -> str:
        """`$12,000`, `a plan until 2026-12 ($9,000 a month)`, `the average of the last 3 periods plus 10%`."""
        if self.plan is None:
            return format_money(self.fixed, currency) if self.fixed is not None else str(self.amount)
        low, high = (format_money(amount, currency) for amount in (min(self.plan.values()), max(self.plan.values())))
        span = low if low == high else f"{low} to {high}"
        return f"a plan until {_spell_month(max(self.plan))} ({span} a month)"


class Override(HasAmount):
    """Another amount for some of the values of `per`."""

    where: Where

    @field_validator("where")
    @classmethod
    def _names_something(cls, value: Where) -> Where:
        if not value:
            raise ValueError("must name at least one value, like {cluster: orders-prod}")
        return value

    @property
    def except_(self) -> Where:
        """Nothing is left out of it."""
        return Where()


def check_period(held: HasAmount, kind: PeriodKind | None, *, months: bool, term: Period | None) -> None:
    """Raise ValueError where an amount does not go with a period of this kind.

    `months`: it is made of months. `term`: it comes once, on these days.
    """
    averaged = held.averaged
    if held.plan is not None and not months:
        raise ValueError("a plan by month needs a period of whole months")
    if held.plan is not None and term is not None and held.amount_in(term) is None:
        raise ValueError("has months that the plan has no amount for")
    if averaged is None:
        return
    if kind is None:
        raise ValueError("the cost of earlier periods needs a period of the calendar, which has some before it")
    if averaged.average_of > _AT_MOST[kind]:
        raise ValueError(f"average_of must be at most {_AT_MOST[kind]} for a {kind.value}")
