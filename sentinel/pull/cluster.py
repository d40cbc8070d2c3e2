"""The rows of one cluster: the part that runs once for each row of an answer."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from sentinel.domain.costs import Window
from sentinel.errors import BadAnswer
from sentinel.pull.days import Ordinals, read_row_day
from sentinel.pull.fault import UNREADABLE, find_fault
from sentinel.pull.totals import HALF, ROUNDING, SCALE, read_units
from sentinel.pull.wire import Cluster, ClusterDigits

Rows = list[tuple[str, int, int, float]]
"""As `ClusterCharges.charges`: (product, day ordinal, cost in 1e-8 units, quantity)."""

_clusters = msgspec.json.Decoder(Cluster)
_digits = msgspec.json.Decoder(ClusterDigits)


def read_cluster(text: Raw, path: str) -> Cluster:
    """Decode one cluster. Raises BadAnswer; `path` is where the cluster stands in its answer."""
    try:
        return _clusters.decode(text)
    except UNREADABLE as error:
        raise find_fault(text, Cluster, path) or BadAnswer(path, str(error)) from error


class RowReader:
    """Makes rows of the clusters of one answer; the days and products they share are read once."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._starts = Ordinals(window)
        self._ends = Ordinals(window, shift=-1)
        self._products: dict[str, str] = {}

    def rows(self, cluster: Cluster, text: Raw, path: str) -> Rows:
        """The rows of a cluster, in the order of the answer. Raises BadAnswer.

        The plain case is told from the rest by two comparisons a row; a cluster with any other row is read
        once more, with care.
        """
        starts, ends = self._starts, self._ends
        rows: Rows = []
        for charge in cluster.charges or ():
            product = self._products.setdefault(charge.product, charge.product)
            for row in charge.breakdowns or ():
                day = starts[row.date_from]
                scaled = row.total * SCALE
                units = round(scaled)
                if not (ends[row.date_to] == day != 0 and abs(scaled - units) + abs(scaled) * ROUNDING < HALF):
                    return self._rows_with_care(cluster, text, path)
                rows.append((product, day, units, row.quantity))
        return rows

    def _rows_with_care(self, cluster: Cluster, text: Raw, path: str) -> Rows:
        rows: Rows = []
        digits = _digits.decode(text)
        for c, (charge, totals) in enumerate(zip(cluster.charges or (), digits.charges or (), strict=True)):
            for r, (row, total) in enumerate(zip(charge.breakdowns or (), totals.breakdowns or (), strict=True)):
                place = f"{path}.charges[{c}].breakdowns[{r}]"
                day = read_row_day(row.date_from, row.date_to, self._window, place)
                cost = read_units(total.total, f"{place}.total")
                rows.append((charge.product, day.toordinal(), cost, row.quantity))
        return rows
