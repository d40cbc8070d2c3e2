"""What an invoice's bytes say, and how the billing API is asked for it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sentinel.domain.invoices import ChargeKey
from sentinel.domain.periods import Period
from sentinel.errors import BadAnswer, WindowRefused
from sentinel.pull import BillingClient, decode_invoice, get_past_invoice, get_pending_invoice, invoices_during
from sentinel.simulator import PAST_INVOICE, PENDING_INVOICE, Clock, Server, World
from tests.pull.billing_server import Answer, BillingServer

NOW = datetime(2026, 3, 5, 14, tzinfo=UTC)


def document(**changes: Any) -> bytes:
    """The documented form: totals at every level, a product twice at two unit prices, a credit."""
    charges = [
        {"product": "Cluster minutes", "unit_price": 0.23148, "quantity": 2340, "total": 5.42},
        {"product": "Cluster minutes", "unit_price": 0.3, "quantity": 100, "total": 0.3},
        {"product": "GiB minutes", "unit_price": 0.00000463, "quantity": 1343.7, "total": 0},
    ]
    cluster = {"virtual_cluster_id": "vci_1", "charges": charges, "total": 5.72}
    workspace = {"workspace_id": "wi_1", "clusters": [cluster], "total": 5.72}
    whole = {
        "date_from": "2026-02-01",
        "date_to": "2026-03-01",
        "tenants": [{"tenant_id": "ti_1", "workspaces": [workspace], "total": 5.72}],
        "account_charges": [{"product": "Free credits", "unit_price": 1, "quantity": 1, "total": -2.5}],
        "total": 3.22,
    }
    return json.dumps(whole | changes).encode()


def test_lines_are_added_up_by_product_and_exact() -> None:
    """Two unit prices of one product are one line of two parts; the account's charges have no place."""
    invoice = decode_invoice(document())
    assert (invoice.period, invoice.total, invoice.pending) == (
        Period(date(2026, 2, 1), date(2026, 2, 28)),
        322_000_000,
        False,
    )
    assert {(line.key, line.cost, line.parts) for line in invoice.lines} == {
        (ChargeKey("ti_1", "wi_1", "vci_1", "Cluster minutes"), 572_000_000, 2),
        (ChargeKey("ti_1", "wi_1", "vci_1", "GiB minutes"), 0, 1),
        (ChargeKey("", "", "", "Free credits"), -250_000_000, 1),
    }


@pytest.mark.parametrize(
    ("date_from", "date_to", "last"),
    [
        ("2026-02-01", "2026-03-01", date(2026, 2, 28)),
        ("2026-02-01", "2026-02-28", date(2026, 2, 28)),
        ("2026-01-15", "2026-02-15", date(2026, 2, 14)),
        ("2026-01-15", "2026-02-14", date(2026, 2, 14)),
        ("2025-12-01", "2026-01-01", date(2025, 12, 31)),
        ("2026-02-01", "2026-02-08", date(2026, 2, 7)),
    ],
)
def test_the_last_day_is_read_from_either_form_of_date_to(date_from: str, date_to: str, last: date) -> None:
    """Half-open as in the daily breakdown, or the last day of a period of months itself."""
    assert decode_invoice(document(date_from=date_from, date_to=date_to)).period.last == last


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"total": "n/a"}, r"^total: expected number"),
        ({"date_to": "2026-02-01"}, r"^date_to: expected a day after 2026-02-01"),
        ({"date_from": "1 February"}, r"^date_from: expected a day as YYYY-MM-DD"),
        ({"account_charges": [{"product": "Support"}]}, r"^account_charges\[0\]\.total: is missing"),
        (
            {"tenants": [{"tenant_id": "t", "workspaces": [{"workspace_id": "w", "clusters": [{"charges": []}]}]}]},
            r"^tenants\[0\]\.workspaces\[0\]\.clusters\[0\]\.virtual_cluster_id: is missing",
        ),
    ],
)
def test_what_is_no_invoice_is_told_with_its_place(changes: dict[str, Any], told: str) -> None:
    """The path leads to the value, and the body is kept."""
    with pytest.raises(BadAnswer, match=told) as caught:
        decode_invoice(document(**changes))
    assert caught.value.body.startswith(b"{")


def test_lists_may_be_null() -> None:
    """As some servers write an empty one."""
    assert decode_invoice(document(tenants=None, account_charges=None)).lines == ()


def test_a_month_has_its_past_invoice_and_the_running_one_the_pending_one() -> None:
    """Each is asked for by a day inside it; what has neither is refused."""
    world = World.build(NOW, clusters=8, history_days=60)
    with (
        Server({"k": world}, clock=Clock(NOW)) as server,
        BillingClient(base_url=server.url, api_key="k", attempts=1) as client,
    ):
        past = get_past_invoice(client, date(2026, 2, 17))
        pending = get_pending_invoice(client)
        both = tuple(invoices_during(client, Period(date(2026, 2, 20), date(2026, 3, 4))))
        with pytest.raises(WindowRefused, match="there is no invoice for 2025-01-01"):
            tuple(invoices_during(client, Period(date(2025, 1, 1), date(2025, 1, 31))))
        assert (past.period, past.pending) == (Period(date(2026, 2, 1), date(2026, 2, 28)), False)
        assert (pending.period.first, pending.pending) == (date(2026, 3, 1), True)
        assert both == (past, pending)
        assert {one.path for one in server.log} == {PAST_INVOICE, PENDING_INVOICE}


def test_the_invoice_of_another_period_is_refused() -> None:
    """An answer that does not hold the day that was asked for is no answer to it."""
    with (
        BillingServer([Answer(body=document())]) as server,
        BillingClient(base_url=server.url, api_key="k", attempts=1) as client,
        pytest.raises(BadAnswer, match="expected the billing period of 2026-01-05, got 2026-02-01 to 2026-02-28"),
    ):
        get_past_invoice(client, date(2026, 1, 5))
