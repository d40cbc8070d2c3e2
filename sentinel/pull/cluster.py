"""The rows of one cluster after the other, as columns: the part that runs once for each row of an answer."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec import Raw
from numpy.typing import NDArray

from sentinel.domain.costs import Window
from sentinel.errors import BadAnswer
from sentinel.pull.days import ends_of, read_row_day, starts_of
from sentinel.pull.fault import UNREADABLE, find_fault
from sentinel.pull.totals import read_units
from sentinel.pull.wire import Charge, Cluster, ClusterDigits

_clusters = msgspec.json.Decoder(Cluster)
_digits = msgspec.json.Decoder(ClusterDigits)


def read_cluster(text: Raw, path: str) -> Cluster:
    """Decode one cluster. Raises BadAnswer; `path` is where the cluster stands in its answer."""
    try:
        return _clusters.decode(text)
    except UNREADABLE as error:
        raise find_fault(text, Cluster, path) or BadAnswer(path, str(error)) from error


class ClusterRows(NamedTuple):
    """The rows [start, stop) of one cluster in the columns: each of `products` has its of `lengths`, in their order."""

    start: int
    stop: int
    products: tuple[str, ...]
    lengths: tuple[int, ...]


class Columns:
    """The rows of all clusters read so far. `total` is as decoded: what it means in units, `totals` decides."""

    def __init__(self, window: Window) -> None:
        self.day, self.total, self.quantity = array("q"), array("d"), array("d")
        self._window = window
        self._starts, self._ends = starts_of(window), ends_of(window)
        self._products: dict[str, str] = {}

    def add(self, cluster: Cluster, path: str) -> ClusterRows:
        """Add the rows of a cluster, in the order of the answer. Raises BadAnswer for a row that is not of one day."""
        try:
            return self._add(cluster.charges or ())
        except KeyError:
            self._find_wrong_day(cluster.charges or (), path)
            raise

    def _add(self, charges: Iterable[Charge]) -> ClusterRows:
        # Plain dicts and lists: this is the one place where each row of an answer costs time in Python.
        starts, ends = self._starts, self._ends
        day: list[int] = []
        total: list[float] = []
        quantity: list[float] = []
        products, lengths = [], []
        for charge in charges:
            if rows := charge.breakdowns:
                # One text for all the rows of a product: each cluster has the same ones.
                products.append(self._products.setdefault(charge.product, charge.product))
                lengths.append(len(rows))
                for row in rows:
                    begun = starts[row.date_from]
                    if ends[row.date_to] != begun:
                        raise KeyError(row.date_to)
                    day.append(begun)
                    total.append(row.total)
                    quantity.append(row.quantity)
        start = len(self.day)
        self.day.fromlist(day)
        self.total.fromlist(total)
        self.quantity.fromlist(quantity)
        return ClusterRows(start, len(self.day), tuple(products), tuple(lengths))

    def _find_wrong_day(self, charges: Iterable[Charge], path: str) -> None:
        for c, charge in enumerate(charges):
            for r, row in enumerate(charge.breakdowns or ()):
                read_row_day(row.date_from, row.date_to, self._window, f"{path}.charges[{c}].breakdowns[{r}]")

    def same(self, one: ClusterRows, other: ClusterRows) -> bool:
        """Whether two clusters have the same rows."""
        return (one.products, one.lengths) == (other.products, other.lengths) and all(
            column[one.start : one.stop] == column[other.start : other.stop]
            for column in (self.day, self.total, self.quantity)
        )


def units_from_digits(text: Raw, path: str) -> NDArray[np.int64]:
    """The costs of all rows of a cluster, read digit by digit. Raises BadAnswer."""
    costs = [
        read_units(row.total, f"{path}.charges[{c}].breakdowns[{r}].total")
        for c, charge in enumerate(_digits.decode(text).charges or ())
        for r, row in enumerate(charge.breakdowns or ())
    ]
    return np.array(costs, np.int64)
