"""Credits: negative charges of an account that should keep arriving, and that may run out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from sentinel.domain.findings import RuleKind
from sentinel.domain.money import format_money
from sentinel.rules.commitments import SpentBefore, Used, refuse_outside
from sentinel.rules.entries import Entry
from sentinel.rules.rule import Rule
from sentinel.rules.values import Amount, Day, Duration, Patterns, format_duration, within


class CreditWhere(Entry):
    """Which credits: they belong to an account, and bear a product."""

    account: Patterns = ()
    """Names of accounts, as in `accounts`."""
    product: Patterns = ()
    """Products, as the billing API names them: `Commit credits`, `*credits`."""

    def __str__(self) -> str:
        """`account main and product Commit credits`."""
        named = (("account", self.account), ("product", self.product))
        return " and ".join(f"{name} {' or '.join(patterns)}" for name, patterns in named if patterns)


class Credit(Rule):
    """Credits that are expected: told when one stops arriving, and when what is left of `amount` soon runs out.

    `amount` is what all that `where` matches were granted together, to be used from the day `from` on.
    """

    kind = RuleKind.CREDIT

    where: CreditWhere = CreditWhere()
    missing_after: Annotated[Duration, within(timedelta(days=1), timedelta(days=62))] = timedelta(days=3)
    """So long a credit that came every day may be absent; one that came every month is missing after a month."""
    amount: Amount | None = None
    from_: Annotated[Day | None, Field(alias="from", validate_default=True)] = None
    used_before: Used | None = None
    runs_out_within: Annotated[Duration, within(timedelta(days=1), timedelta(days=366))] = timedelta(days=30)

    @field_validator("from_", "used_before", "runs_out_within")
    @classmethod
    def _is_of_an_amount(cls, value: object, info: ValidationInfo) -> object:
        if value is not None and "amount" in info.data and info.data["amount"] is None:
            raise ValueError("is only used with amount, what the credits come to in all")
        return value

    @field_validator("from_")
    @classmethod
    def _is_there_with_an_amount(cls, value: Day | None, info: ValidationInfo) -> Day | None:
        if value is None and info.data.get("amount") is not None:
            raise ValueError("amount needs from, the first day on which the credits could be used")
        return value

    @field_validator("used_before")
    @classmethod
    def _lies_after_the_start(cls, value: SpentBefore | None, info: ValidationInfo) -> SpentBefore | None:
        first = info.data.get("from_")
        if value is not None and value.day is not None and first is not None:
            refuse_outside(value.day, first)
        return value

    @property
    def first_counted(self) -> date | None:
        """The first day of the history that counts for the amount; None without one."""
        return self.from_ if self.used_before is None else self.used_before.day or self.from_

    @property
    def account_patterns(self) -> tuple[str, ...]:
        """The accounts that it names."""
        return self.where.account

    @property
    def reminds(self) -> bool:
        """What it tells next is its reminder."""
        return False

    def watches(self, currency: str) -> str:
        """`credits where product Commit credits, told when missing for 3 days`."""
        part = f" where {self.where}" if str(self.where) else ""
        missing = f"missing for {format_duration(self.missing_after)}, or a whole month"
        if self.amount is None:
            return f"credits{part}, told when {missing}"
        granted = f"{format_money(self.amount, currency)} of credits from {self.from_}"
        return f"{granted}{part}, told when {missing}, or used up within {format_duration(self.runs_out_within)}"
