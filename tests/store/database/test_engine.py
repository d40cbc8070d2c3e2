"""Opening a database, and its two kinds of transactions."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from sentinel.errors import StoreError
from sentinel.store import Database, open_database

WRITE = text("INSERT INTO account (name, end_inclusive) VALUES (:name, NULL)")
COUNT = text("SELECT count(*) FROM account")


def count(database: Database) -> int:
    """How many accounts are known."""
    with database.read() as conn:
        return int(conn.execute(COUNT).scalar_one())


def test_a_new_database_file_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask allows; costs are nobody else's business."""
    previous = os.umask(0)
    try:
        with open_database(f"sqlite:///{tmp_path / 'new.db'}"):
            pass
    finally:
        os.umask(previous)
    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o600


def test_sqlite_is_set_up_to_lose_nothing(sqlite_database: Database) -> None:
    """Durable commits, references that hold, patience with other writers, and WAL only where it is safe."""
    expected_journal = "wal" if sqlite3.sqlite_version_info >= (3, 51, 3) else "delete"
    with sqlite_database.read() as conn:
        names = ("synchronous", "foreign_keys", "journal_mode", "busy_timeout")
        settings = [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]
    assert settings == [2, 1, expected_journal, 30_000]


def test_a_database_that_another_sqlite_left_in_wal_mode_is_taken_out_of_it(tmp_path: Path) -> None:
    """A newer SQLite may use WAL safely, this one uses what is safe for it."""
    path = tmp_path / "sentinel.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = wal")
    connection.close()
    with open_database(f"sqlite:///{path}") as database, database.read() as conn:
        expected = "wal" if sqlite3.sqlite_version_info >= (3, 51, 3) else "delete"
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == expected


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    """All or nothing."""

    def fail_after_writing() -> None:
        with database.write() as conn:
            conn.execute(WRITE, {"name": "a"})
            conn.execute(WRITE, {"name": "a"})

    with pytest.raises(IntegrityError):
        fail_after_writing()
    assert count(database) == 0


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    """What is committed in between belongs to the next transaction."""
    written = Event()

    def write() -> None:
        with database.write() as conn:
            conn.execute(WRITE, {"name": "a"})
        written.set()

    with database.read() as conn:
        before = conn.execute(COUNT).scalar_one()
        writer = Thread(target=write)
        writer.start()
        if conn.dialect.name == "postgresql":  # in SQLite the writer waits for the reader instead
            assert written.wait(20)
        after = conn.execute(COUNT).scalar_one()
    writer.join(20)
    assert (before, after, count(database)) == (0, 0, 1)


def test_writers_take_turns_and_none_is_refused(database: Database) -> None:
    """Each reads first and writes what it read plus one: with a lost turn the sum would be short."""
    with database.write() as conn:
        conn.execute(WRITE, {"name": "0"})

    def add() -> None:
        for _ in range(5):
            with database.write() as conn:
                number = conn.execute(COUNT).scalar_one()
                conn.execute(WRITE, {"name": str(number)})

    writers = [Thread(target=add) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert count(database) == 21


def test_an_error_never_shows_what_was_written(database: Database) -> None:
    """Parameters may hold secrets; a statement does not."""
    with database.write() as conn:
        conn.execute(WRITE, {"name": "a-secret"})
    with pytest.raises(IntegrityError) as caught, database.write() as conn:
        conn.execute(WRITE, {"name": "a-secret"})
    assert "[SQL parameters hidden" in str(caught.value)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite://", "forget the history"),
        ("sqlite:///:memory:", "forget the history"),
        ("mysql://user:hunter2@host/name", "unknown kind of database"),
        ("sentinel.db", "cannot be read"),
        ("postgresql://user:hunter2@host:port/name", "cannot be read"),
        ("sqlite:////no/such/directory/sentinel.db", "cannot create the database /no/such/directory/sentinel.db"),
    ],
)
def test_a_url_that_cannot_work_says_so_and_shows_no_password(url: str, message: str) -> None:
    """The way out is part of the message."""
    with pytest.raises(StoreError, match=message) as caught:
        open_database(url)
    assert "hunter2" not in str(caught.value)


def test_a_server_out_of_reach_is_named_without_the_password(tmp_path: Path) -> None:
    """Where it was looked for, and no secret."""
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        open_database(f"postgresql://me:hunter2@/sentinel?host={tmp_path}")
    assert "hunter2" not in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """The message names the file."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, whatever its name says " * 100)
    with pytest.raises(StoreError, match=r"notes\.txt: this file is no SQLite database"):
        open_database(f"sqlite:///{path}")
    assert path.read_text().startswith("not a database")


def test_without_psycopg_the_message_says_what_to_install() -> None:
    """PostgreSQL is an extra."""
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from sentinel.errors import StoreError\n"
        "from sentinel.store import open_database\n"
        "try:\n    open_database('postgresql://me@/sentinel')\n"
        "except StoreError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "pip install 'warpstream-sentinel[postgres]'" in done.stdout


def test_a_full_disk_is_told_and_changes_nothing(sqlite_url: str) -> None:
    """A limit of the process stands for the disk: both make the same error."""
    program = (
        "import resource, signal, sys\n"
        "from sqlalchemy import text\n"
        "from sentinel.errors import StoreError\n"
        "from sentinel.store import open_database\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "database = open_database(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try:\n"
        "    with database.write() as conn:\n"
        "        names = [{'name': f'{n}' * 500} for n in range(2000)]\n"
        "        conn.execute(text('INSERT INTO account (name) VALUES (:name)'), names)\n"
        "except StoreError as error:\n"
        "    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, sqlite_url], capture_output=True, text=True, check=True)
    assert "the disk is full" in done.stdout, done.stdout + done.stderr
    with open_database(sqlite_url) as database:
        assert count(database) == 0
