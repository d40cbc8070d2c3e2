"""One daemon for one database: two would pull and send everything twice."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sentinel.errors import AlreadyRunning
from sentinel.store.engine import Database

_DAEMON = 7_365_646_532
"""The advisory lock that a daemon holds in PostgreSQL; the number is arbitrary."""


@contextmanager
def claim_daemon(database: Database) -> Iterator[None]:
    """Be the one daemon of a database until the end of the block; also a killed process gives it back.

    Raises AlreadyRunning, which names the process that has it.
    """
    claim = _claim_postgres(database) if database.file is None else _claim_file(database.file)
    with claim:
        yield


@contextmanager
def _claim_file(path: Path) -> Iterator[None]:
    # Beside the database: a lock on the database file itself would end with the first connection that is closed.
    place = path.with_name(f"{path.name}-lock")
    descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _already_running(os.pread(descriptor, 1000, 0).decode(), str(path)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, _own_name().encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _claim_postgres(database: Database) -> Iterator[None]:
    with database.session() as conn:
        conn.exec_driver_sql("SELECT set_config('application_name', %s, false)", (f"sentinel {_own_name()}"[:63],))
        if not conn.exec_driver_sql(f"SELECT pg_try_advisory_lock({_DAEMON})").scalar():
            holder = conn.exec_driver_sql(
                "SELECT a.application_name FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
                " WHERE l.locktype = 'advisory' AND l.granted AND l.database = a.datid"
                " AND (l.classid::bigint << 32) + l.objid::bigint = %s",
                (_DAEMON,),
            ).scalar()
            raise _already_running(str(holder or "").removeprefix("sentinel "), database.url.render_as_string())
        yield


def _own_name() -> str:
    return f"process {os.getpid()} on {socket.gethostname()} since {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"


def _already_running(holder: str, place: str) -> AlreadyRunning:
    return AlreadyRunning(
        f"another sentinel already runs on the database {place}: {holder or 'unknown process'}. "
        "Stop that one first, or give this one a database of its own (SENTINEL_DATABASE_URL)"
    )
