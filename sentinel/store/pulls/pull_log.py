"""What the pulls brought, for people."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from sentinel.domain.costs import Window
from sentinel.store import tables
from sentinel.store.pulls.entries import RowCounts
from sentinel.store.pulls.outcome import Outcome

_NO_DAYS = Window(date.min, date.min)


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

    @property
    def about(self) -> Window:
        """The days that were asked for; those that were answered where nothing was asked, as in an import."""
        return self.asked or self.answered or _NO_DAYS


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


def pulls_since(conn: Connection, account: str, since: datetime) -> tuple[PastPull, ...]:
    """The pulls of an account from a moment on, the oldest first."""
    c = tables.pull.c
    return _read(
        conn, select(tables.pull).where(c.account == account, c.pulled_at >= since).order_by(c.pulled_at, c.id)
    )


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
