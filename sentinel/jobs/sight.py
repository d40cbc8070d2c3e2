"""What was known at the moments of a backtest: read once, cut many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from sentinel.domain.accounts import AccountState
from sentinel.domain.costs import Window
from sentinel.domain.coverage import settles_at
from sentinel.domain.matrix import CostMatrix
from sentinel.evaluate import Survey, first_day_needed
from sentinel.jobs.accounts import account_states, stored_invoices
from sentinel.jobs.occasions import Occasion
from sentinel.rules.model import Rules
from sentinel.store import Database, load_history, stored_pulls


@dataclass(frozen=True, slots=True)
class View:
    """What is known on one occasion; `survey` is of this matrix or of one that it is a part of."""

    matrix: CostMatrix
    survey: Survey
    states: dict[str, AccountState]


class Sight:
    """The history of all occasions of a backtest."""

    def __init__(self, conn: Connection, database: Database, rules: Rules, occasions: Sequence[Occasion]) -> None:
        """Reads the history by `conn`; what was known of the accounts is read from `database` when it is asked for."""
        self._database = database
        self._rules = rules
        self._settle_after = rules.settings.settle_after
        names = tuple(account.name for account in rules.accounts)
        days = [occasion.moment.date() for occasion in occasions]
        window = Window(first_day_needed(rules, min(days)), max(days) + timedelta(days=1))
        repeats = any(occasion.assumed is None for occasion in occasions)
        self._history = load_history(conn, names, window, with_changes=repeats)
        self._whole = _as_settled(self._history.matrix(self._settle_after), self._settle_after)
        self._survey = Survey(self._whole, rules)
        self._ready = {
            name: AccountState(name, ready=True, invoices=stored_invoices(conn, rules, name, window.first))
            for name in names
        }
        self._pulled = sorted(moment for name in names for moment in stored_pulls(conn, name).values())
        self._seen: _Seen | None = None

    def at(self, occasion: Occasion) -> View:
        """What is known on an occasion."""
        return self._recorded(occasion.moment) if occasion.assumed is None else self._assumed(occasion)

    def _assumed(self, occasion: Occasion) -> View:
        """All up to the assumed day, settled: what was not yet pulled then is taken as it is known now."""
        first = max(0, self._whole.column(first_day_needed(self._rules, occasion.moment.date())))
        stop = self._whole.column(occasion.assumed or occasion.moment.date()) + 1
        return View(self._whole.part(first, stop), self._survey, self._ready)

    def _recorded(self, moment: datetime) -> View:
        today = moment.date()
        window = Window(first_day_needed(self._rules, today), today + timedelta(days=1))
        pulls = sum(pulled_at <= moment for pulled_at in self._pulled)
        if self._seen is None or (self._seen.window, self._seen.pulls) != (window, pulls):
            matrix = self._history.during(window).matrix(self._settle_after, as_of=moment)
            self._seen = _Seen(window, pulls, matrix, Survey(matrix, self._rules))
        with self._database.read() as conn:
            states = account_states(conn, self._rules, moment)
        return View(self._seen.matrix, self._seen.survey, states)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was known in a window after so many pulls; it stays so until the next one."""

    window: Window
    pulls: int
    matrix: CostMatrix
    survey: Survey


def _as_settled(matrix: CostMatrix, settle_after: timedelta) -> CostMatrix:
    """The matrix with each settled day settled as soon as it can be."""
    soonest = np.array(
        [settles_at(matrix.day(column), settle_after).replace(tzinfo=None) for column in range(matrix.days)],
        "datetime64[s]",
    )
    return replace(matrix, settled_at=np.where(matrix.settled, soonest, matrix.settled_at))
