"""Many rows at once, at the speed of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np
from sqlalchemy import Connection

from sentinel.store.database.binary_copy import Numbers, binary_copy

if TYPE_CHECKING:
    import psycopg

_ROWS_A_STATEMENT = 1_000
"""Many rows in one VALUES are inserted more than twice as fast as one row, many times."""

Columns = Mapping[str, Sequence[object]]
"""The values of each column, all of the same length, in the driver's own types."""

_NONE: Mapping[str, int] = {}


def insert_rows(conn: Connection, table: str, columns: Columns) -> None:
    """Insert rows that are not there yet."""
    if conn.dialect.name == "sqlite":
        _insert_values(conn, table, columns)
        return
    with _driver(conn).cursor() as cursor, cursor.copy(_copy_into(table, columns)) as copy:
        for row in zip(*columns.values(), strict=True):
            copy.write_row(row)


def insert_numbers(conn: Connection, table: str, columns: Numbers, same: Mapping[str, int]) -> None:
    """Insert rows of numbers that are not there yet; `same` are the columns (int32) with one value for all of them."""
    if conn.dialect.name == "sqlite":
        _insert_values(conn, table, _as_values(columns), same)
    else:
        length = len(next(iter(columns.values())))
        _copy_numbers(
            conn, table, {name: np.full(length, value, np.int32) for name, value in same.items()} | dict(columns)
        )


def put_numbers(conn: Connection, table: str, key: Sequence[str], columns: Numbers) -> None:
    """Insert rows of numbers, or overwrite those with the same values in the columns of `key`."""
    update = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    on_conflict = f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {update}"
    if conn.dialect.name == "sqlite":
        _insert_values(conn, table, _as_values(columns), ending=on_conflict)
        return
    names = ", ".join(columns)
    conn.exec_driver_sql(f"CREATE TEMPORARY TABLE incoming (LIKE {table}) ON COMMIT DROP")
    _copy_numbers(conn, "incoming", columns)
    conn.exec_driver_sql(
        f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming{on_conflict}"  # noqa: S608 -- names of our own
    )
    conn.exec_driver_sql("DROP TABLE incoming")


def _as_values(columns: Numbers) -> Columns:
    return {name: values.tolist() for name, values in columns.items()}


def _insert_values(
    conn: Connection, table: str, columns: Columns, same: Mapping[str, int] = _NONE, ending: str = ""
) -> None:
    """Insert with many rows in a statement; what is the same in all of them is handed over once a statement."""
    width, length = len(columns), len(next(iter(columns.values())))
    values: list[object] = [None] * (width * length)
    for place, column in enumerate(columns.values()):
        values[place::width] = column
    insert = f"INSERT INTO {table} ({', '.join((*same, *columns))}) VALUES "  # noqa: S608 -- names of our own
    row = f"({', '.join([f'?{number}' for number, _ in enumerate(same, 1)] + ['?'] * width)})"
    shared = tuple(same.values())
    step = width * _ROWS_A_STATEMENT
    whole = len(values) // step * step
    if whole:
        statements = [(*shared, *values[start : start + step]) for start in range(0, whole, step)]
        conn.exec_driver_sql(insert + ", ".join([row] * _ROWS_A_STATEMENT) + ending, statements)
    if rest := values[whole:]:
        conn.exec_driver_sql(insert + ", ".join([row] * (len(rest) // width)) + ending, (*shared, *rest))


def _copy_numbers(conn: Connection, table: str, columns: Numbers) -> None:
    with _driver(conn).cursor() as cursor, cursor.copy(_copy_into(table, columns) + b" (FORMAT BINARY)") as copy:
        copy.write(binary_copy(columns))


def _copy_into(table: str, names: Iterable[str]) -> bytes:
    return f"COPY {table} ({', '.join(names)}) FROM STDIN".encode()


def _driver(conn: Connection) -> psycopg.Connection:
    return cast("psycopg.Connection", conn.connection.driver_connection)
