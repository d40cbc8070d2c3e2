"""What the pulls brought, for people: the newest attempts, and each fault once."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from sentinel.domain.costs import Window
from sentinel.store import tables
from sentinel.store.outcome import Outcome
from sentinel.store.pulls import RowCounts

_NUMBER = re.compile(r"(?<!answered )\b\d[\d.,:-]*")


@dataclass(frozen=True, slots=True)
class PastPull:
    """One pull: `asked` is None for an import, `answered` for a failure. `error` says why it stored nothing."""

    number: int
    account: str
    pulled_at: datetime
    asked: Window | None
    answered: Window | None
    outcome: Outcome
    error_kind: str | None
    error: str
    rows: RowCounts


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that went wrong with an account's pulls, `times` times.

    `kind` is the name of the error, `message` the newest, `first` and `last` the moments of the first and the last
    time, `asked` the window of the last. `ongoing`: for some of the days that were asked nothing was stored since.
    """

    account: str
    kind: str
    message: str
    first: datetime
    last: datetime
    times: int
    asked: Window | None
    ongoing: bool


@dataclass(frozen=True, slots=True)
class KeptBody:
    """The beginning of an answer that was not stored as costs; `size` is that of the whole answer in bytes."""

    pull: PastPull
    size: int
    body: bytes


def recent_pulls(conn: Connection, account: str, at_most: int = 20) -> tuple[PastPull, ...]:
    """The newest pulls of an account, the newest first."""
    c = tables.pull.c
    query = select(tables.pull).where(c.account == account).order_by(c.pulled_at.desc(), c.id.desc()).limit(at_most)
    return _read(conn, query)


def faults(conn: Connection, account: str, since: datetime) -> tuple[Fault, ...]:
    """What went wrong since a moment, each fault once, the newest first.

    Two failures are the same fault where they are told in the same words, whatever the numbers in these.
    """
    c = tables.pull.c
    query = select(tables.pull).where(c.account == account, c.pulled_at >= since).order_by(c.pulled_at, c.id)
    pulls = _read(conn, query)
    answered: dict[date, int] = {}
    grouped: dict[tuple[str, str], list[PastPull]] = {}
    for place, pull in enumerate(pulls):
        if pull.outcome is Outcome.STORED:
            answered |= dict.fromkeys(_days(pull), place)
        else:
            grouped.setdefault((pull.error_kind or "", _words(pull.error)), []).append(pull)
    places = {pull.number: place for place, pull in enumerate(pulls)}
    found = [
        Fault(
            account=account,
            kind=kind,
            message=same[-1].error,
            first=same[0].pulled_at,
            last=same[-1].pulled_at,
            times=len(same),
            asked=same[-1].asked,
            ongoing=any(answered.get(day, -1) < places[pull.number] for pull in same for day in _days(pull)),
        )
        for (kind, _), same in grouped.items()
    ]
    return tuple(sorted(found, key=lambda fault: fault.last, reverse=True))


def kept_bodies(conn: Connection, account: str) -> tuple[KeptBody, ...]:
    """The answers kept to be looked at, the newest first."""
    body, pull = tables.pull_body.c, tables.pull.c
    kept = conn.execute(
        select(body.pull_id, body.size, body.body)
        .join(tables.pull, pull.id == body.pull_id)
        .where(pull.account == account)
        .order_by(body.pull_id.desc())
    ).all()
    numbers = [number for number, _, _ in kept]
    pulls = {one.number: one for one in _read(conn, select(tables.pull).where(pull.id.in_(numbers)))}
    return tuple(KeptBody(pulls[number], size, zlib.decompress(packed)) for number, size, packed in kept)


def _words(message: str) -> str:
    """A message without its numbers and without what the API said; the status of an answer is no such number."""
    return _NUMBER.sub("0", message.partition("; it says: ")[0])


def _days(pull: PastPull) -> Iterable[date]:
    """The days that a pull was about."""
    window = pull.asked or pull.answered
    return window.each_day() if window else ()


def _read(conn: Connection, query: Select[Any]) -> tuple[PastPull, ...]:
    return tuple(
        PastPull(
            number=row.id,
            account=row.account,
            pulled_at=row.pulled_at,
            asked=_window(row.asked_first, row.asked_stop),
            answered=_window(row.answered_first, row.answered_stop),
            outcome=Outcome(row.outcome),
            error_kind=row.error_kind,
            error=row.error or "",
            rows=RowCounts(
                row.rows_new, row.rows_changed, row.rows_unchanged, row.rows_vanished, row.rows_grown, row.rows_restated
            ),
        )
        for row in conn.execute(query)
    )


def _window(first: date | None, stop: date | None) -> Window | None:
    return None if first is None or stop is None else Window(first, stop)
