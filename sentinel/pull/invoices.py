"""Invoices: asked for, and decoded, strict and exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import msgspec
from msgspec import Raw, Struct

from sentinel.domain.invoices import ChargeKey, Invoice, InvoiceLine
from sentinel.domain.periods import Period
from sentinel.errors import BadAnswer, WindowRefused
from sentinel.pull.client import BillingClient
from sentinel.pull.days import read_day
from sentinel.pull.fault import UNREADABLE, find_fault, kept, no_json
from sentinel.pull.patience import Retried, unheard
from sentinel.pull.totals import read_units
from sentinel.pull.wire import Name

_PAST = "/api/v1/billing/invoices/get_past_invoice"
_PENDING = "/api/v1/billing/invoices/get_pending_invoice"
_DAY = timedelta(days=1)


class Charge(Struct):
    """One product at one unit price; only its total can be trusted, and is read digit by digit."""

    product: Name
    total: Raw


class Cluster(Struct):
    """A cluster, without the names that only the daily breakdown carries."""

    virtual_cluster_id: Name
    charges: list[Charge] | None


class Workspace(Struct):
    """A workspace and its clusters."""

    workspace_id: Name
    clusters: list[Cluster] | None


class Tenant(Struct):
    """A tenant and its workspaces."""

    tenant_id: Name
    workspaces: list[Workspace] | None


class Document(Struct):
    """A whole invoice. The totals between the charges and the whole add nothing, and are not read."""

    date_from: str
    date_to: str
    tenants: list[Tenant] | None
    account_charges: list[Charge] | None
    total: Raw


_documents = msgspec.json.Decoder(Document)


def get_past_invoice(client: BillingClient, day: date, *, retried: Retried = unheard) -> Invoice:
    """The invoice of the billing period that a day lies in.

    Raises WindowRefused where there is none, which is so until the period is over; BadAnswer, also for the invoice of
    another period; and what `BillingClient.ask` raises.
    """
    body = client.ask(_PAST, {"date_start": day.isoformat()}, retried=retried)
    invoice = decode_invoice(body)
    if day not in invoice.period:
        raise BadAnswer("date_from", f"expected the billing period of {day}, got {invoice.period}", kept(body))
    return invoice


def get_pending_invoice(client: BillingClient, *, retried: Retried = unheard) -> Invoice:
    """What the running billing period has come to so far. Raises what `BillingClient.ask` raises, and BadAnswer."""
    return replace(decode_invoice(client.ask(_PENDING, {}, retried=retried)), pending=True)


def invoices_during(client: BillingClient, days: Period) -> Iterator[Invoice]:
    """The invoices of the billing periods that `days` touch, in their order; the pending one for the running period.

    Raises WindowRefused where a day has neither.
    """
    day = days.first
    while day <= days.last:
        invoice = _invoice_of(client, day)
        yield invoice
        day = invoice.period.last + _DAY


def decode_invoice(body: bytes | bytearray) -> Invoice:
    """The invoice in the bytes of an answer. Raises BadAnswer, which names the path and keeps the body."""
    try:
        document = _documents.decode(body)
    except UNREADABLE as error:
        fault = find_fault(body, Document, "") if isinstance(error, msgspec.ValidationError) else None
        raise _with_body(fault or no_json(error, body), body) from error
    try:
        return Invoice(
            period=_period(document.date_from, document.date_to),
            lines=_lines(document),
            total=read_units(document.total, "total"),
        )
    except BadAnswer as fault:
        raise _with_body(fault, body) from fault


def _invoice_of(client: BillingClient, day: date) -> Invoice:
    try:
        return get_past_invoice(client, day)
    except WindowRefused as refused:
        pending = get_pending_invoice(client)
        if day not in pending.period:
            raise WindowRefused(f"there is no invoice for {day}: {refused}") from refused
        return pending


def _period(date_from: str, date_to: str) -> Period:
    """The days of an invoice, both inclusive.

    `date_to` is taken as half-open, as in the daily breakdown, unless the day after it falls on the same day of the
    month as `date_from`: then it is the last day itself.
    """
    first, end = read_day(date_from, "date_from"), read_day(date_to, "date_to")
    last = end if (end + _DAY).day == first.day else end - _DAY
    if last < first:
        raise BadAnswer("date_to", f"expected a day after {date_from} (date_from), got {date_to}")
    return Period(first, last)


def _lines(document: Document) -> tuple[InvoiceLine, ...]:
    costs: Counter[ChargeKey] = Counter()
    parts: Counter[ChargeKey] = Counter()
    for key, total, path in _charges(document):
        costs[key] += read_units(total, f"{path}.total")
        parts[key] += 1
    return tuple(InvoiceLine(key, costs[key], parts[key]) for key in sorted(parts))


def _charges(document: Document) -> Iterator[tuple[ChargeKey, Raw, str]]:
    for t, tenant in enumerate(document.tenants or ()):
        for w, workspace in enumerate(tenant.workspaces or ()):
            for c, cluster in enumerate(workspace.clusters or ()):
                for p, charge in enumerate(cluster.charges or ()):
                    key = ChargeKey(
                        tenant.tenant_id, workspace.workspace_id, cluster.virtual_cluster_id, charge.product
                    )
                    yield key, charge.total, f"tenants[{t}].workspaces[{w}].clusters[{c}].charges[{p}]"
    for p, charge in enumerate(document.account_charges or ()):
        yield ChargeKey("", "", "", charge.product), charge.total, f"account_charges[{p}]"


def _with_body(fault: BadAnswer, body: bytes | bytearray) -> BadAnswer:
    return BadAnswer(fault.path, fault.detail, kept(body))
