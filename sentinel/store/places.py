"""Places and series in the database."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, func, select

from sentinel.store import tables
from sentinel.store.book import Book, ClusterSeries, PlaceKey
from sentinel.store.bulk import insert_rows


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
        places[of_place][products.setdefault(product, product)] = number
    return book


def insert_new(conn: Connection, account: str, book: Book, places: Collection[int], series: Collection[int]) -> None:
    """Enter those of a book's new places and series that are wanted."""
    new_places = [(number, key) for number, key in book.new_places() if number in places]
    if new_places:
        numbers, keys = zip(*new_places, strict=True)
        tenants, workspaces, clusters = zip(*keys, strict=True)
        columns = {"id": numbers, "account": [account] * len(numbers)}
        insert_rows(conn, "place", columns | {"tenant": tenants, "workspace": workspaces, "cluster": clusters})
    # Lists that grow, not a tuple for each: there may be 50,000 new ones.
    ids: list[int] = []
    place_ids: list[int] = []
    products: list[str] = []
    for of_cluster in book.series_of_clusters():
        for product, number in of_cluster.items():
            if number >= book.first_series and number in series:
                ids.append(number)
                place_ids.append(of_cluster.place)
                products.append(product)
    if ids:
        insert_rows(conn, "series", {"id": ids, "place_id": place_ids, "product": products})
