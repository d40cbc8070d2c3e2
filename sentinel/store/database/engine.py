"""The database and its two kinds of transactions."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import ConnectionPoolEntry

from sentinel.errors import StoreError
from sentinel.store.database.trouble import explain
from sentinel.store.database.url import parse_url

BUSY_SECONDS = 30
"""How long a writer waits for the one before it."""

_WRITERS = 7_365_646_531
"""The advisory lock that makes writers queue in PostgreSQL as they do in SQLite; the number is arbitrary."""

_WRITES = "sentinel_writes"
_BEGIN = {
    ("sqlite", False): "BEGIN",
    # A transaction that reads first and writes later would fail at once when another wrote in between.
    ("sqlite", True): "BEGIN IMMEDIATE",
    ("postgresql", False): "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    ("postgresql", True): f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'; SELECT pg_advisory_xact_lock({_WRITERS})",
}


class Database:
    """A database, safe to share between threads; a context manager that closes it."""

    def __init__(self, url: str) -> None:
        """Connects to nothing yet. Raises StoreError for a URL or a place that cannot work."""
        self._engine = _engine(parse_url(url))
        self._writing = self._engine.execution_options(**{_WRITES: True})

    @property
    def url(self) -> URL:
        """Where it is; `str()` of it hides the password."""
        return self._engine.url

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database, None for PostgreSQL."""
        return Path(str(self.url.database)) if self._engine.dialect.name == "sqlite" else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One snapshot, whatever is written meanwhile; nothing is kept of what it writes itself. Raises StoreError."""
        with self._explained(), self._engine.connect() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """All or nothing, one writer at a time: commits at the end, rolls back on any exception. Raises StoreError."""
        with self._explained(), self._writing.begin() as conn:
            yield conn

    @contextmanager
    def alter(self) -> Iterator[Connection]:
        """Like `write`, for migrations: SQLite alters a table by rebuilding it, which foreign keys would forbid."""
        with self._explained(), self._writing.connect() as conn:
            if self.file is not None:
                conn.connection.cursor().execute("PRAGMA foreign_keys = OFF")
            try:
                with conn.begin():
                    yield conn
            finally:
                conn.invalidate()  # the pool must not hand it out as it is now

    @contextmanager
    def sqlite(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own outside any transaction, for what SQLite allows only there. Raises StoreError."""
        with self._explained():
            fairy = self._engine.raw_connection()
            try:
                yield cast("sqlite3.Connection", fairy.driver_connection)
            finally:
                fairy.invalidate()  # what was set on it must not reach the next user of the pool

    def close(self) -> None:
        """Close every idle connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (DatabaseError, sqlite3.DatabaseError) as error:
            explained = explain(error, self.url)
            if explained is None:
                raise
            raise explained from error


def _engine(url: URL) -> Engine:
    try:
        engine = create_engine(url, hide_parameters=True)
    except ModuleNotFoundError:
        raise StoreError(
            "PostgreSQL needs psycopg, which is not installed: pip install 'warpstream-sentinel[postgres]'"
        ) from None
    if engine.dialect.name == "sqlite":
        _create_private(Path(str(url.database)))
        event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _create_private(path: Path) -> None:
    """Make the file before SQLite does, which would let everybody read it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    except OSError as error:
        raise StoreError(f"cannot create the database {path}: {error.strerror}") from error


def _set_up_sqlite(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # else the module begins transactions by itself, and not before DDL
    for pragma in (f"busy_timeout = {BUSY_SECONDS * 1000}", "foreign_keys = ON", "synchronous = FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(conn: Connection) -> None:
    writes = bool(conn.get_execution_options().get(_WRITES, False))
    conn.exec_driver_sql(_BEGIN[conn.dialect.name, writes])
