"""Invoices in the database: what each period was billed, in every version that the API answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, delete, insert, select, update

from sentinel.domain.invoices import ChargeKey, Invoice, InvoiceLine
from sentinel.domain.periods import Period
from sentinel.store import invoice_tables as tables


@dataclass(frozen=True, slots=True)
class KnownInvoice:
    """The newest version of an invoice that was known by a moment; moments are UTC.

    `seen_at`: when it was first answered so, `checked_at`: when it was last answered so.
    """

    invoice: Invoice
    seen_at: datetime
    checked_at: datetime


def record_invoice(conn: Connection, account: str, invoice: Invoice, moment: datetime) -> bool:
    """Keep an invoice as it was answered at a moment; whether it says something new."""
    c = tables.invoice.c
    newest = conn.execute(
        select(c.id, c.last, c.total)
        .where(c.account == account, c.first == invoice.period.first)
        .order_by(c.seen_at.desc(), c.id.desc())
        .limit(1)
    ).first()
    if newest is not None:
        known = Invoice(Period(invoice.period.first, newest.last), _lines(conn, newest.id), newest.total)
        if known == invoice:
            conn.execute(update(tables.invoice).where(c.id == newest.id).values(checked_at=moment))
            return False
    _insert(conn, account, invoice, moment)
    return True


def known_invoices(
    conn: Connection, account: str, since: date, as_of: datetime | None = None
) -> tuple[KnownInvoice, ...]:
    """The invoices of the periods that end on `since` or later, the oldest first; with `as_of` as known by then."""
    c = tables.invoice.c
    query = select(tables.invoice).where(c.account == account, c.last >= since).order_by(c.first, c.seen_at, c.id)
    if as_of is not None:
        query = query.where(c.seen_at <= as_of)
    newest = {row.first: row for row in conn.execute(query)}
    return tuple(
        KnownInvoice(
            invoice=Invoice(Period(row.first, row.last), _lines(conn, row.id), row.total),
            seen_at=row.seen_at,
            checked_at=row.checked_at,
        )
        for row in newest.values()
    )


def forget_invoices(conn: Connection, before: date) -> int:
    """Forget the invoices of the periods that ended before a day; how many versions that were."""
    c = tables.invoice.c
    gone = select(c.id).where(c.last < before).scalar_subquery()
    conn.execute(delete(tables.invoice_line).where(tables.invoice_line.c.invoice_id.in_(gone)))
    return conn.execute(delete(tables.invoice).where(c.last < before)).rowcount


def _insert(conn: Connection, account: str, invoice: Invoice, moment: datetime) -> None:
    values = {
        "account": account,
        "first": invoice.period.first,
        "last": invoice.period.last,
        "seen_at": moment,
        "checked_at": moment,
        "total": invoice.total,
    }
    number = conn.execute(insert(tables.invoice).returning(tables.invoice.c.id), values).scalar_one()
    rows = [
        {
            "invoice_id": number,
            "tenant": line.key.tenant,
            "workspace": line.key.workspace,
            "cluster": line.key.cluster,
            "product": line.key.product,
            "cost": line.cost,
            "parts": line.parts,
        }
        for line in invoice.lines
    ]
    if rows:
        conn.execute(insert(tables.invoice_line), rows)


def _lines(conn: Connection, number: int) -> tuple[InvoiceLine, ...]:
    c = tables.invoice_line.c
    query = select(c.tenant, c.workspace, c.cluster, c.product, c.cost, c.parts).where(c.invoice_id == number)
    lines = (InvoiceLine(ChargeKey(*places), cost, parts) for *places, cost, parts in conn.execute(query))
    return tuple(sorted(lines, key=lambda line: line.key))
