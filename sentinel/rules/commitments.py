"""Commitments: an amount that is paid beforehand, and the term over which it is used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

from pydantic import (
    GetJsonSchemaHandler,
    PlainSerializer,
    StrictBool,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sentinel.domain.findings import RuleKind
from sentinel.domain.money import format_money
from sentinel.domain.scopes import Dimension
from sentinel.rules.budgets import CostBasis
from sentinel.rules.entries import DayRange, Entry, Where
from sentinel.rules.rule import PartRule
from sentinel.rules.values import Amount, Day, Floor, Percent, Share, format_percent


class SpentBefore(Entry):
    """What was used before the history tells it: up to `day`, or up to the history's first day where that is left out.

    Stored days before `day` do not count.
    """

    amount: Floor
    day: Day | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, value: object) -> object:
        return value if isinstance(value, (Mapping, SpentBefore)) else {"amount": value}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """A number, or a mapping."""
        mapping = handler.resolve_ref_schema(handler(schema))
        return {"anyOf": [mapping["properties"]["amount"], mapping]}


def _as_written(value: SpentBefore) -> object:
    return value.amount if value.day is None else {"amount": value.amount, "day": value.day.isoformat()}


Used = Annotated[SpentBefore, PlainSerializer(_as_written)]
"""What was used before the history tells it."""


class Commitment(DayRange, PartRule):
    """An amount paid beforehand for the days from..to, both inclusive.

    Tells when it will probably be used up before its term ends, and when more than `unused_above` of it will probably
    be left.
    """

    kind = RuleKind.COMMITMENT

    amount: Amount
    spent_before: Used | None = None
    cost: CostBasis = CostBasis.USAGE
    exhausts_before_end: StrictBool = True
    unused_above: Percent = Share(0.05)

    @field_validator("unused_above")
    @classmethod
    def _is_a_part(cls, value: float) -> float:
        if value > 1:
            raise ValueError("must be at most 100%")
        return value

    @field_validator("spent_before")
    @classmethod
    def _lies_in_the_term(cls, value: SpentBefore | None, info: ValidationInfo) -> SpentBefore | None:
        first, last = info.data.get("from_"), info.data.get("to")
        if value is not None and value.day is not None and first is not None and last is not None:
            refuse_outside(value.day, first, last)
        return value

    @field_validator("cost")
    @classmethod
    def _net_is_known_by_account_and_month(cls, value: CostBasis, info: ValidationInfo) -> CostBasis:
        if value is CostBasis.USAGE:
            return value
        selected = [d for key in ("where", "except_") for d, _ in info.data.get(key, Where()).selectors]
        finer = [dimension for dimension in selected if dimension is not Dimension.ACCOUNT]
        if finer:
            raise ValueError(f"net knows no {finer[0].value}: where and except may name only account")
        first = info.data.get("from_")
        if first is not None and first.day != 1:
            raise ValueError("net needs a term that begins on the first of a month: credits are known by month")
        return value

    @property
    def first_counted(self) -> date:
        """The first day of the history that counts."""
        return self.from_ if self.spent_before is None else self.spent_before.day or self.from_

    def is_judged_on(self, day: date, restate_days: int) -> bool:
        """Whether a day can still say something of it: its term runs, or its last days may still change."""
        return day <= self.to + timedelta(days=restate_days + 1)

    @property
    def reminds(self) -> bool:
        """What it tells next is its reminder."""
        return False

    def watches(self, currency: str) -> str:
        """`$100,000 from 2026-01-01 to 2026-12-31, told when used up early or more than 5% is left`."""
        net = " with credits" if self.cost is CostBasis.NET else ""
        left = f"more than {format_percent(self.unused_above)} is left"
        told = f"used up early or {left}" if self.exhausts_before_end else left
        term = f"from {self.from_} to {self.to}"
        return f"{format_money(self.amount, currency)} {term}{net}{self.part}, told when {told}"


def refuse_outside(day: date, first: date, last: date | None = None) -> None:
    """Refuse a day before which something was used, where that is no day of the term. Raises ValueError."""
    if day < first or (last is not None and day > last):
        raise ValueError(f"day must lie in the term, from {first}" + (f" to {last}" if last else " on"))
