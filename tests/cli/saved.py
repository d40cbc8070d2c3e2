"""A saved answer of the billing API with sixty days of two clusters."""

from __future__ import annotations

import json
from datetime import date, timedelta

from tests.command import Command

FIRST = date(2026, 1, 1)
SPIKE = date(2026, 2, 20)
RULES = """\
accounts:
  - {name: main, api_key: key, currency: USD}
channels:
  here: {console: {}}
defaults: {notify: [here]}
budgets:
  - {name: each-day, amount: 300, period: day, per: [cluster]}
spikes:
  - {name: unusual, per: [cluster], min_change: 10, min_percent: 25%}
new_spend:
  - {name: newcomers, per: [cluster]}
"""


def cost(cluster: str, day: date) -> float:
    """What a cluster costs on a day: a little more on each day of the week, and `orders` four times as much once."""
    usual = {"orders": 100.0, "small": 4.0}[cluster] + day.weekday()
    return 4 * usual if (cluster, day) == ("orders", SPIKE) else usual


def import_sixty_days(sentinel: Command, rules: str = RULES) -> None:
    """Put the rules and the history where the command looks for them."""
    sentinel.write_rules(rules)
    file = sentinel.folder / "answer.json"
    file.write_text(json.dumps(_answer(60)), encoding="utf-8")
    done = sentinel("import", str(file), "--pulled-at", "2026-03-10")
    assert done.returncode == 0, done.stderr


def _answer(days: int) -> dict[str, object]:
    clusters = [
        {
            "virtual_cluster_id": f"vci_{name}",
            "cluster_name": name,
            "cluster_regions": ["us-east-1"],
            "charges": [{"product": "Cluster minutes", "breakdowns": [_row(name, number) for number in range(days)]}],
        }
        for name in ("orders", "small")
    ]
    workspace = {"workspace_id": "wi_1", "workspace_name": "production", "clusters": clusters}
    return {
        "date_from": FIRST.isoformat(),
        "date_to": (FIRST + timedelta(days=days)).isoformat(),
        "account_charges": [],
        "tenants": [{"tenant_id": "ti_1", "workspaces": [workspace]}],
    }


def _row(cluster: str, number: int) -> dict[str, object]:
    day = FIRST + timedelta(days=number)
    total = cost(cluster, day)
    ends = day + timedelta(days=1)
    return {"date_from": day.isoformat(), "date_to": ends.isoformat(), "quantity": total * 50, "total": total}
