"""Where everything stands now, for `status` and the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert
from sentinel.domain.costs import Window
from sentinel.evaluate import BudgetNow, PrepaidNow, budgets_now, first_day_needed, prepaid_now
from sentinel.jobs.accounts import account_states
from sentinel.rules.model import Rules
from sentinel.store import (
    Database,
    Fault,
    QueueState,
    RuleRecord,
    SettlementLag,
    faults,
    known_days,
    load_matrix,
    open_alerts,
    queue_state,
    rule_records,
    settlement_lag,
)

FAULTS_OF_THE_LAST = timedelta(days=7)
"""How far back faults of the billing API are of interest."""

RECORDS_OF_THE_LAST = timedelta(days=90)
"""A quarter has enough alerts to judge a rule by."""


@dataclass(frozen=True, slots=True)
class AccountOverview:
    """One account's history and pulls; days are None and moments are None where there are none.

    `begins`: the billing API refuses the days before it. `settlement` is None as long as too few days tell it. `faults`
    are those of the last week, the newest first.
    """

    name: str
    state: AccountState
    last_pull: datetime | None
    days_covered: int
    days_settled: int
    begins: date | None
    newest_covered: date | None
    newest_settled: date | None
    settlement: SettlementLag | None
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """The running budgets, commitments and credits, the open alerts, the pulls and the queues at a moment.

    `records` tell what people said of each rule's alerts of the last 90 days.
    """

    moment: datetime
    accounts: tuple[AccountOverview, ...]
    budgets: tuple[BudgetNow, ...]
    prepaid: PrepaidNow
    alerts: tuple[Alert, ...]
    records: tuple[RuleRecord, ...]
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
                    begins=known[name].begins,
                    newest_covered=max(known[name].covered, default=None),
                    newest_settled=max(known[name].settled, default=None),
                    settlement=settlement_lag(conn, name, moment),
                    faults=faults(conn, name, moment - FAULTS_OF_THE_LAST),
                )
                for name in names
            ),
            budgets=tuple(budgets_now(matrix, rules, moment)),
            prepaid=prepaid_now(matrix, rules, states, moment),
            alerts=open_alerts(conn),
            records=rule_records(conn, moment - RECORDS_OF_THE_LAST),
            queues=queue_state(conn),
        )
