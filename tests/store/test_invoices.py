"""Invoices in the database: every version, and what was known when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sentinel.domain.invoices import ChargeKey, Invoice, InvoiceLine
from sentinel.domain.periods import Period
from sentinel.store import Database, forget_invoices, known_invoices, record_invoice

FEBRUARY = Period(date(2026, 2, 1), date(2026, 2, 28))
LINES = (
    InvoiceLine(ChargeKey("", "", "", "Support"), 30_000_000_000, 1),
    InvoiceLine(ChargeKey("ti_1", "wi_1", "vci_1", "Cluster minutes"), 572_000_000, 2),
)
INVOICE = Invoice(FEBRUARY, LINES, 30_572_000_000)
FIRST = datetime(2026, 3, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def test_an_invoice_comes_back_as_it_was(database: Database) -> None:
    """With its lines, exact; the same again says nothing new, only that it was checked."""
    with database.write() as conn:
        assert record_invoice(conn, "main", INVOICE, FIRST)
        assert not record_invoice(conn, "main", INVOICE, FIRST + DAY)
    with database.read() as conn:
        (known,) = known_invoices(conn, "main", FEBRUARY.last)
        assert (known.invoice, known.seen_at, known.checked_at) == (INVOICE, FIRST, FIRST + DAY)
        assert known_invoices(conn, "other", FEBRUARY.last) == ()
        assert known_invoices(conn, "main", FEBRUARY.last + DAY) == ()


def test_a_changed_invoice_is_a_new_version_and_the_old_one_is_known_for_its_time(database: Database) -> None:
    """`as_of` sees the version that had been answered by then; nothing before the first."""
    changed = replace(INVOICE, lines=LINES[:1], total=30_000_000_000)
    with database.write() as conn:
        record_invoice(conn, "main", INVOICE, FIRST)
        assert record_invoice(conn, "main", changed, FIRST + DAY)
        assert record_invoice(conn, "main", INVOICE, FIRST + 2 * DAY)
    with database.read() as conn:
        seen = {
            hours: [known.invoice for known in known_invoices(conn, "main", FEBRUARY.last, FIRST + hours * DAY / 24)]
            for hours in (-1, 0, 24, 48)
        }
    assert seen == {-1: [], 0: [INVOICE], 24: [changed], 48: [INVOICE]}


def test_periods_come_oldest_first_and_old_ones_are_forgotten(database: Database) -> None:
    """Those that ended before a day go with their lines."""
    january = replace(INVOICE, period=Period(date(2026, 1, 1), date(2026, 1, 31)))
    with database.write() as conn:
        record_invoice(conn, "main", INVOICE, FIRST)
        record_invoice(conn, "main", january, FIRST)
        assert [one.invoice for one in known_invoices(conn, "main", january.period.first)] == [january, INVOICE]
        assert forget_invoices(conn, date(2026, 2, 1)) == 1
        assert [one.invoice for one in known_invoices(conn, "main", january.period.first)] == [INVOICE]
