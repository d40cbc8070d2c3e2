from __future__ import annotations

from collections.abc import Iterator

import pytest

from sentinel.store import Database, open_database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An open database, once in SQLite and once in PostgreSQL."""
    with open_database(database_url) as database:
        yield database
