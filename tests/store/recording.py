"""Putting answers into a database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sentinel.domain.costs import AccountCharge, Answer, Window
from sentinel.store import Database, PullReport, record_answer
from tests.store.answers import SETTLE_AFTER, Called, Row, answer


def pull(
    database: Database,
    pulled_at: datetime,
    days: Window,
    rows: Iterable[Row],
    called: Called | None = None,
    account_charges: Iterable[AccountCharge] = (),
) -> PullReport:
    """Record an answer of these rows that was asked for these days."""
    return record(database, pulled_at, days, answer(days, rows, called, account_charges))


def record(
    database: Database, pulled_at: datetime, asked: Window | None, given: Answer, account: str = "main"
) -> PullReport:
    """Record an answer in a transaction of its own."""
    with database.write() as conn:
        return record_answer(conn, account, pulled_at, asked, given, SETTLE_AFTER)
