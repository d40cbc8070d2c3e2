"""Stage 2: the database, with the cost history, the alerts and the outbox."""

from sentinel.store.alert_rows import (
    PastTransition,
    alert,
    alerts,
    open_alerts,
    past_transitions,
    recent_alerts,
    record_transitions,
    update_alerts,
)
from sentinel.store.date_end import end_inclusive
from sentinel.store.engine import Database
from sentinel.store.evaluations import previous_evaluations, record_evaluation
from sentinel.store.history import History
from sentinel.store.known import PullHealth, known_days, pull_health
from sentinel.store.lock import claim_daemon
from sentinel.store.matrix import load_history, load_matrix
from sentinel.store.opening import open_database
from sentinel.store.outbox import claim, enqueue, park, record_retry, record_sent, told_channels, unpark
from sentinel.store.pulls import record_failed_pull
from sentinel.store.queue import ParkedNotification, QueueState, parked_notifications, queue_state
from sentinel.store.record import record_answer
from sentinel.store.report import PullReport
from sentinel.store.words import add_mark, add_silence, end_silence, marks, silences

__all__ = [
    "Database",
    "History",
    "ParkedNotification",
    "PastTransition",
    "PullHealth",
    "PullReport",
    "QueueState",
    "add_mark",
    "add_silence",
    "alert",
    "alerts",
    "claim",
    "claim_daemon",
    "end_inclusive",
    "end_silence",
    "enqueue",
    "known_days",
    "load_history",
    "load_matrix",
    "marks",
    "open_alerts",
    "open_database",
    "park",
    "parked_notifications",
    "past_transitions",
    "previous_evaluations",
    "pull_health",
    "queue_state",
    "recent_alerts",
    "record_answer",
    "record_evaluation",
    "record_failed_pull",
    "record_retry",
    "record_sent",
    "record_transitions",
    "silences",
    "told_channels",
    "unpark",
    "update_alerts",
]
