"""Opening a database: create, choose the journal, migrate."""

from __future__ import annotations

import sqlite3

from sentinel.store.database.engine import Database
from sentinel.store.database.migrate import migrate

_WAL_RESET_FIXED = (3, 51, 3)
"""Before this SQLite, two connections at once could damage a database in WAL mode (the WAL-reset bug)."""


def open_database(url: str) -> Database:
    """Open a database, create it where there is none, and bring its schema up to date.

    `url` is `sqlite:///FILE` or `postgresql://USER:PASSWORD@HOST/NAME`.
    Raises SchemaTooNew for a database of a newer sentinel, StoreError for one that cannot be opened.
    """
    database = Database(url)
    try:
        if database.file is not None:
            _choose_journal(database)
        migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def _choose_journal(database: Database) -> None:
    mode = "wal" if sqlite3.sqlite_version_info >= _WAL_RESET_FIXED else "delete"
    with database.sqlite() as connection:
        if connection.execute("PRAGMA journal_mode").fetchone() != (mode,):
            connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()
