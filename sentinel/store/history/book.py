"""The numbers of an account's places and series while an answer is read. No database here."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class PlaceKey(NamedTuple):
    """What a cluster is known by within its account; `cluster` is empty for a workspace."""

    tenant: str
    workspace: str
    cluster: str


class ClusterSeries(dict[str, int]):
    """The numbers of a cluster's series by product; looking a new product up gives it the next number.

    `place` is the number of the cluster itself.
    """

    __slots__ = ("_numbers", "place")

    def __init__(self, place: int, numbers: SeriesNumbers) -> None:
        super().__init__()
        self.place = place
        self._numbers = numbers

    def __missing__(self, product: str) -> int:
        number = self[product] = self._numbers.add(self.place, product)
        return number


class SeriesNumbers:
    """The number of every series, old and new, as its place in `cluster_of`: the number of its cluster.

    `new_products` are those of the new ones, in the order of their numbers, of which `first_new` is the first.
    """

    def __init__(self, first_new: int) -> None:
        self.cluster_of = array("q", bytes(8 * first_new))
        self.new_products: list[str] = []

    def add(self, cluster: int, product: str) -> int:
        """Give a new series of a cluster the next number."""
        self.cluster_of.append(cluster)
        self.new_products.append(product)
        return len(self.cluster_of) - 1


class Book:
    """The numbers of one account; those from `first_series` and `first_place` on are not in the database yet."""

    def __init__(self, first_place: int, first_series: int) -> None:
        self.first_place, self.first_series = first_place, first_series
        self._place_numbers = count(first_place)
        self._series = SeriesNumbers(first_series)
        self._workspaces: dict[PlaceKey, int] = {}
        self._clusters: dict[PlaceKey, ClusterSeries] = {}

    def add_place(self, number: int, key: PlaceKey) -> ClusterSeries:
        """Enter a place that the database has; where it is a cluster, `add_series` then enters its series."""
        series = ClusterSeries(number, self._series)
        if key.cluster:
            self._clusters[key] = series
        else:
            self._workspaces[key] = number
        return series

    def add_series(self, number: int, cluster: ClusterSeries, product: str) -> None:
        """Enter a series that the database has."""
        cluster[product] = number
        self._series.cluster_of[number] = cluster.place

    def cluster(self, key: PlaceKey) -> ClusterSeries:
        """The series of a cluster, which is entered where it is new."""
        series = self._clusters.get(key)
        if series is None:
            series = self._clusters[key] = ClusterSeries(next(self._place_numbers), self._series)
        return series

    def workspace(self, tenant: str, workspace: str) -> int:
        """The number of a workspace, which is entered where it is new."""
        key = PlaceKey(tenant, workspace, "")
        number = self._workspaces.get(key)
        if number is None:
            number = self._workspaces[key] = next(self._place_numbers)
        return number

    def new_places(self) -> Iterator[tuple[int, PlaceKey]]:
        """(number, key) of the places that the database does not have."""
        for key, number in self._workspaces.items():
            if number >= self.first_place:
                yield number, key
        for key, series in self._clusters.items():
            if series.place >= self.first_place:
                yield series.place, key

    def product_of_new(self, series: int) -> str:
        """The product of a series that the database does not have."""
        return self._series.new_products[series - self.first_series]

    def clusters_of(self, series: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of the cluster of each series."""
        return np.frombuffer(self._series.cluster_of, np.int64)[series]
