"""What a database driver's error means to a person."""

from __future__ import annotations

import sqlite3

from sqlalchemy import URL
from sqlalchemy.exc import DatabaseError, OperationalError

from sentinel.errors import StoreError

_SQLITE = {
    sqlite3.SQLITE_BUSY: "another process keeps it locked: wait for it to end, or stop it",
    sqlite3.SQLITE_LOCKED: "another process keeps it locked: wait for it to end, or stop it",
    # A full disk shows as either of the two, depending on the file system.
    sqlite3.SQLITE_FULL: "the disk is full: free some space, nothing was changed",
    sqlite3.SQLITE_IOERR: "the disk is full or failing: free some space or check it, nothing was changed",
    sqlite3.SQLITE_READONLY: "it cannot be written: check the owner and mode of the file and its directory",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that the directory exists and can be written",
    sqlite3.SQLITE_PERM: "it cannot be opened: check the owner and mode of the file",
    sqlite3.SQLITE_NOTADB: "this file is no SQLite database: give another file",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: restore a backup",
}
_PRIMARY_CODE = 0xFF
"""The low byte of an extended SQLite code is the primary one."""

_POSTGRES = {
    "55P03": "another process keeps it locked: wait for it to end, or stop it",
    "53100": "the server's disk is full: free some space, nothing was changed",
    "25006": "the server only allows reading: connect to the primary",
    "42501": "the user lacks the right: grant it CREATE and USAGE on the schema",
}


def explain(error: DatabaseError | sqlite3.DatabaseError, url: URL) -> StoreError | None:
    """What happened, where, and the way out; None for a mistake in a statement, which is ours to mend."""
    cause = error.orig if isinstance(error, DatabaseError) else error
    if isinstance(cause, sqlite3.DatabaseError):
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY_CODE
        advice = _SQLITE.get(code)
        return StoreError(f"{_place(url)}: {advice} ({cause})") if advice else None
    advice = _POSTGRES.get(getattr(cause, "sqlstate", None) or "")
    if advice:
        return StoreError(f"{_place(url)}: {advice}")
    if isinstance(error, OperationalError):
        return StoreError(f"{_place(url)}: the database server cannot be reached or gave up: {cause}")
    return None


def _place(url: URL) -> str:
    return f"database {url.database}" if url.get_backend_name() == "sqlite" else f"database {url!s}"
