"""Invoices, where a rule reads them: the newest closed period of each account is asked for until it is final."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event

from sentinel.domain.invoices import Invoice
from sentinel.errors import PullError, WindowRefused
from sentinel.jobs.pull_costs import OpenClient
from sentinel.pull import get_past_invoice
from sentinel.rules.model import Account, Rules
from sentinel.store import Database, KnownInvoice, known_invoices, record_invoice

log = logging.getLogger(__name__)

CHECKED_EVERY = timedelta(days=7)
"""An invoice whose days can no longer be restated hardly ever changes."""


@dataclass(frozen=True, slots=True)
class InvoicePull:
    """What came of asking for an account's newest invoice: nothing where the period has none yet, or why it failed."""

    account: str
    invoice: Invoice | None
    is_new: bool = False
    error: PullError | None = None


def pull_invoices(
    database: Database,
    rules: Rules,
    open_client: OpenClient,
    clock: Callable[[], datetime],
    *,
    accounts: Collection[str] | None = None,
    stop: Event | None = None,
) -> tuple[InvoicePull, ...]:
    """Ask for the newest invoices that are due, of some accounts or of all; nothing without a rule that reads them."""
    if rules.reconciliation is None:
        return ()
    wanted = [account for account in rules.accounts if accounts is None or account.name in accounts]
    pulls = (_pull(database, rules, account, open_client, clock(), stop) for account in wanted)
    return tuple(pull for pull in pulls if pull is not None)


def is_due(known: KnownInvoice | None, restate_days: int, moment: datetime) -> bool:
    """Whether an invoice is asked for: with every pull until its days are final, then now and again."""
    if known is None or known.checked_at.date() <= known.invoice.period.last + timedelta(days=restate_days):
        return True
    return moment - known.checked_at >= CHECKED_EVERY


def _pull(
    database: Database,
    rules: Rules,
    account: Account,
    open_client: OpenClient,
    moment: datetime,
    stop: Event | None,
) -> InvoicePull | None:
    # The last day of the month before: it lies in a closed period, or in one that ends within the next month.
    day = moment.date().replace(day=1) - timedelta(days=1)
    with database.read() as conn:
        known = next((one for one in known_invoices(conn, account.name, day) if day in one.invoice.period), None)
    if not is_due(known, rules.settings.restate_days, moment):
        return None
    try:
        with open_client(account, stop) as client:
            invoice = get_past_invoice(client, day)
    except WindowRefused as refused:
        log.info("%s: no invoice for %s yet: %s", account.name, day, refused)
        return InvoicePull(account.name, None)
    except PullError as error:
        log.warning("%s: no usable invoice for %s: %s", account.name, day, error)
        return InvoicePull(account.name, None, error=error)
    if _still_runs(invoice, moment.date()):
        return InvoicePull(account.name, None)
    with database.write() as conn:
        is_new = record_invoice(conn, account.name, invoice, moment)
    return InvoicePull(account.name, invoice, is_new)


def _still_runs(invoice: Invoice, today: date) -> bool:
    return invoice.period.last >= today
