"""An answer on its way into the history: its rows by series number, and the names it gives."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.costs import Answer
from sentinel.store.rows import DailyRows, add_up, key_of


@dataclass(frozen=True, slots=True)
class ClusterKey:
    """What a cluster is known by, within one account."""

    tenant: str
    workspace: str
    cluster: str


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series that the database does not have yet, with the number it gets."""

    number: int
    cluster: ClusterKey
    product: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """The names and regions that an answer gives a cluster."""

    key: ClusterKey
    workspace_name: str
    cluster_name: str
    regions: tuple[str, ...]


class SeriesBook:
    """The numbers of one account's series; what it does not know yet gets the next number."""

    def __init__(self, next_number: int) -> None:
        self.first_new = self._next = next_number
        self._clusters: dict[tuple[str, str, str], _ClusterSeries] = {}
        self._products: dict[str, str] = {}
        self._numbers = array("q")
        self._cluster_numbers = array("q")
        self.new: list[NewSeries] = []

    def add(self, number: int, tenant: str, workspace: str, cluster: str, product: str) -> None:
        """Enter a series that the database has."""
        series = self.cluster(tenant, workspace, cluster)
        # One text for all the series of a product: there are as many series as clusters times products.
        series[self._products.setdefault(product, product)] = number
        self._enter(number, series)

    def cluster(self, tenant: str, workspace: str, cluster: str) -> _ClusterSeries:
        """The numbers of a cluster's series by product; looking a new product up numbers it."""
        key = (tenant, workspace, cluster)
        series = self._clusters.get(key)
        if series is None:
            series = self._clusters[key] = _ClusterSeries(self, len(self._clusters), ClusterKey(*key))
        return series

    def number_new(self, series: _ClusterSeries, product: str) -> int:
        """Give a new series its number."""
        number = self._next
        self._next += 1
        self.new.append(NewSeries(number, series.key, product))
        self._enter(number, series)
        return number

    def clusters_of(self, series: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of the cluster that each of these series belongs to."""
        numbers = np.frombuffer(self._numbers, np.int64)
        order = np.argsort(numbers)
        found = order[np.searchsorted(numbers, series, sorter=order)]
        return np.frombuffer(self._cluster_numbers, np.int64)[found]

    def _enter(self, number: int, series: _ClusterSeries) -> None:
        self._numbers.append(number)
        self._cluster_numbers.append(series.number)


class _ClusterSeries(dict[str, int]):
    """A cluster's series numbers by product."""

    def __init__(self, book: SeriesBook, number: int, key: ClusterKey) -> None:
        super().__init__()
        self._book = book
        self.number = number
        self.key = key

    def __missing__(self, product: str) -> int:
        number = self[product] = self._book.number_new(self, product)
        return number


@dataclass(frozen=True, slots=True, eq=False)
class Incoming:
    """All daily rows of an answer, added up, and the sighting of each cluster by its number in the book."""

    rows: DailyRows
    sightings: dict[int, Sighting]

    @property
    def newest_day(self) -> int | None:
        """The latest day with a cluster charge, None where there is no row."""
        return int(self.rows.day[-1]) if len(self.rows) else None


def read_answer(answer: Answer, book: SeriesBook) -> Incoming:
    """Read an answer cluster by cluster; only numbers are kept of the rows. Raises what `answer.clusters()` raises."""
    day, series, cost, quantity = array("q"), array("q"), array("q"), array("d")
    sightings: dict[int, Sighting] = {}
    for cluster in answer.clusters():
        numbers = book.cluster(cluster.tenant, cluster.workspace, cluster.cluster)
        sightings[numbers.number] = Sighting(
            numbers.key, cluster.workspace_name, cluster.cluster_name, _sorted_set(cluster.regions)
        )
        if cluster.charges:
            products, days, costs, quantities = zip(*cluster.charges, strict=True)
            series.extend(map(numbers.__getitem__, products))
            day.extend(days)
            cost.extend(costs)
            quantity.extend(quantities)
    key = key_of(np.frombuffer(day, np.int64), np.frombuffer(series, np.int64))
    return Incoming(add_up(key, np.frombuffer(cost, np.int64), np.frombuffer(quantity, np.float64)), sightings)


def _sorted_set(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))
