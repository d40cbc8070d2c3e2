"""Where everything stands now, for `status` and the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert
from sentinel.domain.costs import Window
from sentinel.evaluate import BudgetNow, budgets_now, first_day_needed
from sentinel.jobs.accounts import account_states
from sentinel.rules.model import Rules
from sentinel.store import Database, QueueState, load_matrix, open_alerts, queue_state


@dataclass(frozen=True, slots=True)
class Overview:
    """The running budgets, the open alerts, the accounts' pulls and the channels' queues at a moment."""

    budgets: tuple[BudgetNow, ...]
    alerts: tuple[Alert, ...]
    accounts: dict[str, AccountState]
    queues: tuple[QueueState, ...]


def overview(database: Database, rules: Rules, moment: datetime) -> Overview:
    """Read it all in one snapshot; nothing is written."""
    names = tuple(account.name for account in rules.accounts)
    window = Window(first_day_needed(rules, moment.date()), moment.date() + timedelta(days=1))
    with database.read() as conn:
        matrix = load_matrix(conn, names, window, rules.settings.settle_after, as_of=None)
        return Overview(
            budgets=tuple(budgets_now(matrix, rules, moment)),
            alerts=open_alerts(conn),
            accounts=account_states(conn, rules, moment),
            queues=queue_state(conn),
        )
