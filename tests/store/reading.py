"""The history in a form that tests can compare."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np

from sentinel.domain.costs import Window
from sentinel.domain.matrix import CostMatrix
from sentinel.store import Database, load_matrix
from tests.store.answers import SETTLE_AFTER, window

Cell = tuple[str, str, date]
"""(cluster, product, day)"""


def load(database: Database, days: Window | None = None, as_of: datetime | None = None) -> CostMatrix:
    """The matrix of the account `main`; without days that of a month."""
    with database.read() as conn:
        return load_matrix(conn, ("main",), days or window(0, 31), SETTLE_AFTER, as_of)


def cells(matrix: CostMatrix) -> dict[Cell, int]:
    """The cost of every cell that is not zero, in 1e-8 units."""
    units = np.rint(matrix.cost * 1e8).astype(np.int64)
    return {
        (matrix.series[row].cluster, matrix.series[row].product, matrix.day(column)): int(units[row, column])
        for row, column in np.argwhere(units).tolist()
    }


def costs_by_day(matrix: CostMatrix) -> dict[int, int]:
    """The sum of each covered day, in 1e-8 units, by the number of days since the first of the matrix."""
    units = np.rint(matrix.cost * 1e8).astype(np.int64).sum(axis=0)
    return {column: int(units[column]) for column in np.flatnonzero(matrix.covered.any(axis=0)).tolist()}


def settled_days(matrix: CostMatrix) -> list[int]:
    """The settled days, counted from the first of the matrix."""
    days: list[int] = np.flatnonzero(matrix.settled.all(axis=0)).tolist()
    return days
