"""What was learned of an account's billing API: a row of facts for each account."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from sentinel.store import tables


def end_inclusive(conn: Connection, account: str) -> bool | None:
    """Whether an account's answers include `date_end`; None where nothing was learned yet."""
    c = tables.account.c
    known: bool | None = conn.execute(select(c.end_inclusive).where(c.name == account)).scalar()
    return known


def remember_end_inclusive(conn: Connection, account: str, inclusive: bool) -> None:
    """Remember whether an account's answers include `date_end`."""
    _remember(conn, account, "end_inclusive", inclusive)


def method_that_worked(conn: Connection, account: str) -> str | None:
    """The HTTP method that the billing API took last; None where none was learned yet."""
    c = tables.account.c
    known: str | None = conn.execute(select(c.method).where(c.name == account)).scalar()
    return known


def remember_method(conn: Connection, account: str, method: str) -> None:
    """Remember the HTTP method that the billing API takes."""
    _remember(conn, account, "method", method)


def _remember(conn: Connection, account: str, column: str, value: bool | str) -> None:
    of_account = tables.account.c.name == account
    if conn.execute(update(tables.account).where(of_account).values({column: value})).rowcount == 0:
        conn.execute(insert(tables.account).values({"name": account, column: value}))
