"""An answer on its way into the history: its rows by the numbers of their series, and the names it gives."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sentinel.domain.costs import Answer
from sentinel.store.history.book import Book, PlaceKey
from sentinel.store.history.rows import DailyRows, add_up, key_of


class Sighting(NamedTuple):
    """What an answer calls a cluster and its workspace, which have these numbers in the book."""

    workspace: int
    workspace_name: str
    cluster: int
    cluster_name: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Incoming:
    """All daily rows of an answer, added up, and the sighting of each cluster by its number."""

    rows: DailyRows
    sightings: dict[int, Sighting]

    @property
    def newest_day(self) -> int | None:
        """The latest day with a cluster charge, None where there is no row."""
        return int(self.rows.day[-1]) if len(self.rows) else None


def read_answer(answer: Answer, book: Book) -> Incoming:
    """Read an answer; of its rows only numbers are kept. Raises what `answer.daily_charges()` raises."""
    charges = answer.daily_charges()
    series, lengths = array("q"), array("q")
    sightings: dict[int, Sighting] = {}
    for cluster in charges.clusters:
        numbers = book.cluster(PlaceKey(cluster.tenant, cluster.workspace, cluster.cluster))
        sightings[numbers.place] = Sighting(
            book.workspace(cluster.tenant, cluster.workspace),
            cluster.workspace_name,
            numbers.place,
            cluster.cluster_name,
            cluster.regions,
        )
        series.extend(map(numbers.__getitem__, cluster.products))
        lengths.extend(cluster.lengths)
    key = key_of(charges.day, np.repeat(np.frombuffer(series, np.int64), np.frombuffer(lengths, np.int64)))
    return Incoming(add_up(key, charges.cost, charges.quantity), sightings)
