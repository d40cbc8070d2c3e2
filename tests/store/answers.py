"""Answers made of plain values, as any source of costs could give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sentinel.domain.costs import AccountCharge, ClusterCharges, Window

SETTLE_AFTER = timedelta(hours=36)
FIRST = date(2026, 3, 1)
"""The first charge day of these tests."""


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """An answer whose clusters are simply there."""

    window: Window
    charges: tuple[ClusterCharges, ...] = ()
    account_charges: tuple[AccountCharge, ...] = ()
    body: bytes = b"{}"

    def clusters(self) -> Iterator[ClusterCharges]:
        """The charges, one cluster at a time."""
        return iter(self.charges)


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
    charges = (
        ClusterCharges(
            tenant=tenant,
            workspace=workspace,
            workspace_name=names.workspaces.get(workspace, workspace),
            cluster=cluster,
            cluster_name=names.clusters.get(cluster, cluster),
            regions=names.regions.get(cluster, ("us-east-1",)),
            charges=rows_of_cluster,
        )
        for (tenant, workspace, cluster), rows_of_cluster in clusters.items()
    )
    return PlainAnswer(days, tuple(charges), tuple(account_charges))
