"""How late an account's figures usually settle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from sentinel.store import tables
from sentinel.store.pulls.covering import CoveringPulls, end_of, load_covering

_OBSERVED = 60
"""So many days of growth are kept."""

_WATCHED_FOR = np.timedelta64(7, "D")
"""A day tells something only if it was pulled again so long after its end: what changes later is a restatement."""

_SEEN_EARLY = np.timedelta64(12, "h")
"""And only if it was pulled so soon after its end: else nobody saw it grow."""

_FEWEST_DAYS = 14
_STEP = timedelta(hours=6)
_LEAST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class SettlementLag:
    """How long after its end a day's figures last changed, as seen by the pulls: an upper bound of the truth.

    `days` is how many days tell it. `recommended` is a `settle_after` that 95 of 100 days have settled by.
    """

    days: int
    median: timedelta
    p95: timedelta
    recommended: timedelta


def settlement_lag(conn: Connection, account: str, moment: datetime) -> SettlementLag | None:
    """The settlement of the last 60 days before a moment; None while fewer than 14 days tell it."""
    stop = moment.toordinal()
    covering = load_covering(conn, account, stop - _OBSERVED, stop)
    lags = _lags(covering, _changes(conn, stop - _OBSERVED, stop, covering))
    if len(lags) < _FEWEST_DAYS:
        return None
    median, p95 = (timedelta(seconds=float(value)) for value in np.quantile(lags, (0.5, 0.95)))
    return SettlementLag(len(lags), median, p95, recommended=max(_LEAST, _STEP * -(-p95 // _STEP)))


def _changes(conn: Connection, first: int, stop: int, covering: CoveringPulls) -> dict[int, set[int]]:
    """The pulls that changed something on each day."""
    c = tables.revision.c
    query = select(c.day, c.pull_id).distinct().where(c.day >= first, c.day < stop)
    of_account = set(covering.pull.tolist())
    changes: dict[int, set[int]] = {}
    for day, pull in conn.execute(query):
        if pull in of_account:
            changes.setdefault(day, set()).add(pull)
    return changes


def _lags(covering: CoveringPulls, changes: dict[int, set[int]]) -> NDArray[np.float64]:
    """Seconds from the end of each telling day to its last change."""
    lags = []
    for day in np.unique(covering.day).tolist():
        on_day = covering.day == day
        pulls, after = covering.pull[on_day], covering.pulled_at[on_day] - end_of(np.array([day]))
        closed = after >= np.timedelta64(0)
        if closed.any() and after[closed][0] <= _SEEN_EARLY and after[-1] >= _WATCHED_FOR:
            within = after < _WATCHED_FOR
            changing = np.isin(pulls, list(changes.get(day, ()))) & closed & within
            last = after[changing][-1] if changing.any() else after[closed][0]
            lags.append(last / np.timedelta64(1, "s"))
    return np.array(lags)
