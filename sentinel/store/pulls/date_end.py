"""What an answer teaches about its account's `date_end`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from sentinel.domain.costs import Window
from sentinel.domain.coverage import date_end_for, learn_end_inclusive
from sentinel.store import tables
from sentinel.store.pulls.account_facts import end_inclusive, remember_end_inclusive


def learn(
    conn: Connection,
    account: str,
    asked: Window,
    answered: Window,
    newest_row: date | None,
    pulled_at: datetime,
    settle_after: timedelta,
) -> None:
    """Remember what an answer teaches about `date_end`."""
    known = end_inclusive(conn, account)
    date_end = date_end_for(asked, known)
    learned = learn_end_inclusive(
        date_end,
        answered,
        newest_row,
        pulled_at,
        settle_after,
        charged_on_date_end=_has_charge(conn, account, date_end),
    )
    if learned is not None and learned != known:
        remember_end_inclusive(conn, account, learned)


def _has_charge(conn: Connection, account: str, day: date) -> bool:
    c = tables.daily_vector.c
    query = select(c.day).where(c.account == account, c.day == day.toordinal())
    return conn.execute(query).first() is not None
