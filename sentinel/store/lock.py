"""One daemon for one database: a second one would tell everything twice."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from sentinel.errors import AlreadyRunning
from sentinel.store.engine import Database

_DAEMON = 7_365_646_533
"""The advisory lock of the daemon in PostgreSQL; the number is arbitrary."""


@contextmanager
def claim_daemon(database: Database) -> Iterator[None]:
    """Own a database as its one daemon; the claim ends with the process, however it ends. Raises AlreadyRunning."""
    claim = _claim_server(database) if database.file is None else _claim_file(database.file)
    with claim:
        yield


@contextmanager
def _claim_file(database: Path) -> Iterator[None]:
    # A lock on the database file itself would get in the way of SQLite's own.
    path = database.with_name(f"{database.name}-lock")
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = file.read().strip() or "another process"
            raise AlreadyRunning(f"{database} has its daemon already: {owner}; stop that one first") from error
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        file.flush()
        yield


@contextmanager
def _claim_server(database: Database) -> Iterator[None]:
    name = f"sentinel {os.getpid()} on {socket.gethostname()}"
    engine = create_engine(database.url, poolclass=NullPool, connect_args={"application_name": name})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if not conn.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _DAEMON}).scalar():
            owner = conn.execute(
                text(
                    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
                    "WHERE locktype = 'advisory' AND granted AND (classid::bigint << 32) + objid::bigint = :lock"
                ),
                {"lock": _DAEMON},
            ).scalar()
            raise AlreadyRunning(f"{database.url} has its daemon already: {owner}; stop that one first")
        yield
