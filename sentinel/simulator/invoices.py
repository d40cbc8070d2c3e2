"""get_past_invoice and get_pending_invoice: the charges of a calendar month, with totals at every level.

Every total is the exact sum of what lies under it, rounded to cents on its own: rounded lines need not add up
to a rounded total, and a charge of 0.00 may stand beside a positive quantity.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sentinel.simulator.breakdowns import charge_products
from sentinel.simulator.demand import days_in_month
from sentinel.simulator.metering import start_of
from sentinel.simulator.tariffs import UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sentinel.simulator.ledger import AccountLine, Line
    from sentinel.simulator.wire import (
        Invoice,
        InvoiceCharge,
        InvoiceCluster,
        InvoiceTenant,
        InvoiceWorkspace,
    )
    from sentinel.simulator.world import World

_CENT = UNITS // 100


def past_invoice(world: World, day: date, as_of: datetime) -> Invoice | None:
    """Return the invoice of the month that `day` lies in; None before it is over."""
    first = day.replace(day=1)
    after = first + timedelta(days=days_in_month(first))
    if start_of(after) > as_of or after <= world.account.first_day:
        return None
    return _invoice(world, first, after, as_of)


def pending_invoice(world: World, as_of: datetime) -> Invoice:
    """Return what the running month has come to so far; `date_to` is the first of the next month."""
    first = as_of.date().replace(day=1)
    return _invoice(world, first, first + timedelta(days=days_in_month(first)), as_of)


def _invoice(world: World, first: date, after: date, as_of: datetime) -> Invoice:
    last = after - timedelta(days=1)
    lines = _as_billed(world, list(world.lines(as_of, first, last)))
    account_lines = world.account_lines(as_of, first, last)
    return {
        "date_from": first.isoformat(),
        "date_to": after.isoformat(),
        "tenants": _tenants(lines),
        "account_charges": _account_charges(account_lines),
        "total": _cents([*(line.cost for line in lines), *(line.cost for line in account_lines)]),
    }


def _as_billed(world: World, lines: list[Line]) -> list[Line]:
    """Return the lines with what the invoice gets wrong of them."""
    for wrong in world.misbilled:
        meant = [
            index
            for index, line in enumerate(lines)
            if (line.day, line.cluster_id, line.product) == (wrong.day, wrong.cluster_id, wrong.product)
        ]
        for index in meant[:1]:
            lines[index] = replace(lines[index], cost=lines[index].cost + round(wrong.extra * UNITS))
    return lines


def _tenants(lines: list[Line]) -> list[InvoiceTenant]:
    return [
        {"tenant_id": tenant_id, "workspaces": _workspaces(inside), "total": _total(inside)}
        for tenant_id, inside in _grouped(lines, lambda line: line.tenant_id).items()
    ]


def _workspaces(lines: list[Line]) -> list[InvoiceWorkspace]:
    return [
        {"workspace_id": workspace_id, "clusters": _clusters(inside), "total": _total(inside)}
        for workspace_id, inside in _grouped(lines, lambda line: line.workspace_id).items()
    ]


def _clusters(lines: list[Line]) -> list[InvoiceCluster]:
    return [
        {"virtual_cluster_id": cluster_id, "charges": _charges(inside), "total": _total(inside)}
        for cluster_id, inside in _grouped(lines, lambda line: line.cluster_id).items()
    ]


def _charges(lines: list[Line]) -> list[InvoiceCharge]:
    return [
        {
            "product": product,
            "unit_price": unit_price,
            "quantity": sum(line.quantity for line in charged),
            "total": _total(charged),
        }
        for (product, unit_price), charged in charge_products(lines).items()
    ]


def _account_charges(lines: Iterable[AccountLine]) -> list[InvoiceCharge]:
    costs: dict[str, int] = {}
    for line in lines:
        costs[line.product] = costs.get(line.product, 0) + line.cost
    return [{"product": product, "total": _cents([cost])} for product, cost in costs.items()]


def _total(lines: Iterable[Line]) -> float:
    return _cents(line.cost for line in lines)


def _cents(costs: Iterable[int]) -> float:
    """Return the sum of costs (1e-8 dollars) in dollars, rounded to cents, halves away from zero."""
    cost = sum(costs)
    cents = (abs(cost) + _CENT // 2) // _CENT
    return (cents if cost >= 0 else -cents) / 100


def _grouped(lines: list[Line], key: Callable[[Line], str]) -> dict[str, list[Line]]:
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return groups
