"""Stage 2: the database, with the cost history, the alerts and the outbox."""

from sentinel.store.alerting.alerts import (
    PastTransition,
    alert,
    alerts,
    alerts_numbered,
    alerts_on,
    open_alerts,
    past_transitions,
    recent_alerts,
    record_transitions,
    update_alerts,
)
from sentinel.store.alerting.conversations import is_enqueued, threads
from sentinel.store.alerting.evaluations import previous_evaluations, record_evaluation, recorded_evaluations
from sentinel.store.alerting.rule_record import RuleRecord, rule_records
from sentinel.store.alerting.words import add_mark, add_silence, end_silence, marks, silences
from sentinel.store.database.engine import Database
from sentinel.store.database.lock import claim_daemon
from sentinel.store.database.opening import open_database
from sentinel.store.history.collector import paused_collector
from sentinel.store.history.matrix import load_history, load_matrix
from sentinel.store.history.record import record_answer
from sentinel.store.history.report import PullReport
from sentinel.store.history.window import History
from sentinel.store.invoices import KnownInvoice, forget_invoices, known_invoices, record_invoice
from sentinel.store.outbox.due import next_due
from sentinel.store.outbox.folding import Backlog, Waiting, backlog, fold, hush, waiting_notifications
from sentinel.store.outbox.queue import (
    awaiting_channels,
    claim,
    enqueue,
    park,
    record_retry,
    record_sent,
    told_channels,
    unpark,
)
from sentinel.store.outbox.standing import ParkedNotification, QueueState, parked_notifications, queue_state
from sentinel.store.pulls.account_facts import end_inclusive, method_that_worked, remember_method
from sentinel.store.pulls.covering import stored_pulls
from sentinel.store.pulls.entries import record_failed_pull, record_retried_pull
from sentinel.store.pulls.faults import Fault, faults
from sentinel.store.pulls.known import PullHealth, known_days, pull_health
from sentinel.store.pulls.pull_log import KeptBody, PastPull, kept_bodies, recent_pulls
from sentinel.store.pulls.settlement import SettlementLag, settlement_lag
from sentinel.store.report_progress import (
    ReportProgress,
    begin_report,
    forget_reports,
    record_report,
    reports_made,
)
from sentinel.store.upkeep.backup import back_up
from sentinel.store.upkeep.check import Defect, check_database, repair_arrays
from sentinel.store.upkeep.pruning import Pruned, forget_growth, prune

__all__ = [
    "Backlog",
    "Database",
    "Defect",
    "Fault",
    "History",
    "KeptBody",
    "KnownInvoice",
    "ParkedNotification",
    "PastPull",
    "PastTransition",
    "Pruned",
    "PullHealth",
    "PullReport",
    "QueueState",
    "ReportProgress",
    "RuleRecord",
    "SettlementLag",
    "Waiting",
    "add_mark",
    "add_silence",
    "alert",
    "alerts",
    "alerts_numbered",
    "alerts_on",
    "awaiting_channels",
    "back_up",
    "backlog",
    "begin_report",
    "check_database",
    "claim",
    "claim_daemon",
    "end_inclusive",
    "end_silence",
    "enqueue",
    "faults",
    "fold",
    "forget_growth",
    "forget_invoices",
    "forget_reports",
    "hush",
    "is_enqueued",
    "kept_bodies",
    "known_days",
    "known_invoices",
    "load_history",
    "load_matrix",
    "marks",
    "method_that_worked",
    "next_due",
    "open_alerts",
    "open_database",
    "park",
    "parked_notifications",
    "past_transitions",
    "paused_collector",
    "previous_evaluations",
    "prune",
    "pull_health",
    "queue_state",
    "recent_alerts",
    "recent_pulls",
    "record_answer",
    "record_evaluation",
    "record_failed_pull",
    "record_invoice",
    "record_report",
    "record_retried_pull",
    "record_retry",
    "record_sent",
    "record_transitions",
    "recorded_evaluations",
    "remember_method",
    "repair_arrays",
    "reports_made",
    "rule_records",
    "settlement_lag",
    "silences",
    "stored_pulls",
    "threads",
    "told_channels",
    "unpark",
    "update_alerts",
    "waiting_notifications",
]
