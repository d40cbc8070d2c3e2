"""What was learned of an account's `date_end`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from sentinel.domain.costs import Window
from sentinel.domain.coverage import date_end_for, learn_end_inclusive
from sentinel.store import tables


def end_inclusive(conn: Connection, account: str) -> bool | None:
    """Whether an account's answers include `date_end`; None where nothing was learned yet."""
    query = select(tables.account.c.end_inclusive).where(tables.account.c.name == account)
    known: bool | None = conn.execute(query).scalar()
    return known


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
        conn.execute(delete(tables.account).where(tables.account.c.name == account))
        conn.execute(insert(tables.account).values(name=account, end_inclusive=learned))


def _has_charge(conn: Connection, account: str, day: date) -> bool:
    c = tables.daily_vector.c
    query = select(c.day).where(c.account == account, c.day == day.toordinal())
    return conn.execute(query).first() is not None
