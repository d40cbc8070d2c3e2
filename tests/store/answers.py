"""Answers made of plain values, as any source of costs could give them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import numpy as np

from sentinel.domain.costs import AccountCharge, ClusterCharges, DailyCharges, Window

SETTLE_AFTER = timedelta(hours=36)
FIRST = date(2026, 3, 1)
"""The first charge day of these tests."""


@dataclass(frozen=True, slots=True)
class Part:
    """One cluster in an answer, or a part of it: `rows` are (product, day ordinal, cost in 1e-8 units, quantity)."""

    tenant: str
    workspace: str
    workspace_name: str
    cluster: str
    cluster_name: str
    regions: tuple[str, ...]
    rows: list[tuple[str, int, int, float]]


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """An answer whose clusters are simply there."""

    window: Window
    parts: tuple[Part, ...] = ()
    account_charges: tuple[AccountCharge, ...] = ()
    body: bytes = b"{}"

    def daily_charges(self) -> DailyCharges:
        """The charges of all clusters."""
        rows = [row for part in self.parts for row in part.rows]
        clusters = tuple(
            ClusterCharges(
                *(part.tenant, part.workspace, part.workspace_name, part.cluster, part.cluster_name, part.regions),
                products=tuple(product for product, *_ in part.rows),
                lengths=(1,) * len(part.rows),
            )
            for part in self.parts
        )
        return DailyCharges(
            clusters,
            day=np.array([day for _, day, _, _ in rows], np.int64),
            cost=np.array([cost for _, _, cost, _ in rows], np.int64),
            quantity=np.array([quantity for _, _, _, quantity in rows], np.float64),
        )


@dataclass(frozen=True, slots=True)
class Row:
    """What one product of one cluster cost on one day, `cost` in 1e-8 units."""

    day: date
    cost: int
    quantity: float = 1.0
    cluster: str = "vci_a"
    product: str = "Cluster minutes"
    workspace: str = "wi_1"
    tenant: str = "ti_1"


@dataclass(frozen=True, slots=True)
class Called:
    """The names that an answer uses; an id that is not among them is its own name."""

    clusters: Mapping[str, str] = field(default_factory=dict)
    workspaces: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def day(number: int) -> date:
    """The charge day so many days after the first."""
    return FIRST + timedelta(days=number)


def at(number: int, hour: float = 0) -> datetime:
    """A moment on the day so many days after the first."""
    return datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=number, hours=hour)


def window(first: int, stop: int) -> Window:
    """The days [first, stop), counted from the first."""
    return Window(day(first), day(stop))


def answer(
    days: Window, rows: Iterable[Row], called: Called | None = None, account_charges: Iterable[AccountCharge] = ()
) -> PlainAnswer:
    """An answer of these rows, each cluster once."""
    names = called or Called()
    clusters: dict[tuple[str, str, str], list[tuple[str, int, int, float]]] = {}
    for row in rows:
        charge = (row.product, row.day.toordinal(), row.cost, row.quantity)
        clusters.setdefault((row.tenant, row.workspace, row.cluster), []).append(charge)
    parts = (
        Part(
            tenant=tenant,
            workspace=workspace,
            workspace_name=names.workspaces.get(workspace, workspace),
            cluster=cluster,
            cluster_name=names.clusters.get(cluster, cluster),
            regions=names.regions.get(cluster, ("us-east-1",)),
            rows=rows_of_cluster,
        )
        for (tenant, workspace, cluster), rows_of_cluster in clusters.items()
    )
    return PlainAnswer(days, tuple(parts), tuple(account_charges))
