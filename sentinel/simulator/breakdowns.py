"""get_invoice_breakdowns: the daily charges of a window, as the API would have answered them at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sentinel.simulator.tariffs import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sentinel.simulator.ledger import AccountLine, Line
    from sentinel.simulator.wire import (
        AccountTotal,
        Answer,
        Breakdown,
        DailyCharge,
        DailyCluster,
        DailyTenant,
        DailyWorkspace,
    )
    from sentinel.simulator.world import World

_DAY = timedelta(days=1)


class DateEnd(StrEnum):
    """What the window's `date_end` means, which the documentation leaves open.

    EXCLUSIVE: the last day is the one before it. INCLUSIVE: it is the last day, and `date_to` repeats it.
    INCLUSIVE_HALF_OPEN: it is the last day, and `date_to` is the day after it.
    """

    EXCLUSIVE = "exclusive"
    INCLUSIVE = "inclusive"
    INCLUSIVE_HALF_OPEN = "inclusive-half-open"


class ChargeShape(StrEnum):
    """How account charges look, which the documentation leaves open.

    DAILY: like a cluster's charges, with daily `breakdowns`. TOTAL: one row a product, with only a `total`
    for the window. NONE: an account without any.
    """

    DAILY = "daily"
    TOTAL = "total"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Form:
    """How an API fills what its documentation leaves open."""

    date_end: DateEnd = DateEnd.EXCLUSIVE
    account_charges: ChargeShape = ChargeShape.DAILY


PLAIN = Form()
"""`date_end` exclusive, account charges by day."""


def answer(world: World, date_start: date, date_end: date, as_of: datetime, form: Form = PLAIN) -> Answer:
    """Return what get_invoice_breakdowns would have answered at `as_of`.

    A tenant, workspace or cluster without a charge in the window is left out; one that has no cluster at all
    stands with an empty list. Days that `as_of` knows nothing of have no rows.
    """
    last, date_to = _REACH[form.date_end](date_end)
    return {
        "date_from": date_start.isoformat(),
        "date_to": date_to.isoformat(),
        "tenants": _tenants(world, list(world.lines(as_of, date_start, last)), as_of),
        "account_charges": _SHAPES[form.account_charges](world.account_lines(as_of, date_start, last)),
    }


def charge_products(lines: Iterable[Line]) -> dict[tuple[str, float], list[Line]]:
    """Group a cluster's lines into charges: one for each product and unit price."""
    charges: dict[tuple[str, float], list[Line]] = {}
    for line in lines:
        charges.setdefault((line.product, line.unit_price), []).append(line)
    return charges


def _tenants(world: World, lines: list[Line], as_of: datetime) -> list[DailyTenant]:
    by_cluster: dict[tuple[str, str, str], list[Line]] = {}
    for line in lines:
        by_cluster.setdefault((line.tenant_id, line.workspace_id, line.cluster_id), []).append(line)
    tenants: list[DailyTenant] = []
    for tenant in world.account.tenants:
        workspaces: list[DailyWorkspace] = []
        for workspace in tenant.workspaces:
            clusters: list[DailyCluster] = [
                {
                    "virtual_cluster_id": cluster.id,
                    "cluster_name": cluster.name_at(as_of),
                    "cluster_regions": list(cluster.regions_at(as_of)),
                    "charges": _charges(charged),
                }
                for cluster in workspace.clusters
                if (charged := by_cluster.get((tenant.id, workspace.id, cluster.id)))
            ]
            if clusters or not workspace.clusters:
                workspaces.append(
                    {
                        "workspace_id": workspace.id,
                        "workspace_name": workspace.name_at(as_of),
                        "clusters": clusters,
                    }
                )
        if workspaces:
            tenants.append({"tenant_id": tenant.id, "workspaces": workspaces})
    return tenants


def _charges(lines: Iterable[Line]) -> list[DailyCharge]:
    return [
        {
            "product": product,
            "unit_price": unit_price,
            "breakdowns": [_breakdown(line.day, line.quantity, line.cost) for line in charged],
        }
        for (product, unit_price), charged in charge_products(lines).items()
    ]


def _breakdown(day: date, quantity: float, cost: int) -> Breakdown:
    return {
        "date_from": day.isoformat(),
        "date_to": (day + _DAY).isoformat(),
        "quantity": int(quantity) if quantity.is_integer() else quantity,
        "total": cost / UNITS,
    }


def _by_product(lines: Iterable[AccountLine]) -> dict[str, list[AccountLine]]:
    products: dict[str, list[AccountLine]] = {}
    for line in lines:
        products.setdefault(line.product, []).append(line)
    return products


def _daily(lines: Iterable[AccountLine]) -> list[DailyCharge | AccountTotal]:
    return [
        {
            "product": product,
            "unit_price": 1,
            "breakdowns": [_breakdown(line.day, line.cost / UNITS, line.cost) for line in charged],
        }
        for product, charged in _by_product(lines).items()
    ]


def _total(lines: Iterable[AccountLine]) -> list[DailyCharge | AccountTotal]:
    return [
        {"product": product, "total": sum(line.cost for line in charged) / UNITS}
        for product, charged in _by_product(lines).items()
    ]


def _none(_lines: Iterable[AccountLine]) -> list[DailyCharge | AccountTotal]:
    return []


_REACH: dict[DateEnd, Callable[[date], tuple[date, date]]] = {
    DateEnd.EXCLUSIVE: lambda end: (end - _DAY, end),
    DateEnd.INCLUSIVE: lambda end: (end, end),
    DateEnd.INCLUSIVE_HALF_OPEN: lambda end: (end, end + _DAY),
}
_SHAPES: dict[ChargeShape, Callable[[Iterable[AccountLine]], list[DailyCharge | AccountTotal]]] = {
    ChargeShape.DAILY: _daily,
    ChargeShape.TOTAL: _total,
    ChargeShape.NONE: _none,
}
