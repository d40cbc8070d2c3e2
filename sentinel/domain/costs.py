"""What a billing answer says, in sentinel's words, on its way from pull to store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Window:
    """The half-open range of charge days [first, stop)."""

    first: date
    stop: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.stop - self.first).days

    def each_day(self) -> Iterator[date]:
        """Its days in their order."""
        return (date.fromordinal(ordinal) for ordinal in range(self.first.toordinal(), self.stop.toordinal()))


class DailyCharge(NamedTuple):
    """What one product of one cluster cost on one day: the row that exists by the million, hence a tuple.

    `day` is the proleptic ordinal of the UTC charge day, `cost` is in 1e-8 currency units.
    """

    product: str
    day: int
    cost: int
    quantity: float


@dataclass(frozen=True, slots=True)
class ClusterCharges:
    """All the charges of one cluster in one answer; a series and day may stand in it more than once."""

    tenant: str
    workspace: str
    workspace_name: str
    cluster: str
    cluster_name: str
    regions: tuple[str, ...]
    charges: list[tuple[str, int, int, float]]
    """`DailyCharge` as bare tuples, (product, day ordinal, cost in 1e-8 units, quantity)."""


@dataclass(frozen=True, slots=True)
class AccountCharge:
    """A credit (negative) or a support charge of a whole account.

    `day` is None where the answer dates the charge only by its billing month, whose first day is `month`.
    `cost` is in 1e-8 currency units.
    """

    product: str
    month: date
    day: date | None
    cost: int


class Answer(Protocol):
    """One decoded answer of the billing API.

    Iterating `clusters()` decodes one cluster at a time and raises `BadAnswer` at the first place that does not have
    the documented form; it may be called again and starts anew. `window` is the answer's own [date_from, date_to).
    """

    @property
    def window(self) -> Window:
        """The half-open days that the answer says it covers."""
        ...

    @property
    def account_charges(self) -> tuple[AccountCharge, ...]:
        """Credits and support charges, added up by product and day or month."""
        ...

    @property
    def body(self) -> bytes | bytearray:
        """What was received, decompressed."""
        ...

    def clusters(self) -> Iterator[ClusterCharges]:
        """The charges, one cluster at a time."""
        ...
