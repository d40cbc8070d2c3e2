"""A copy of the whole database while it is in use."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from sentinel.errors import StoreError
from sentinel.store.engine import Database


def back_up(database: Database, target: Path) -> int:
    """Copy a SQLite database as it stands at one moment, also while a daemon writes; the copy's size in bytes.

    The copy appears under its name only when it is whole. Raises StoreError: for PostgreSQL, which has its own tools,
    for a target that exists, and for a disk that is full.
    """
    if database.file is None:
        raise StoreError(
            f"backup copies SQLite files; for PostgreSQL run: pg_dump --format=custom --file={target} "
            f"{database.url.set(drivername='postgresql').render_as_string()}"
        )
    if target.exists():
        raise StoreError(f"{target} exists: give another name, or remove it first")
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600))
        _copy(database, unfinished)
        unfinished.rename(target)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot back up to {target}: {error}; the database itself is as it was") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def _copy(database: Database, target: Path) -> None:
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        with database.sqlite() as source:
            # In one step: one that lets writers in between would start again after each of them.
            source.backup(copy, pages=-1)
        damage = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
        if damage != "ok":
            raise StoreError(f"the copy is damaged, and so may be the database: {damage}; run `sentinel db check`")
    finally:
        copy.close()
