"""One very large answer, built straight as bytes: for benchmarks of everything that reads answers.

The figures are plain random ones, without seasons or incidents; the form is exactly the documented one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from sentinel.simulator.tariffs import (
    CLUSTER_MINUTES,
    GIB_STORED,
    GIB_WRITTEN,
    SERVERLESS_READ,
    SERVERLESS_WRITTEN,
    UNITS,
    Tariff,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-south-1")
_CLUSTERS_A_WORKSPACE = 500
_WORKSPACES_A_TENANT = 10
_TARIFFS = (
    CLUSTER_MINUTES,
    Tariff(f"{GIB_WRITTEN.product} - Tier 1", GIB_WRITTEN.unit_price),
    Tariff(f"{GIB_WRITTEN.product} - Tier 2", 0.017),
    GIB_STORED,
    SERVERLESS_WRITTEN,
    SERVERLESS_READ,
)
_SHOWN = 100_000
"""Totals have five decimals: so many of their steps make a dollar."""


@dataclass(frozen=True, slots=True)
class Bulk:
    """A large answer. body: its JSON, UTF-8. rows: daily rows in it. cost: their sum in 1e-8 dollars."""

    body: bytes
    rows: int
    cost: int


@dataclass(frozen=True, slots=True)
class _Day:
    """One day of the answer: its row up to the quantity, and a figure for each series."""

    head: str
    steps: list[int]


def bulk_answer(clusters: int, products: int, first_day: date, days: int, *, seed: int = 1) -> Bulk:
    """Build an answer of clusters x products x days rows.

    A series and day have the same figure whatever window they are asked in, if clusters, products and seed
    are the same.
    products: beyond the six real ones, invented names. Raises ValueError for a count below 1.
    """
    if min(clusters, products, days) < 1:
        message = f"needs 1 or more of each (got {clusters} clusters, {products} products, {days} days)"
        raise ValueError(message)
    tariffs = [_tariff(index) for index in range(products)]
    columns = [_day(first_day + timedelta(days=index), clusters * products, seed) for index in range(days)]
    tenants = ",".join(_tenants(clusters, tariffs, columns))
    last = first_day + timedelta(days=days)
    body = f'{{"date_from":"{first_day}","date_to":"{last}","tenants":[{tenants}],"account_charges":[]}}'
    return Bulk(
        body=body.encode(),
        rows=clusters * products * days,
        cost=sum(sum(column.steps) for column in columns) * (UNITS // _SHOWN),
    )


def _tariff(index: int) -> Tariff:
    return _TARIFFS[index] if index < len(_TARIFFS) else Tariff(f"Product {index + 1}", 0.01)


def _day(day: date, series: int, seed: int) -> _Day:
    draw = Random(f"{seed}/bulk/{day}").random  # noqa: S311 -- a simulation needs no secret randomness
    return _Day(
        head=f'{{"date_from":"{day}","date_to":"{day + timedelta(days=1)}","quantity":',
        steps=[1_000 + int(5_000_000 * draw() ** 4) for _ in range(series)],
    )


def _tenants(clusters: int, tariffs: list[Tariff], columns: list[_Day]) -> Iterator[str]:
    size = _CLUSTERS_A_WORKSPACE * _WORKSPACES_A_TENANT
    for number, start in enumerate(range(0, clusters, size)):
        workspaces = ",".join(_workspaces(start, min(start + size, clusters), tariffs, columns))
        yield f'{{"tenant_id":"ti_{number:08x}","workspaces":[{workspaces}]}}'


def _workspaces(start: int, end: int, tariffs: list[Tariff], columns: list[_Day]) -> Iterator[str]:
    for first in range(start, end, _CLUSTERS_A_WORKSPACE):
        number = first // _CLUSTERS_A_WORKSPACE
        inside = range(first, min(first + _CLUSTERS_A_WORKSPACE, end))
        clusters = ",".join(_cluster(index, tariffs, columns) for index in inside)
        names = f'"workspace_id":"wi_{number:08x}","workspace_name":"workspace-{number}"'
        yield f'{{{names},"clusters":[{clusters}]}}'


def _cluster(index: int, tariffs: list[Tariff], columns: list[_Day]) -> str:
    charges = ",".join(
        f'{{"product":"{tariff.product}","unit_price":{tariff.unit_price},'
        f'"breakdowns":[{_rows(series, tariff.unit_price / tariff.per_dollar, columns)}]}}'
        for series, tariff in enumerate(tariffs, start=index * len(tariffs))
    )
    return (
        f'{{"virtual_cluster_id":"vci_{index:08x}","cluster_name":"cluster-{index}",'
        f'"cluster_regions":["{_REGIONS[index % len(_REGIONS)]}"],"charges":[{charges}]}}'
    )


def _rows(series: int, price: float, columns: list[_Day]) -> str:
    figures = ((column.head, column.steps[series] / _SHOWN) for column in columns)
    return ",".join([f'{head}{total / price},"total":{total}}}' for head, total in figures])
