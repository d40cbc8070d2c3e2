"""One daemon for one database: a second one would tell everything twice."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from sentinel.errors import AlreadyRunning, StoreError
from sentinel.store.database.engine import Database

_DAEMON = 7_365_646_533
"""The advisory lock of the daemon in PostgreSQL; the number is arbitrary."""

_NOTICED_WITHIN = "5s"
"""So long it may take a busy PostgreSQL to notice that the process of the one before is gone."""

_TAKEN = "55P03"

_NAME_AT_MOST = 63
"""PostgreSQL cuts an application's name there."""

_HOLDER = """
    SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND database = datid AND datname = current_database()
          AND (classid::bigint << 32) + objid::bigint = :lock
"""


@contextmanager
def claim_daemon(database: Database) -> Iterator[None]:
    """Own a database as its one daemon; the claim ends with the process, however it ends.

    Raises AlreadyRunning, which names the process that owns it.
    """
    claim = _claim_server(database) if database.file is None else _claim_file(database.file)
    with claim:
        yield


@contextmanager
def _claim_file(database: Path) -> Iterator[None]:
    # A lock on the database file itself would get in the way of SQLite's own.
    path = database.with_name(f"{database.name}-lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(
            f"cannot write {path}, which says that the database has a daemon: {error.strerror}; "
            "check the owner and mode of its directory"
        ) from error
    with os.fdopen(descriptor, "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _already_running(str(database), file.read().strip()) from error
        file.truncate(0)
        file.write(f"{_own_name()}\n")
        file.flush()
        yield


@contextmanager
def _claim_server(database: Database) -> Iterator[None]:
    # A connection of its own, outside the pool: the lock lasts as long as the connection does.
    name = {"application_name": f"sentinel {_own_name()}"[:_NAME_AT_MOST]}
    engine = create_engine(database.url, poolclass=NullPool, hide_parameters=True, connect_args=name)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text(f"SET lock_timeout = '{_NOTICED_WITHIN}'"))
        try:
            conn.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _DAEMON})
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _TAKEN:
                raise
            holder = conn.execute(text(_HOLDER), {"lock": _DAEMON}).scalar() or ""
            raise _already_running(str(database.url), holder.removeprefix("sentinel ")) from error
        yield


def _own_name() -> str:
    return f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _already_running(database: str, holder: str) -> AlreadyRunning:
    return AlreadyRunning(
        f"the database {database} has its daemon already: {holder or 'another process'}. "
        "Stop that one first, or give this one a database of its own"
    )
