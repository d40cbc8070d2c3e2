"""Entering pulls: the stored, the kept aside and the failed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from sentinel.domain.costs import Window
from sentinel.errors import PullError
from sentinel.store import tables
from sentinel.store.pulls.outcome import Outcome

KEPT_BODIES = 5
"""So many of an account's newest answers without use are kept, to be looked at."""

KEPT_BYTES = 4 * 1024**2
"""So much of the beginning of each."""


@dataclass(frozen=True, slots=True)
class RowCounts:
    """What a pull did to the daily rows.

    Of the new, changed and vanished ones, `grown` counts those of days covered before but not settled, `restated` those
    of settled days.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    vanished: int = 0
    grown: int = 0
    restated: int = 0


NOTHING = RowCounts()


def insert_pull(
    conn: Connection,
    account: str,
    pulled_at: datetime,
    asked: Window | None,
    answered: Window | None,
    outcome: Outcome,
    error: str | None = None,
    error_kind: str | None = None,
    counts: RowCounts = NOTHING,
) -> int:
    """Enter a pull; its number."""
    values = {
        "account": account,
        "pulled_at": pulled_at,
        "asked_first": asked.first if asked else None,
        "asked_stop": asked.stop if asked else None,
        "answered_first": answered.first if answered else None,
        "answered_stop": answered.stop if answered else None,
        "outcome": outcome.value,
        "error_kind": error_kind,
        "error": error,
        "rows_new": counts.new,
        "rows_changed": counts.changed,
        "rows_unchanged": counts.unchanged,
        "rows_vanished": counts.vanished,
        "rows_grown": counts.grown,
        "rows_restated": counts.restated,
    }
    number: int = conn.execute(insert(tables.pull).returning(tables.pull.c.id), values).scalar_one()
    return number


def insert_pull_days(conn: Connection, account: str, pull: int, days: Iterable[int]) -> None:
    """Remember which days a stored pull covered."""
    rows = [{"account": account, "day": day, "pull_id": pull} for day in sorted(days)]
    if rows:
        conn.execute(insert(tables.pull_day), rows)


def keep_body(conn: Connection, account: str, pull: int, body: bytes | bytearray) -> None:
    """Keep the beginning of an answer that was not stored as costs, and only the newest few of these."""
    if body:
        start = zlib.compress(memoryview(body)[:KEPT_BYTES])
        conn.execute(insert(tables.pull_body).values(pull_id=pull, size=len(body), body=start))
    of_account = (
        select(tables.pull_body.c.pull_id)
        .join(tables.pull, tables.pull.c.id == tables.pull_body.c.pull_id)
        .where(tables.pull.c.account == account)
        .order_by(tables.pull_body.c.pull_id.desc())
    )
    for old in conn.execute(of_account).scalars().all()[KEPT_BODIES:]:
        conn.execute(delete(tables.pull_body).where(tables.pull_body.c.pull_id == old))


def record_failed_pull(
    conn: Connection,
    account: str,
    pulled_at: datetime,
    asked: Window | None,
    error: PullError,
    body: bytes | bytearray = b"",
) -> int:
    """Remember a pull without a usable answer, and what was received instead; the number of the pull."""
    pull = insert_pull(conn, account, pulled_at, asked, None, Outcome.FAILED, str(error), type(error).__name__)
    keep_body(conn, account, pull, body)
    return pull


def record_retried_pull(
    conn: Connection, account: str, pulled_at: datetime, asked: Window | None, error: PullError
) -> None:
    """Remember what went wrong with a question that was asked again at once: it tells nothing of the account's days."""
    insert_pull(conn, account, pulled_at, asked, None, Outcome.RETRIED, str(error), type(error).__name__)
