"""Spikes and new spend: costs that are unusual for their scope."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from sentinel.domain.findings import Direction, RuleKind
from sentinel.domain.scopes import Dimension
from sentinel.rules.entries import Per
from sentinel.rules.rule import ScopedRule
from sentinel.rules.values import Amount, Days, Floor, Percent, Share


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

    z: Amount = 3.5
    min_change: Floor = 10.0
    min_percent: Percent = Share(0.25)
    direction: SpikeDirection = SpikeDirection.UP
    method: Method = Method.ROBUST
    window: Annotated[Days, Field(ge=7, le=398)] = 28

    @field_validator("window")
    @classmethod
    def _is_used(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("method") is Method.ROBUST:
            raise ValueError("is only used by method: classic")
        return value


class NewSpend(ScopedRule):
    """The first charge of something after 30 days without one, from `min_daily` a day on."""

    kind = RuleKind.NEW_SPEND

    per: Annotated[Per, Field(min_length=1)] = (Dimension.CLUSTER,)
    min_daily: Floor = 5.0
