from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sentinel.simulator import ChargeShape, DateEnd, Form, World, answer
from sentinel.simulator.landscape import Account, Tenant, Workspace

DAY = timedelta(days=1)
FIRST, AFTER = date(2026, 2, 1), date(2026, 3, 1)


def read(world: World, as_of: datetime, start: date = FIRST, end: date = AFTER, form: Form | None = None) -> Any:
    """Return an answer as a client reads it: through JSON text, numbers exact."""
    return json.loads(json.dumps(answer(world, start, end, as_of, form or Form())), parse_float=Decimal)


def rows(document: Any) -> list[tuple[str, str, str, str, str, Decimal]]:
    """Return (day, tenant, workspace, cluster, product, total) of every daily row."""
    return [
        (
            row["date_from"],
            tenant["tenant_id"],
            workspace["workspace_id"],
            cluster["virtual_cluster_id"],
            charge["product"],
            Decimal(row["total"]),
        )
        for tenant in document["tenants"]
        for workspace in tenant["workspaces"]
        for cluster in workspace["clusters"]
        for charge in cluster["charges"]
        for row in charge["breakdowns"]
    ]


def days(document: Any) -> list[str]:
    """Return the days that have rows, sorted."""
    return sorted({row[0] for row in rows(document)})


def test_form_is_the_documented_one(world: World, now: datetime) -> None:
    """Every level has exactly the documented keys, and the documented kinds of values."""
    document = read(world, now)
    assert list(document) == ["date_from", "date_to", "tenants", "account_charges"]
    for tenant in document["tenants"]:
        assert list(tenant) == ["tenant_id", "workspaces"]
        for workspace in tenant["workspaces"]:
            assert list(workspace) == ["workspace_id", "workspace_name", "clusters"]
            for cluster in workspace["clusters"]:
                assert list(cluster) == ["virtual_cluster_id", "cluster_name", "cluster_regions", "charges"]
                assert cluster["virtual_cluster_id"].startswith("vci_")
                assert all(isinstance(region, str) for region in cluster["cluster_regions"])
                for charge in cluster["charges"]:
                    assert list(charge) == ["product", "unit_price", "breakdowns"]
                    for row in charge["breakdowns"]:
                        assert list(row) == ["date_from", "date_to", "quantity", "total"]
                        assert isinstance(row["quantity"], int | Decimal)
                        assert isinstance(row["total"], int | Decimal)


def test_rows_are_half_open_days_in_order(world: World, now: datetime) -> None:
    """Each row is one day [date_from, date_to), and a charge's rows ascend without a repetition."""
    for tenant in read(world, now)["tenants"]:
        for workspace in tenant["workspaces"]:
            for cluster in workspace["clusters"]:
                for charge in cluster["charges"]:
                    starts = [date.fromisoformat(row["date_from"]) for row in charge["breakdowns"]]
                    assert starts == sorted(set(starts))
                    ends = [date.fromisoformat(row["date_to"]) for row in charge["breakdowns"]]
                    assert ends == [start + DAY for start in starts]


def test_answer_adds_up_to_the_truth(world: World, now: datetime) -> None:
    """The totals of an answer, read as exact decimals, are the world's rows to the last 1e-8."""
    found: Counter[tuple[str, ...]] = Counter()
    for *key, total in rows(read(world, now, date(2026, 2, 1), date(2026, 3, 6))):
        found[tuple(key)] += int(total * 10**8)
    truth = {
        (str(row.day), row.tenant_id, row.workspace_id, row.cluster_id, row.product): row.cost
        for row in world.rows(now, date(2026, 2, 1))
    }
    assert found == truth


def test_one_product_stands_twice_when_its_price_changed(world: World, now: datetime) -> None:
    """Within a month of a price change a cluster has two charges of one product, both with a row on that day."""
    products = [
        (cluster["virtual_cluster_id"], charge["product"], row["date_from"])
        for tenant in read(world, now)["tenants"]
        for workspace in tenant["workspaces"]
        for cluster in workspace["clusters"]
        for charge in cluster["charges"]
        for row in charge["breakdowns"]
    ]
    (twice,) = (key for key, times in Counter(products).items() if times > 1)
    assert twice[:2] == (world.cluster("iot-gateway").id, "Compressed GiB read")


