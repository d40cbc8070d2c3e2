"""Answers to start from: the documented one, and small ones made for a test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sentinel.domain.costs import Answer, ClusterCharges

DOCUMENTED = (Path(__file__).parents[1] / "fixtures" / "breakdowns" / "documented_answer.json").read_bytes()


def documented() -> dict[str, Any]:
    """The documented answer, to be changed."""
    document: dict[str, Any] = json.loads(DOCUMENTED)
    return document


def one_cluster(totals: list[str], *, first_day: int = 1) -> bytes:
    """An answer of one cluster and product whose daily totals are the given JSON texts."""
    rows = ",".join(
        f'{{"date_from":"2026-01-{day:02}","date_to":"2026-01-{day + 1:02}","quantity":1,"total":{total}}}'
        for day, total in enumerate(totals, first_day)
    )
    return (
        '{"date_from":"2026-01-01","date_to":"2026-02-01","account_charges":[],"tenants":[{"tenant_id":"t",'
        '"workspaces":[{"workspace_id":"w","clusters":[{"virtual_cluster_id":"c","charges":[{"product":"p",'
        f'"breakdowns":[{rows}]}}]}}]}}]}}]}}'
    ).encode()


@dataclass(frozen=True, slots=True)
class ReadCluster:
    """One cluster of a decoded answer: its names, and its rows as (product, day ordinal, cost in units, quantity)."""

    named: ClusterCharges
    rows: list[tuple[str, int, int, float]]


def read_clusters(answer: Answer) -> list[ReadCluster]:
    """All clusters of an answer, each with its own rows."""
    charges = answer.daily_charges()
    columns = zip(charges.day.tolist(), charges.cost.tolist(), charges.quantity.tolist(), strict=True)
    return [
        ReadCluster(
            cluster,
            [
                (product, *next(columns))
                for product, length in zip(cluster.products, cluster.lengths, strict=True)
                for _ in range(length)
            ],
        )
        for cluster in charges.clusters
    ]
