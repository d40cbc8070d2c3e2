"""Forecasts of the totals of periods, each worked out once for all the evaluations that share a matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.matrix import CostMatrix
from sentinel.domain.periods import Period
from sentinel.evaluate.forecast import MEMORY_DAYS, DailyCosts, Forecasts, forecast_totals

Columns = NDArray[np.int64]
Members = Sequence[Columns]
"""The series of each scope."""

FEW_SERIES = 512
"""Scopes of so few series are always forecast together, whichever are asked for: so their forecasts can be kept."""

KEPT = 32
"""So many are kept, the newest ones: the running periods of the rules of one file."""


@dataclass(frozen=True, slots=True)
class _Key:
    period: Period
    begin: int
    members: tuple[bytes, ...]


class Foretold:
    """What was foretold at the end of the columns of a matrix, and of parts of it.

    A forecast at a column rests on the columns up to it alone, so that what is worked out for one part serves another.
    """

    def __init__(self, whole: CostMatrix) -> None:
        self._whole = whole
        self._kept: dict[_Key, tuple[tuple[int, ...], Forecasts]] = {}

    def at(
        self, matrix: CostMatrix, period: Period, members: Members, places: Columns, columns: Sequence[int]
    ) -> Forecasts:
        """The forecasts of the scopes at these places of `members`, at the end of columns of `matrix`.

        `matrix` is a part of the whole. The intervals are learned from all the scopes that are forecast together.
        """
        offset = self._whole.column(matrix.first_day)
        wanted = tuple(dict.fromkeys(offset + column for column in columns))
        begin = max(offset, self._whole.column(period.first) - MEMORY_DAYS)
        if sum(map(len, members)) > FEW_SERIES:
            return self._work_out(period, [members[place] for place in places], begin, wanted)
        key = _Key(period, begin, tuple(scope.tobytes() for scope in members))
        known, kept = self._kept.pop(key, ((), None))
        missing = [column for column in wanted if column not in known]
        if missing or kept is None:
            missing += [column for column in self._ahead(period, offset + matrix.days) if column not in known]
            new = self._work_out(period, members, begin, missing)
            known, kept = (*known, *missing), new if kept is None else _joined(kept, new)
        self._kept[key] = known, kept
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return _chosen(kept, places, [known.index(column) for column in wanted])

    def _ahead(self, period: Period, stop: int) -> range:
        """The columns of a period after a part: the parts that follow ask for them, and all at once cost far less."""
        return range(stop, min(self._whole.column(period.last) + 1, self._whole.days))

    def _work_out(self, period: Period, members: Members, begin: int, columns: Sequence[int]) -> Forecasts:
        whole = self._whole
        stop = max(columns) + 1
        sizes = np.cumsum([len(scope) for scope in members])
        series = np.concatenate(list(members))
        owners = whole.account_of[series]
        costs = DailyCosts(
            first_day=whole.day(begin),
            cost=whole.cost[series, begin:stop],
            covered=whole.covered[owners, begin:stop],
            settled=whole.settled[owners, begin:stop],
        )
        rows = np.split(np.arange(len(series)), sizes[:-1])
        return forecast_totals(costs, rows, period, [column - begin for column in columns])


def _joined(first: Forecasts, second: Forecasts) -> Forecasts:
    both = ((getattr(first, field.name), getattr(second, field.name)) for field in fields(Forecasts))
    return Forecasts(*(np.concatenate(pair, axis=-1) for pair in both))


def _chosen(forecasts: Forecasts, scopes: Columns, columns: Sequence[int]) -> Forecasts:
    each = (getattr(forecasts, field.name)[..., columns] for field in fields(Forecasts))
    return Forecasts(*(values[scopes] if values.ndim > 1 else values for values in each))
