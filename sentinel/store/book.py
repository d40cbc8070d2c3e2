"""The numbers of an account's places and series while an answer is read. No database here."""

from __future__ import annotations

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

    def __init__(self, place: int, numbers: Iterator[int]) -> None:
        super().__init__()
        self.place = place
        self._numbers = numbers

    def __missing__(self, product: str) -> int:
        number = self[product] = next(self._numbers)
        return number


class Book:
    """The numbers of one account; those from `first_series` and `first_place` on are not in the database yet."""

    def __init__(self, first_place: int, first_series: int) -> None:
        self.first_place, self.first_series = first_place, first_series
        self._place_numbers, self._series_numbers = count(first_place), count(first_series)
        self._workspaces: dict[PlaceKey, int] = {}
        self._clusters: dict[PlaceKey, ClusterSeries] = {}

    def add_place(self, number: int, key: PlaceKey) -> ClusterSeries:
        """Enter a place that the database has; where it is a cluster, its series are then entered in the result."""
        series = ClusterSeries(number, self._series_numbers)
        if key.cluster:
            self._clusters[key] = series
        else:
            self._workspaces[key] = number
        return series

    def cluster(self, key: PlaceKey) -> ClusterSeries:
        """The series of a cluster, which is entered where it is new."""
        series = self._clusters.get(key)
        if series is None:
            series = self._clusters[key] = ClusterSeries(next(self._place_numbers), self._series_numbers)
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

    def series_of_clusters(self) -> Iterator[ClusterSeries]:
        """The series of each cluster."""
        return iter(self._clusters.values())

    def clusters_of(self, series: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of the cluster of each series."""
        if not len(series):
            return series
        place_of = np.zeros(int(series.max()) + 1, np.int64)
        for numbers in self._clusters.values():
            for number in numbers.values():
                if number < len(place_of):
                    place_of[number] = numbers.place
        return place_of[series]
