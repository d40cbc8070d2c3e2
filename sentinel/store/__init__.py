"""Stage 2: the database, with the cost history, the alerts and the outbox."""

from sentinel.store.engine import Database
from sentinel.store.history import History
from sentinel.store.matrix import load_history, load_matrix
from sentinel.store.opening import open_database
from sentinel.store.pulls import record_failed_pull
from sentinel.store.record import record_answer
from sentinel.store.report import PullReport

__all__ = [
    "Database",
    "History",
    "PullReport",
    "load_history",
    "load_matrix",
    "open_database",
    "record_answer",
    "record_failed_pull",
]
