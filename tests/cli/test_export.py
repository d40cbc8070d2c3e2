"""`sentinel export`: the stored costs, for a spreadsheet or another tool."""

from __future__ import annotations

import csv
import json
import sqlite3
from decimal import Decimal
from pathlib import Path

from tests.command import RULES, Command

DOCUMENTED = Path(__file__).parents[1] / "fixtures/breakdowns/documented_answer.json"


def test_what_was_imported_comes_out_to_the_last_unit(sentinel: Command) -> None:
    """CSV and JSON hold the same rows, which add up to what is stored; `--where` and the dates choose among them."""
    sentinel.write_rules(RULES)
    assert sentinel("export").stderr == "the history is empty: `sentinel pull` fills it\n"
    assert sentinel("import", str(DOCUMENTED)).returncode == 0
    rows = list(csv.DictReader(sentinel("export").stdout.splitlines()))
    usage = [row for row in rows if row["ChargeCategory"] == "Usage"]
    with sqlite3.connect(sentinel.folder / "sentinel.db") as stored:
        ((units,),) = stored.execute("SELECT SUM(cost) FROM daily_cost").fetchall()
    assert len(usage) == 6
    assert sum(Decimal(row["BilledCost"]) for row in usage) == Decimal(units) / 10**8
    records = [json.loads(line) for line in sentinel("export", "--json").stdout.splitlines()]
    assert [record["BilledCost"] for record in records] == [float(row["BilledCost"]) for row in rows]
    one = usage[0]
    day = one["ChargePeriodStart"][:10]
    chosen = sentinel("export", "--from", day, "--to", day, "--where", f"cluster={one['ResourceName']}", "--json")
    expected = [row for row in usage if (row["ResourceId"], row["ChargePeriodStart"][:10]) == (one["ResourceId"], day)]
    assert len(chosen.stdout.splitlines()) == len(expected) > 0
    assert sentinel("export", "--where", "colour=red").returncode == 2
