"""Which database a URL means."""

from __future__ import annotations

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from sentinel.errors import StoreError

_FORMS = "give sqlite:///FILE or postgresql://USER@HOST/NAME"


def parse_url(url: str) -> URL:
    """The URL with its driver; `str()` of it hides the password.

    Raises StoreError for what is neither a SQLite file nor PostgreSQL. The message shows nothing of the URL, which may
    hold a password in a place where no parser finds it.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(f"the database URL cannot be read: {_FORMS}") from None
    match parsed.get_backend_name():
        case "sqlite" if parsed.database and parsed.database != ":memory:":
            return parsed.set(drivername="sqlite+pysqlite")
        case "sqlite":
            raise StoreError("a database in memory would forget the history: give sqlite:///FILE")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case _:
            raise StoreError(f"the database URL names an unknown kind of database: {_FORMS}")
