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
from sentinel.store.backup import back_up
from sentinel.store.check import Defect, check_database, repair_arrays
from sentinel.store.covering import stored_pulls
from sentinel.store.date_end import end_inclusive
from sentinel.store.engine import Database
from sentinel.store.evaluations import previous_evaluations, record_evaluation, recorded_evaluations
from sentinel.store.faults import Fault, faults
from sentinel.store.history import History
from sentinel.store.known import PullHealth, known_days, pull_health
from sentinel.store.lock import claim_daemon
from sentinel.store.matrix import load_history, load_matrix
from sentinel.store.opening import open_database
from sentinel.store.outbox import claim, enqueue, park, record_retry, record_sent, told_channels, unpark
from sentinel.store.pull_log import KeptBody, PastPull, kept_bodies, recent_pulls
from sentinel.store.pulls import record_failed_pull, record_retried_pull
from sentinel.store.queue import ParkedNotification, QueueState, parked_notifications, queue_state
from sentinel.store.record import record_answer
from sentinel.store.report import PullReport
from sentinel.store.settlement import SettlementLag, settlement_lag
from sentinel.store.upkeep import Pruned, forget_growth, prune
from sentinel.store.words import add_mark, add_silence, end_silence, marks, silences

__all__ = [
    "Database",
    "Defect",
    "Fault",
    "History",
    "KeptBody",
    "ParkedNotification",
    "PastPull",
    "PastTransition",
    "Pruned",
    "PullHealth",
    "PullReport",
    "QueueState",
    "SettlementLag",
    "add_mark",
    "add_silence",
    "alert",
    "alerts",
    "back_up",
    "check_database",
    "claim",
    "claim_daemon",
    "end_inclusive",
    "end_silence",
    "enqueue",
    "faults",
    "forget_growth",
    "kept_bodies",
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
    "prune",
    "pull_health",
    "queue_state",
    "recent_alerts",
    "recent_pulls",
    "record_answer",
    "record_evaluation",
    "record_failed_pull",
    "record_retried_pull",
    "record_retry",
    "record_sent",
    "record_transitions",
    "recorded_evaluations",
    "repair_arrays",
    "settlement_lag",
    "silences",
    "stored_pulls",
    "told_channels",
    "unpark",
    "update_alerts",
]
