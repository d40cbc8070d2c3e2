"""What a billing answer says, in sentinel's words, on its way from pull to store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray


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


class ClusterCharges(NamedTuple):
    """What one cluster is called in an answer, and of which products its rows are; a tuple, for there may be thousands.

    A cluster may stand in an answer in several parts, and a product in a cluster more than once.
    """

    tenant: str
    workspace: str
    workspace_name: str
    cluster: str
    cluster_name: str
    regions: tuple[str, ...]
    products: tuple[str, ...]
    lengths: tuple[int, ...]
    """How many rows, one after the other, each of `products` has."""


@dataclass(frozen=True, slots=True, eq=False)
class DailyCharges:
    """All daily rows of an answer as columns: the rows of the first cluster, then those of the next.

    `day` is the proleptic ordinal of the UTC charge day, `cost` is in 1e-8 currency units. A series and day may stand
    there more than once.
    """

    clusters: tuple[ClusterCharges, ...]
    day: NDArray[np.int64]
    cost: NDArray[np.int64]
    quantity: NDArray[np.float64]


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
    """One decoded answer of the billing API. `window` is the answer's own [date_from, date_to)."""

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

    def daily_charges(self) -> DailyCharges:
        """The charges of all clusters, decoded anew with each call. Raises BadAnswer: its form is not as documented."""
        ...