@pytest.mark.parametrize(
    ("date_end", "last", "date_to"),
    [
        (DateEnd.EXCLUSIVE, "2026-02-19", "2026-02-20"),
        (DateEnd.INCLUSIVE, "2026-02-20", "2026-02-20"),
        (DateEnd.INCLUSIVE_HALF_OPEN, "2026-02-20", "2026-02-21"),
    ],
)
def test_date_end_means_what_is_chosen(world: World, now: datetime, date_end: DateEnd, last: str, date_to: str) -> None:
    """The last day and the echoed `date_to` follow the form."""
    document = read(world, now, FIRST, date(2026, 2, 20), Form(date_end=date_end))
    assert (document["date_from"], document["date_to"]) == ("2026-02-01", date_to)
    assert days(document)[0] == "2026-02-01"
    assert days(document)[-1] == last


def test_an_answer_knows_nothing_after_its_moment(world: World, now: datetime) -> None:
    """A window that reaches into the future ends with the running day; one wholly there has no tenants."""
    assert days(read(world, now, date(2026, 3, 1), date(2026, 4, 1)))[-1] == "2026-03-05"
    assert read(world, now, date(2026, 4, 1), date(2026, 5, 1))["tenants"] == []
    assert read(world, now, FIRST, FIRST)["tenants"] == []


def test_nothing_is_charged_before_the_account_began(world: World, now: datetime) -> None:
    """A window before the account's first day is empty; one across it begins with that day."""
    first = world.account.first_day
    assert days(read(world, now, first - 9 * DAY, first + DAY)) == [str(first)]


def test_a_renamed_cluster_bears_its_name_of_the_day_of_asking(world: World, now: datetime) -> None:
    """The same window shows the old name when asked before the renaming, and the new one afterwards."""
    cluster = world.cluster("discovery-prod")

    def name(as_of: datetime) -> str:
        (found,) = (
            one["cluster_name"]
            for tenant in read(world, as_of, date(2026, 1, 1), date(2026, 1, 3))["tenants"]
            for workspace in tenant["workspaces"]
            for one in workspace["clusters"]
            if one["virtual_cluster_id"] == cluster.id
        )
        return str(found)

    assert (name(datetime(2026, 1, 20, tzinfo=UTC)), name(now)) == ("search-prod", "discovery-prod")


def test_account_charges_by_day(world: World, now: datetime) -> None:
    """Support is positive, credits are negative; by day they look like a cluster's charges."""
    charges = read(world, now)["account_charges"]
    totals: dict[str, list[Decimal]] = {
        one["product"]: [Decimal(row["total"]) for row in one["breakdowns"]] for one in charges
    }
    assert set(totals) == {"Support", "Commit credits", "Free credits"}
    assert len(totals["Support"]) == 28
    assert abs(sum(totals["Support"], Decimal()) - 300) < Decimal("0.001")
    assert len(totals["Free credits"]) == 7
    assert all(total < 0 for total in totals["Commit credits"] + totals["Free credits"])


def test_account_charges_as_totals_are_the_sums_of_the_days(world: World, now: datetime) -> None:
    """The other shape has one row a product with only a total, the exact sum of the daily ones."""
    daily = read(world, now)["account_charges"]
    totals = read(world, now, form=Form(account_charges=ChargeShape.TOTAL))["account_charges"]
    assert [list(row) for row in totals] == [["product", "total"]] * 3
    assert {row["product"]: Decimal(row["total"]) for row in totals} == {
        one["product"]: sum(Decimal(row["total"]) for row in one["breakdowns"]) for one in daily
    }
    assert read(world, now, form=Form(account_charges=ChargeShape.NONE))["account_charges"] == []


def test_a_workspace_without_clusters_stands_empty(now: datetime) -> None:
    """A workspace that has no cluster at all is listed with an empty list."""
    account = Account(now.date() - DAY, (Tenant("ti_1", (Workspace("wi_1", "bare", ()),)),))
    assert read(World(account, now), now)["tenants"] == [
        {
            "tenant_id": "ti_1",
            "workspaces": [{"workspace_id": "wi_1", "workspace_name": "bare", "clusters": []}],
        }
    ]
