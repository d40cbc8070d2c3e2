"""Budgets: an amount, its period, and the levels at which people are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, GetJsonSchemaHandler, ValidationInfo, field_validator, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sentinel.domain.findings import RuleKind
from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.domain.periods import Period, PeriodKind, period_of
from sentinel.domain.scopes import Dimension, with_parents
from sentinel.rules.amounts import HasAmount, Override, check_period
from sentinel.rules.entries import Entry, Where
from sentinel.rules.periods import BudgetPeriod, Rolling, SpeltPeriod, Term, Weekday
from sentinel.rules.rule import ScopedRule
from sentinel.rules.values import Amount, Percent, Share, format_percent


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
        """The spend, in currency and to the unit of money, at which it is reached."""
        level = self.amount if self.amount is not None else (self.percent or 0.0) * budget_amount
        return round(level * UNITS_PER_CURRENCY) / UNITS_PER_CURRENCY

    def __str__(self) -> str:
        """`80%`, or the amount: `9,000`."""
        return format_percent(self.percent) if self.percent is not None else f"{self.amount:,.2f}".removesuffix(".00")


class CostBasis(StrEnum):
    """Which charges a budget counts."""

    USAGE = "usage"
    """Cluster charges alone."""
    NET = "net"
    """With the account's credits and support charges."""


class Budget(HasAmount, ScopedRule):
    """An amount that the spend of a period should not exceed.

    `thresholds` ascend; left out they are 100% for days, weeks and rolling periods, else 50%, 80% and 100%. With
    severity critical a finding is critical from 100% of the amount on, and a warning below. `forecast` are the levels
    that are told, always as a warning, when the period's spend is likely to exceed them by its end.
    """

    kind = RuleKind.BUDGET
    judged_with = ScopedRule.judged_with | {"week_start"}

    period: BudgetPeriod
    overrides: tuple[Override, ...] = ()
    """Other amounts for some of the values of `per`; the first that matches holds."""
    thresholds: Annotated[tuple[Threshold, ...], Field(validate_default=True)] = ()
    forecast: tuple[Threshold, ...] = ()
    cost: CostBasis = CostBasis.USAGE

    @field_validator("period")
    @classmethod
    def _goes_with_the_amount(cls, value: PeriodKind | SpeltPeriod, info: ValidationInfo) -> PeriodKind | SpeltPeriod:
        held = HasAmount.model_construct(plan=info.data.get("plan"), amount=info.data.get("amount"))
        _check_period(held, value)
        return value

    @field_validator("overrides")
    @classmethod
    def _choose_among_per(cls, value: tuple[Override, ...], info: ValidationInfo) -> tuple[Override, ...]:
        per, period = info.data.get("per", ()), info.data.get("period")
        known = with_parents(per)
        for override in value:
            for dimension, _ in override.where.selectors:
                if dimension not in known:
                    raise ValueError(f"names a {dimension.value}, which per does not split by{_choices(known)}")
            if period is not None:
                _check_period(override, period)
        return value

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
            period = info.data.get("period")
            short = isinstance(period, Rolling) or _kind(period) in (PeriodKind.DAY, PeriodKind.WEEK)
            return tuple(Threshold(percent=Share(share)) for share in ((1.0,) if short else (0.5, 0.8, 1.0)))
        _check_ascending(value, info)
        return value

    @field_validator("forecast")
    @classmethod
    def _has_an_end_to_foresee(cls, value: tuple[Threshold, ...], info: ValidationInfo) -> tuple[Threshold, ...]:
        period = info.data.get("period")
        if value and period is PeriodKind.DAY:
            raise ValueError("needs a period longer than a day: a day is over before it can be foretold")
        if value and isinstance(period, Rolling):
            raise ValueError("needs a period with an end, which a rolling one has not")
        _check_ascending(value, info)
        return value

    @field_validator("cost")
    @classmethod
    def _net_is_known_by_account_and_month(cls, value: CostBasis, info: ValidationInfo) -> CostBasis:
        if value is CostBasis.USAGE:
            return value
        finer = _finer_than_account(
            info.data.get("where", Where()), info.data.get("except_", Where()), info.data.get("per", ())
        )
        if finer:
            raise ValueError(f"net knows no {finer[0].value}: where, except and per may name only account")
        period = info.data.get("period")
        if period is not None and not _of_calendar_months(period):
            raise ValueError("net needs a period of whole months: credits are known by month")
        return value

    @property
    def reminds(self) -> bool:
        """Only a daily one: of a longer period the next threshold reminds."""
        return self.period is PeriodKind.DAY

    @property
    def is_daily(self) -> bool:
        """Whether each day is a period of its own."""
        return self.period is PeriodKind.DAY

    @property
    def is_rolling(self) -> bool:
        """Whether its period moves with the days, so that it never ends."""
        return isinstance(self.period, Rolling)

    @property
    def knows_net(self) -> bool:
        """Whether its part of the spend has credits and support too: whole accounts in whole calendar months."""
        return not _finer_than_account(self.where, self.except_, self.per) and _of_calendar_months(self.period)

    def levels(self, amount: float) -> tuple[tuple[float, str], ...]:
        """The spend at which each threshold is reached, and its name, for an amount; they ascend."""
        return tuple(sorted((threshold.level(amount), str(threshold)) for threshold in self.thresholds))

    @property
    def is_foreseeable(self) -> bool:
        """Whether its periods end, and some days after they began, so that their total can be foretold."""
        return not self.is_daily and not self.is_rolling

    def forecast_levels(self, amount: float) -> tuple[tuple[float, str], ...]:
        """The totals that are told when they are likely to be exceeded, and their names; they ascend."""
        return tuple(sorted((threshold.level(amount), str(threshold)) for threshold in self.forecast))

    def period_on(self, day: date, week_start: Weekday) -> Period | None:
        """The period that a day lies in (of a rolling one: that ends with it); None outside a term of its own."""
        if isinstance(self.period, PeriodKind):
            return period_of(self.period, day, week_start.number)
        return self.period.on(day)

    def watches(self, currency: str) -> str:
        """`$150 a day for each cluster where workspace production, told at 100%`."""
        period = f"a {self.period.value}" if isinstance(self.period, PeriodKind) else str(self.period)
        comma = "," if self.fixed is None else ""
        net = " with credits" if self.cost is CostBasis.NET else ""
        others = "".join(f", {other.spell_amount(currency)} where {other.where}" for other in self.overrides)
        levels = ", ".join(map(str, self.thresholds))
        likely = f" and when likely to exceed {', '.join(map(str, self.forecast))}" if self.forecast else ""
        return f"{self.spell_amount(currency)}{comma} {period}{net}{self.part}{others}, told at {levels}{likely}"


