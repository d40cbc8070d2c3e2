"""Account charges that bear only their billing month: what each pull said of a month, and what follows from all of it.

Such a charge is the total of the days that the pull asked for. So a pull of a part of a month tells less than one of
all of it, and looks the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from sentinel.domain.costs import Window
from sentinel.store import tables
from sentinel.store.pulls.outcome import Outcome


@dataclass(frozen=True, slots=True, order=True)
class PullMoment:
    """A pull's place in the order of pulls."""

    pulled_at: datetime
    number: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What a pull says of the undated charges of a month: `costs` are those of the days `window`, in 1e-8 units."""

    pull: PullMoment
    month: date
    window: Window
    costs: Mapping[str, int]


def charges_of_month(statements: Iterable[Statement]) -> dict[str, int]:
    """The undated charges of one month, by what was said of it so far, in the order of the pulls.

    The newest word on a day counts. Where neighbouring windows, from the month's first day on, tell at least as much of
    the month as was known, their sum is the truth; a part of a month alone, with the rest untold, changes nothing.
    """
    known: Mapping[str, int] = {}
    reach = date.min
    parts: list[Statement] = []
    for statement in statements:
        parts = [part for part in parts if not _overlap(part.window, statement.window)]
        parts.append(statement)
        chain = _chain(parts, statement.month)
        if chain and chain[-1].window.stop >= reach:
            reach = chain[-1].window.stop
            sums: Counter[str] = Counter()
            for part in chain:
                sums.update(part.costs)
            known = sums
    return dict(known)


def load_statements(conn: Connection, account: str, window: Window) -> tuple[Statement, ...]:
    """All that was said of the months that touch a window, in the order of the pulls; nothing where no pull has any."""
    c, pull = tables.account_charge.c, tables.pull.c
    first, *_, last = (window.first.replace(day=1), *months_of(window))
    query = select(c.pull_id, c.month, c.product, c.cost).where(
        c.account == account, c.day.is_(None), c.month >= first, c.month <= last
    )
    costs: dict[tuple[int, date], dict[str, int]] = {}
    for number, month, product, cost in conn.execute(query):
        costs.setdefault((number, month), {})[product] = cost
    if not costs:
        return ()
    asked_first = func.coalesce(pull.asked_first, pull.answered_first)
    asked_stop = func.coalesce(pull.asked_stop, pull.answered_stop)
    pulls = (
        select(pull.id, pull.pulled_at, asked_first, asked_stop, pull.answered_first, pull.answered_stop)
        .where(pull.account == account, pull.outcome == Outcome.STORED)
        .where(asked_first < _next(last), asked_stop >= first)
        .order_by(pull.pulled_at, pull.id)
    )
    statements = []
    for number, pulled_at, *windows in conn.execute(pulls):
        asked, answered = Window(*windows[:2]), Window(*windows[2:])
        for month in months_of(asked):
            said = costs.get((number, month))
            if first <= month <= last and (said is not None or tells_of(answered, month)):
                statements.append(Statement(PullMoment(pulled_at, number), month, within(asked, month), said or {}))
    return tuple(statements)


def tells_of(answered: Window, month: date) -> bool:
    """Whether an answer that has no undated charges of a month says so: it could not tell those of several months."""
    return tuple(months_of(answered)) == (month,)


def within(window: Window, month: date) -> Window:
    """The part of a window in a month; a window that a server gave as empty is the one day that it repeats."""
    first = max(window.first, month)
    return Window(first, max(min(window.stop, _next(month)), first + timedelta(days=1)))


def months_of(window: Window) -> Iterator[date]:
    """The first days of the months that a window touches."""
    month = window.first.replace(day=1)
    yield month
    while (month := _next(month)) < window.stop:
        yield month


def _chain(parts: Iterable[Statement], month: date) -> list[Statement]:
    """Those of the parts that follow one on the other from the month's first day on."""
    chain: list[Statement] = []
    due = month
    for part in sorted(parts, key=lambda one: one.window.first):
        if part.window.first != due:
            break
        chain.append(part)
        due = part.window.stop
    return chain


def _overlap(one: Window, other: Window) -> bool:
    return one.first < other.stop and other.first < one.stop


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
