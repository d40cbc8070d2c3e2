"""A copy of the whole database while it is in use."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sentinel.errors import StoreError
from sentinel.store.database.engine import Database


def back_up(database: Database, target: Path) -> int:
    """Copy a SQLite database as it stands at one moment, also while a daemon writes; the copy's size in bytes.

    The copy appears under its name only when it is whole. Raises StoreError: for PostgreSQL, which has its own tools,
    for a target that exists, and for a disk that is full.
    """
    if database.file is None:
        raise StoreError(
            "backup copies SQLite files; PostgreSQL has its own tool: "
            f"pg_dump --format=custom --file={target} and the URL of the database"
        )
    if target.exists():
        raise StoreError(f"{target} exists: give another name, or remove it first")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        _copy(database, unfinished)
        unfinished.rename(target)
    except OSError as error:
        raise StoreError(f"cannot back up to {target}: {error}; the database itself is as it was") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(database: Database, target: Path) -> None:
    with closing(sqlite3.connect(target, isolation_level=None)) as copy, database.sqlite() as source:
        try:
            # In one step: one that lets writers in between would start again after each of them.
            source.backup(copy, pages=-1)
            damage = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        except sqlite3.Error as error:
            raise StoreError(f"cannot back up to {target.parent}: {error}; the database itself is as it was") from error
    if damage != "ok":
        raise StoreError(f"the copy is damaged, and so may be the database: {damage}; run `sentinel db check`")
