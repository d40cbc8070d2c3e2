"""Spikes and new spend: costs that are unusual for their scope."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from sentinel.domain.findings import Direction, RuleKind
from sentinel.domain.money import format_money
from sentinel.domain.scopes import Dimension
from sentinel.rules.entries import PerSomething
from sentinel.rules.rule import ScopedRule
from sentinel.rules.values import Amount, Floor, NotBoolean, PercentFloor, Share, format_percent


class Method(StrEnum):
    """How a spike rule knows what is usual."""

    ROBUST = "robust"
    CLASSIC = "classic"


class SpikeDirection(StrEnum):
    """Which moves a spike rule tells."""

    UP = "up"
    DOWN = "down"
    BOTH = "both"

    def includes(self, direction: Direction) -> bool:
        """Whether a move in this direction is told."""
        return self is SpikeDirection.BOTH or self.value == direction.value


class Spike(ScopedRule):
    """A cost that is unusual by `z`, and large in currency a day, and large in percent.

    `window` is how many days `method: classic` looks back; robust has windows of its own.
    """

    kind = RuleKind.SPIKE
    heeds_mutes = True

    z: Amount = 3.5
    min_change: Floor = 10.0
    min_percent: PercentFloor = Share(0.25)
    direction: SpikeDirection = SpikeDirection.UP
    method: Method = Method.ROBUST
    window: Annotated[int, Field(ge=7, le=398), NotBoolean] = 28

    @field_validator("window")
    @classmethod
    def _is_used(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("method") is Method.ROBUST:
            raise ValueError("is only used by method: classic")
        return value

    def watches(self, currency: str) -> str:
        """`up by z 3.5, at least $10 a day and 25%, for each cluster`."""
        moves = "up or down" if self.direction is SpikeDirection.BOTH else self.direction.value
        least = f"at least {format_money(self.min_change, currency)} a day and {format_percent(self.min_percent)}"
        return f"{moves} by z {self.z:g}, {least},{self.part or ' in all'}"


class NewSpend(ScopedRule):
    """The first charge of something after 30 days without one, from `min_daily` a day on."""

    kind = RuleKind.NEW_SPEND
    heeds_mutes = True

    per: PerSomething = (Dimension.CLUSTER,)
    min_daily: Floor = 5.0

    @property
    def reminds(self) -> bool:
        """What is new goes on costing: that is no further news."""
        return False

    def watches(self, currency: str) -> str:
        """`first charges of $5 a day or more, for each cluster`."""
        return f"first charges of {format_money(self.min_daily, currency)} a day or more,{self.part}"
