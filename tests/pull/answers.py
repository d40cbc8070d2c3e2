"""Answers to start from: the documented one, and small ones made for a test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
