from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sentinel.simulator import World, past_invoice, pending_invoice, some_mistake
from sentinel.simulator.landscape import Account, Cluster, Meter, Tenant, Workspace
from sentinel.simulator.tariffs import Tariff


def totals(document: Any) -> list[float]:
    """Return every `total` of a document, at any depth."""
    if isinstance(document, list):
        return [total for part in document for total in totals(part)]
    if isinstance(document, dict):
        return [total for key, part in document.items() for total in ([part] if key == "total" else totals(part))]
    return []


def test_a_past_invoice_is_the_months_truth(world: World, now: datetime) -> None:
    """Any day of January gives January's invoice; its totals are the rows' sums, to the cent."""
    invoice = past_invoice(world, date(2026, 1, 17), now)
    assert invoice is not None
    assert invoice == past_invoice(world, date(2026, 1, 31), now)
    assert (invoice["date_from"], invoice["date_to"]) == ("2026-01-01", "2026-02-01")
    rows = world.rows(now, date(2026, 1, 1), date(2026, 1, 31))
    charges = world.account_lines(now, date(2026, 1, 1), date(2026, 1, 31))
    net = sum(row.cost for row in rows) + sum(line.cost for line in charges)
    assert invoice["total"] == pytest.approx(net / 1e8, abs=0.0051)
    for tenant in invoice["tenants"]:
        mine = [row for row in rows if row.tenant_id == tenant["tenant_id"]]
        assert tenant["total"] == pytest.approx(sum(row.cost for row in mine) / 1e8, abs=0.0051)
        for workspace in tenant["workspaces"]:
            for cluster in workspace["clusters"]:
                ours = sum(row.cost for row in mine if row.cluster_id == cluster["virtual_cluster_id"])
                assert cluster["total"] == pytest.approx(ours / 1e8, abs=0.0051)


def test_an_invoice_has_totals_in_cents_and_no_names(world: World, now: datetime) -> None:
    """Every level carries a total of whole cents, and nothing but ids tells what is what."""
    invoice = past_invoice(world, date(2026, 1, 1), now)
    assert invoice is not None
    assert all(total == round(total, 2) for total in totals(invoice))
    assert list(invoice) == ["date_from", "date_to", "tenants", "account_charges", "total"]
    cluster = invoice["tenants"][0]["workspaces"][0]["clusters"][0]
    assert list(cluster) == ["virtual_cluster_id", "charges", "total"]
    assert list(cluster["charges"][0]) == ["product", "unit_price", "quantity", "total"]


def test_there_is_no_past_invoice_of_a_running_month_or_before_the_account(world: World, now: datetime) -> None:
    """The running month is pending until its last moment; a month before the first day has none."""
    assert past_invoice(world, date(2026, 3, 1), now) is None
    assert past_invoice(world, date(2026, 3, 1), datetime(2026, 3, 31, 23, 59, tzinfo=UTC)) is None
    assert past_invoice(world, date(2026, 3, 1), datetime(2026, 4, 1, tzinfo=UTC)) is not None
    assert past_invoice(world, date(2025, 7, 1), now) is None


def test_the_pending_invoice_grows(world: World, now: datetime) -> None:
    """The running period's invoice is what has accrued by the moment."""
    invoice = pending_invoice(world, now)
    assert (invoice["date_from"], invoice["date_to"]) == ("2026-03-01", "2026-04-01")
    rows = world.rows(now, date(2026, 3, 1))
    usage = sum(tenant["total"] for tenant in invoice["tenants"])
    assert usage == pytest.approx(sum(row.cost for row in rows) / 1e8, abs=0.011)
    assert pending_invoice(world, now + timedelta(hours=5))["total"] > invoice["total"]


def test_a_charge_of_nothing_may_stand_beside_a_quantity(now: datetime) -> None:
    """Less than half a cent is 0.00 on an invoice, with its quantity."""
    dust = Cluster("vci_1", "dust", ("us-east-1",), (Meter(Tariff("GiB minutes", 0.00000463), base=30),))
    account = Account(date(2026, 2, 1), (Tenant("ti_1", (Workspace("wi_1", "main", (dust,)),)),))
    invoice = past_invoice(World(account, now), date(2026, 2, 1), now)
    assert invoice is not None
    (charge,) = invoice["tenants"][0]["workspaces"][0]["clusters"][0]["charges"]
    assert charge["total"] == 0
    assert charge["quantity"] == pytest.approx(28 * 30)


def test_a_mistake_is_billed_on_one_line_and_on_nothing_else(world: World, now: datetime) -> None:
    """The daily breakdown stays right; the line and every total above it are off by the same."""
    wrong = some_mistake(world)
    right, off = past_invoice(world, wrong.day, now), past_invoice(world.billed_wrongly(wrong), wrong.day, now)
    assert right is not None
    assert off is not None
    differing = [(a, b) for a, b in zip(totals(right), totals(off), strict=True) if a != b]
    assert [round(b - a, 2) for a, b in differing] == pytest.approx([wrong.extra] * 5, abs=0.011)
    assert world.billed_wrongly(wrong).rows(now) == world.rows(now)
    january = date(2026, 1, 5)
    assert past_invoice(world.billed_wrongly(wrong), january, now) == past_invoice(world, january, now)


def test_credits_may_end(now: datetime) -> None:
    """From the day on nothing is given back; support goes on."""
    cluster = Cluster("vci_1", "one", ("us-east-1",), (Meter(Tariff("GiB minutes", 1.0), base=30),))
    tenants = (Tenant("ti_1", (Workspace("wi_1", "main", (cluster,)),)),)
    account = Account(date(2026, 2, 1), tenants, support=28.0, commit_credit=0.1, credits_end=date(2026, 2, 11))
    lines = World(account, now).account_lines(now, date(2026, 2, 1), date(2026, 2, 28))
    days = {
        product: [line.day.day for line in lines if line.product == product] for product in {x.product for x in lines}
    }
    assert days == {"Support": list(range(1, 29)), "Commit credits": list(range(1, 11))}
