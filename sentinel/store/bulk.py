"""Many rows at once, at the speed of the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection

if TYPE_CHECKING:
    import psycopg

_ROWS_A_STATEMENT = 100
"""Many rows in one VALUES are twice as fast as one row, many times; more than these gain nothing."""

_STATEMENTS_A_CALL = 100


def insert_rows(conn: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Insert rows that are not there yet; values in the driver's own types."""
    if conn.dialect.name == "sqlite":
        _insert_values(conn, f"INSERT INTO {table} ({', '.join(columns)}) VALUES ", len(columns), rows)
    else:
        _copy(conn, table, columns, rows)


def put_rows(
    conn: Connection, table: str, key: Sequence[str], values: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Insert rows, or overwrite those with the same key; a row is its key columns and then its value columns."""
    columns = [*key, *values]
    names = ", ".join(columns)
    update = ", ".join(f"{name} = excluded.{name}" for name in values)
    on_conflict = f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {update}"
    if conn.dialect.name == "sqlite":
        _insert_values(conn, f"INSERT INTO {table} ({names}) VALUES ", len(columns), rows, f" {on_conflict}")
        return
    conn.exec_driver_sql(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
    _copy(conn, "incoming", columns, rows)
    conn.exec_driver_sql(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming {on_conflict}")  # noqa: S608 -- our own names
    conn.exec_driver_sql("DROP TABLE incoming")


def _insert_values(
    conn: Connection, insert: str, width: int, rows: Iterable[tuple[object, ...]], ending: str = ""
) -> None:
    row = f"({', '.join('?' * width)})"
    whole = insert + ", ".join([row] * _ROWS_A_STATEMENT) + ending
    portions = _portions(rows, width)
    while statements := list(islice(portions, _STATEMENTS_A_CALL)):
        rest = statements.pop() if len(statements[-1]) < width * _ROWS_A_STATEMENT else ()
        if statements:
            conn.exec_driver_sql(whole, statements)
        if rest:
            conn.exec_driver_sql(insert + ", ".join([row] * (len(rest) // width)) + ending, rest)


def _portions(rows: Iterable[tuple[object, ...]], width: int) -> Iterator[tuple[object, ...]]:
    flat = chain.from_iterable(rows)
    while portion := tuple(islice(flat, width * _ROWS_A_STATEMENT)):
        yield portion


def _copy(conn: Connection, table: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    driver = cast("psycopg.Connection", conn.connection.driver_connection)
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with driver.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for row in rows:
            copy.write_row(row)
