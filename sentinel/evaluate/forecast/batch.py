"""Some scopes at once: each series is forecast, then the series of a scope are added up."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.forecast.ended import read_ended
from sentinel.evaluate.forecast.history import Columns, Floats, read_history
from sentinel.evaluate.forecast.plan import Asked, DailyCosts, Plan
from sentinel.evaluate.forecast.reading import read
from sentinel.evaluate.forecast.remainder import remainder
from sentinel.evaluate.forecast.spread import Misses, prior_miss, read_misses

BLOCK_SERIES = 256
"""Series read at once: bounds the memory and keeps the work near the processor's cache."""

BEGINNING_SHARE = 0.5
"""A series that began after a past forecast made it miss; whether more will begin is not known: it counts half."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """What the scopes of a batch add up to; the arrays are [scopes, asked] where nothing else is said.

    expected: the period's total. gaps: the part of it that is filled in for ended days, beyond what is known of them.
    history_cost, begun: [days, scopes], the cost, and how many series have begun.
    errors: for each asked forecast [days, scopes], the past errors of such forecasts, NaN where not known yet.
    """

    expected: Floats
    spent: Floats
    fees: Floats
    shape: Floats
    gaps: Floats
    settled_days: Columns
    missing_days: Columns
    history_cost: Floats
    begun: Floats
    errors: tuple[Floats, ...]

    def misses(self, place: int, asked: Asked) -> Misses:
        """The past misses of one asked forecast, and the typical miss of the one made now."""
        rows = slice(0, asked.origin + 1)
        known = read_misses(self.errors[place], self.history_cost[rows], self.begun[rows] > 0, asked.stretch)
        of_gaps = self.gaps[:, place] * prior_miss(1)
        return Misses(np.hypot(known.typical, of_gaps), known.past, known.weights)


def read_batch(costs: DailyCosts, scopes: Sequence[Columns], plan: Plan) -> Sums:
    """Forecast all series of these scopes, block by block, and add them up."""
    sums = _empty(len(scopes), plan)
    rows = np.concatenate([np.zeros(0, np.int64), *scopes])
    owners = np.repeat(np.arange(len(scopes)), [len(scope) for scope in scopes])
    for top in range(0, len(rows), BLOCK_SERIES):
        block, owner = rows[top : top + BLOCK_SERIES], owners[top : top + BLOCK_SERIES]
        window = costs.window(block, plan)
        reading = read(read_history(window.first_day, window.cost, window.settled))
        begun = np.logical_or.accumulate(reading.history.known, axis=0)
        _add(sums.history_cost, reading.filled, owner)
        _add(sums.begun, begun, owner)
        for place, asked in enumerate(plan.asked):
            ahead = remainder(reading, asked.origin, asked.stretch)
            counted = np.where(begun[: asked.origin + 1], 1.0, BEGINNING_SHARE)
            _add(sums.errors[place], counted * ahead.error, owner)
            ended = read_ended(window, reading, asked, ahead, plan.days_before)
            for total, part in (
                (sums.expected, ended.cost + ahead.cost),
                (sums.spent, ended.spent),
                (sums.gaps, ended.gaps),
                (sums.fees, ahead.fees),
                (sums.shape, ahead.shape),
            ):
                np.add.at(total[:, place], owner, part)
            np.maximum.at(sums.missing_days[:, place], owner, ended.missing_days)
            np.maximum.at(sums.settled_days[:, place], owner, reading.history.known[: asked.origin + 1].sum(axis=0))
    return sums


def _add(total: Floats, values: NDArray[Any], owner: Columns) -> None:
    """Add [days, series] to the [days, scopes] of their owners, which stand in ascending order."""
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    total[:, owner[starts]] += np.add.reduceat(values, starts, axis=1, dtype=np.float64)


def _empty(scopes: int, plan: Plan) -> Sums:
    now, past = (scopes, len(plan.asked)), (plan.stop, scopes)
    return Sums(
        expected=np.zeros(now),
        spent=np.zeros(now),
        fees=np.zeros(now),
        shape=np.zeros(now),
        gaps=np.zeros(now),
        settled_days=np.zeros(now, np.int64),
        missing_days=np.zeros(now, np.int64),
        history_cost=np.zeros(past),
        begun=np.zeros(past),
        errors=tuple(np.zeros((asked.origin + 1, scopes)) for asked in plan.asked),
    )
