"""One daemon for one database."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sentinel.errors import AlreadyRunning, StoreError
from sentinel.store import Database, claim_daemon, open_database

HOLD = """
import sys, time
from sentinel.store import claim_daemon, open_database
with open_database(sys.argv[1]) as database, claim_daemon(database):
    print("claimed", flush=True)
    time.sleep(600)
"""


@contextmanager
def daemon_elsewhere(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the claim."""
    with subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "claimed\n"
            yield process
        finally:
            process.kill()


def test_a_second_daemon_is_refused_and_the_first_one_named(database_url: str) -> None:
    """Its process, its machine, and since when."""
    with (
        open_database(database_url) as database,
        daemon_elsewhere(database_url) as first,
        pytest.raises(AlreadyRunning, match=rf"process {first.pid} on .+ since \d{{4}}-\d\d-\d\d \d\d:\d\d UTC"),
        claim_daemon(database),
    ):
        pass


def test_a_killed_daemon_gives_its_claim_back(database_url: str) -> None:
    """No stale lock keeps the next one away."""
    with open_database(database_url) as database:
        with daemon_elsewhere(database_url) as first:
            first.send_signal(signal.SIGKILL)
            first.wait(20)
        with claim_daemon(database):
            pass


def test_the_claim_ends_with_its_block_and_others_may_still_read_and_write(database: Database) -> None:
    """It only keeps another daemon away."""
    for _ in range(2):
        with claim_daemon(database), database.write() as conn:
            conn.exec_driver_sql("DELETE FROM account")


def test_daemons_of_two_databases_do_not_meet(sqlite_database: Database, postgres_database: Database) -> None:
    """Each database has its own."""
    with claim_daemon(sqlite_database), claim_daemon(postgres_database):
        pass


def test_a_lock_that_cannot_be_written_is_a_named_error(tmp_path: Path) -> None:
    """A folder that is not ours says so, and what to look at."""
    (tmp_path / "s.db-lock").mkdir()
    with (
        open_database(f"sqlite:///{tmp_path / 's.db'}") as database,
        pytest.raises(StoreError, match="owner and mode of its directory"),
        claim_daemon(database),
    ):
        pass
