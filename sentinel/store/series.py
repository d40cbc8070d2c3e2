"""The series of an account in the database."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from sentinel.store import tables
from sentinel.store.bulk import insert_rows
from sentinel.store.incoming import NewSeries, SeriesBook


def open_book(conn: Connection, account: str) -> SeriesBook:
    """The numbers of an account's series; call it where no other can write."""
    newest = conn.execute(select(func.max(tables.series.c.id))).scalar()
    book = SeriesBook((newest or 0) + 1)
    c = tables.series.c
    query = select(c.id, c.tenant, c.workspace, c.cluster, c.product).where(c.account == account)
    for number, tenant, workspace, cluster, product in conn.execute(query):
        book.add(number, tenant, workspace, cluster, product)
    return book


def insert_series(conn: Connection, account: str, new: Iterable[NewSeries]) -> None:
    """Enter new series under the numbers they were given."""
    insert_rows(
        conn,
        "series",
        ("id", "account", "tenant", "workspace", "cluster", "product"),
        (
            (one.number, account, one.cluster.tenant, one.cluster.workspace, one.cluster.cluster, one.product)
            for one in new
        ),
    )
