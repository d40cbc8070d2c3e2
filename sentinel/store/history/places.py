"""Places and series in the database."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from sentinel.store import tables
from sentinel.store.database.bulk import insert_rows
from sentinel.store.history.book import Book, ClusterSeries, PlaceKey


def open_book(conn: Connection, account: str) -> Book:
    """The numbers of an account's places and series; call it where no other can write."""
    place, series = tables.place.c, tables.series.c
    newest_place = conn.execute(select(func.max(place.id))).scalar() or 0
    newest_series = conn.execute(select(func.max(series.id))).scalar() or 0
    book = Book(newest_place + 1, newest_series + 1)
    places: dict[int, ClusterSeries] = {}
    of_account = select(place.id, place.tenant, place.workspace, place.cluster).where(place.account == account)
    for number, tenant, workspace, cluster in conn.execute(of_account).all():
        places[number] = book.add_place(number, PlaceKey(tenant, workspace, cluster))
    # One text for all the series of a product: there are as many series as clusters times products.
    products: dict[str, str] = {}
    of_places = select(series.id, series.place_id, series.product).join(tables.place, place.id == series.place_id)
    for number, of_place, product in conn.execute(of_places.where(place.account == account)).all():
        book.add_series(number, places[of_place], products.setdefault(product, product))
    return book


def insert_new(conn: Connection, account: str, book: Book, places: Collection[int], series: NDArray[np.int64]) -> None:
    """Enter those of a book's new places and series that are wanted."""
    new_places = [(number, key) for number, key in book.new_places() if number in places]
    if new_places:
        numbers, keys = zip(*new_places, strict=True)
        tenants, workspaces, clusters = zip(*keys, strict=True)
        columns = {"id": numbers, "account": [account] * len(numbers)}
        insert_rows(conn, "place", columns | {"tenant": tenants, "workspace": workspaces, "cluster": clusters})
    new_series = series[series >= book.first_series]
    if len(new_series):
        ids = new_series.tolist()
        products = [book.product_of_new(number) for number in ids]
        of_places = book.clusters_of(new_series).tolist()
        insert_rows(conn, "series", {"id": ids, "place_id": of_places, "product": products})
