"""Where everything stands now, for `status` and the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert
from sentinel.domain.costs import Window
from sentinel.evaluate import BudgetNow, budgets_now, first_day_needed
from sentinel.jobs.accounts import account_states
from sentinel.rules.model import Rules
from sentinel.store import (
    Database,
    Fault,
    QueueState,
    SettlementLag,
    faults,
    known_days,
    load_matrix,
    open_alerts,
    queue_state,
    settlement_lag,
)

FAULTS_OF_THE_LAST = timedelta(days=7)
"""How far back faults of the billing API are of interest."""


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """One account's history and pulls; days are None and moments are None where there are none.

    `settlement` is None as long as too few days tell it. `faults` are those of the last week, the newest first.
    """

    name: str
    state: AccountState
    last_pull: datetime | None
    days_covered: int
    days_settled: int
    newest_covered: date | None
    newest_settled: date | None
    settlement: SettlementLag | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The running budgets, the open alerts, the accounts' pulls and the channels' queues at a moment."""

    moment: datetime
    accounts: tuple[AccountOverview, ...]
    budgets: tuple[BudgetNow, ...]
    alerts: tuple[Alert, ...]
    queues: tuple[QueueState, ...]


def overview(database: Database, rules: Rules, moment: datetime) -> Overview:
    """Read it all in one snapshot; nothing is written."""
    names = tuple(account.name for account in rules.accounts)
    settle_after = rules.settings.settle_after
    window = Window(first_day_needed(rules, moment.date()), moment.date() + timedelta(days=1))
    with database.read() as conn:
        matrix = load_matrix(conn, names, window, settle_after, as_of=None)
        states = account_states(conn, rules, moment)
        known = {name: known_days(conn, name, settle_after, moment) for name in names}
        return Overview(
            moment=moment,
            accounts=tuple(
                AccountOverview(
                    name=name,
                    state=states[name],
                    last_pull=known[name].last_pull,
                    days_covered=len(known[name].covered),
                    days_settled=len(known[name].settled),
                    newest_covered=max(known[name].covered, default=None),
                    newest_settled=max(known[name].settled, default=None),
                    settlement=settlement_lag(conn, name, moment),
                    faults=faults(conn, name, moment - FAULTS_OF_THE_LAST),
                )
                for name in names
            ),
            budgets=tuple(budgets_now(matrix, rules, moment)),
            alerts=open_alerts(conn),
            queues=queue_state(conn),
        )
