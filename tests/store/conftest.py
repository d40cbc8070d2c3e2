"""Open databases for the tests of the store; migrated once, then copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentinel.store import Database, open_database
from tests.postgres import PostgresServer


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the newest schema."""
    path = tmp_path_factory.mktemp("migrated") / "sentinel.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database with the newest schema."""
    url = postgres.create_database()
    open_database(url).close()
    yield url
    postgres.drop_database(url)


@pytest.fixture
def sqlite_database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """An open SQLite database of the test's own."""
    path = tmp_path / "sentinel.db"
    shutil.copy(migrated_file, path)
    with open_database(f"sqlite:///{path}") as database:
        yield database


@pytest.fixture
def postgres_database(postgres: PostgresServer, migrated_postgres: str) -> Iterator[Database]:
    """An open PostgreSQL database of the test's own."""
    url = postgres.create_database(like=migrated_postgres)
    with open_database(url) as database:
        yield database
    postgres.drop_database(url)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both databases."""
    database: Database = request.getfixturevalue(f"{request.param}_database")
    return database
