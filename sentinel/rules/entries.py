"""The form that every part of rules.yaml shares, and the parts that say where and when one applies."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from sentinel.domain.periods import Period
from sentinel.domain.scopes import Dimension
from sentinel.rules.values import Day, Patterns


class Entry(BaseModel):
    """One mapping of rules.yaml: it does not change, and a key it does not know is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )


class Where(Entry):
    """What a rule looks at: for each dimension the values it may have, exact or as globs (`load-*`).

    All the dimensions that are named must match; one matching value is enough for a dimension.
    """

    account: Patterns = ()
    """Names of accounts, as in `accounts`."""
    tenant: Patterns = ()
    """Tenant ids."""
    workspace: Patterns = ()
    """Ids or any name a workspace bore."""
    cluster: Patterns = ()
    """Ids (vci_...) or any name a cluster bore."""
    region: Patterns = ()
    """Regions; a cluster in several regions matches by any of them."""
    product: Patterns = ()
    """Products, as the billing API names them."""
    product_family: Patterns = ()
    """Products without their tier."""

    @property
    def selectors(self) -> tuple[tuple[Dimension, tuple[str, ...]], ...]:
        """The dimensions that are named, in the order of `Dimension`, each with its values."""
        named = ((dimension, getattr(self, dimension.value)) for dimension in Dimension)
        return tuple((dimension, patterns) for dimension, patterns in named if patterns)

    def __bool__(self) -> bool:
        return bool(self.selectors)

    def __str__(self) -> str:
        """`workspace production and region us-east-1 or us-west-2`."""
        return " and ".join(f"{dimension.value} {' or '.join(patterns)}" for dimension, patterns in self.selectors)


def spell_part(where: Where, excepted: Where) -> str:
    """The part of the spend that two selections leave: ` where workspace production except cluster load-*`."""
    return (f" where {where}" if where else "") + (f" except {excepted}" if excepted else "")


class DayRange(Entry):
    """Calendar days `from` .. `to`, both included."""

    from_: Annotated[Day, Field(alias="from")]
    to: Day

    @field_validator("to")
    @classmethod
    def _ends_after_its_start(cls, value: date, info: ValidationInfo) -> date:
        start = info.data.get("from_")
        if start is not None and value < start:
            raise ValueError(f"must not lie before from ({start})")
        return value

    @property
    def days(self) -> Period:
        """The days as a period."""
        return Period(self.from_, self.to)


def _ordered(dimensions: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
    if len(set(dimensions)) != len(dimensions):
        raise ValueError("must name each dimension once")
    return tuple(dimension for dimension in Dimension if dimension in dimensions)


Per = Annotated[tuple[Dimension, ...], AfterValidator(_ordered)]
"""The dimensions whose every value gets a verdict of its own, in the order of `Dimension`."""

PerSomething = Annotated[tuple[Dimension, ...], Field(min_length=1), AfterValidator(_ordered)]
"""The same where a rule over the whole makes no sense."""
