"""Reconcile: the invoices of a month against the stored days that they bill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from sentinel.domain.costs import Window
from sentinel.domain.invoices import Invoice
from sentinel.domain.periods import Period
from sentinel.errors import UsageError
from sentinel.evaluate import Reconciled, reconcile
from sentinel.pull import BillingClient, invoices_during
from sentinel.rules.matching import nearest_spelling
from sentinel.rules.model import Account, Rules
from sentinel.store import Database, load_matrix


def chosen_accounts(rules: Rules, name: str | None) -> tuple[Account, ...]:
    """The account of that name, or all of them. Raises UsageError for a name that the rules do not have."""
    if name is None:
        return rules.accounts
    account = rules.account(name)
    if account is None:
        names = [one.name for one in rules.accounts]
        nearest = nearest_spelling(name, names)
        hint = f"did you mean {nearest}?" if nearest else f"there are {', '.join(names)}"
        raise UsageError(f"there is no account {name}; {hint}")
    return (account,)


def reconcile_month(
    database: Database,
    rules: Rules,
    account: Account,
    month: Period,
    open_client: Callable[[Account], BillingClient],
    moment: datetime,
) -> tuple[Reconciled, ...]:
    """Compare every invoice that has a day in a month, each over its own days. Nothing is stored. Raises PullError."""
    with open_client(account) as client:
        invoices = tuple(invoices_during(client, month))
    return tuple(reconcile_invoice(database, rules, account, invoice, moment) for invoice in invoices)


def reconcile_invoice(
    database: Database, rules: Rules, account: Account, invoice: Invoice, moment: datetime
) -> Reconciled:
    """Compare one invoice with the stored days of its period, as they are known now."""
    period, today = invoice.period, moment.date()
    window = Window(period.first, period.last + timedelta(days=1))
    with database.read() as conn:
        matrix = load_matrix(conn, (account.name,), window, rules.settings.settle_after)
    runs = replace(invoice, pending=invoice.pending or period.last >= today)
    return reconcile(matrix, account.name, runs, rules.settings.tier_pattern, today)


def month_before(day: date) -> Period:
    """The calendar month before the one that a day lies in."""
    last = day.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)
