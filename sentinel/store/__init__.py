"""Stage 2: the database, with the cost history, the alerts and the outbox."""

from sentinel.store.engine import Database
from sentinel.store.opening import open_database

__all__ = [
    "Database",
    "open_database",
]