def _check_period(held: HasAmount, period: PeriodKind | SpeltPeriod) -> None:
    term = period.days if isinstance(period, Term) else None
    check_period(held, _kind(period), months=_of_months(period), term=term)


def _kind(period: PeriodKind | SpeltPeriod | None) -> PeriodKind | None:
    return period.kind if isinstance(period, SpeltPeriod) else period


def _of_months(period: PeriodKind | SpeltPeriod) -> bool:
    return _of_calendar_months(period) or _kind(period) is PeriodKind.MONTH


def _of_calendar_months(period: PeriodKind | SpeltPeriod) -> bool:
    if isinstance(period, SpeltPeriod):
        return period.calendar_months
    return period in (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)


def _finer_than_account(where: Where, excepted: Where, per: tuple[Dimension, ...]) -> list[Dimension]:
    selected = [dimension for dimension, _ in (*where.selectors, *excepted.selectors)]
    return [named for named in (*selected, *per) if named is not Dimension.ACCOUNT]


def _choices(known: tuple[Dimension, ...]) -> str:
    return f"; it may name {', '.join(known)}" if known else ": overrides need per"


def _check_ascending(thresholds: tuple[Threshold, ...], info: ValidationInfo) -> None:
    for levels in _comparable(thresholds, (info.data.get("amount"), *info.data.get("overrides", ()))):
        if any(following <= level for level, following in pairwise(levels)):
            raise ValueError("must ascend: each threshold above the one before")


def _comparable(thresholds: tuple[Threshold, ...], amounts: tuple[object, ...]) -> list[list[float]]:
    """The levels that can be compared before the spend is known: shares, amounts, and both where an amount is fixed."""
    shares = [threshold.percent for threshold in thresholds if threshold.percent is not None]
    levels = [threshold.amount for threshold in thresholds if threshold.amount is not None]
    held = (amount.fixed if isinstance(amount, HasAmount) else amount for amount in amounts)
    fixed = [amount for amount in held if isinstance(amount, float)]
    return [shares, levels, *([threshold.level(amount) for threshold in thresholds] for amount in fixed)]
