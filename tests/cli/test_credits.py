"""Credits over a simulated account: told when one no longer arrives, and when what is left of it runs out."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.cli.prepaid import HISTORY_DAYS, Prepaid, day, watching

COMMIT = "Commit credits"


def opened(stdout: str) -> list[dict[str, Any]]:
    """The alerts that a cycle opened."""
    return [json.loads(line) for line in stdout.splitlines()]


def test_a_credit_that_no_longer_arrives_is_told_and_others_are_not(tmp_path: Path) -> None:
    """It came with every day's usage and then stopped: told after three settled days without it."""
    ended = day(-7)
    account = Prepaid.build(1, commit_credit=0.08, support=300.0, credits_end=ended)
    rules = (
        "credits:\n"
        f"  - {{name: commit, where: {{product: {COMMIT}}}}}\n"
        "  - {name: patient, where: {product: '*credits'}, missing_after: 30 days}\n"
    )
    with watching(tmp_path, account.world, rules) as sentinel:
        done = sentinel("once", "--json")
        (alert,) = opened(done.stdout)
        standing = {one["rule"]: one for one in json.loads(sentinel("status", "--json").stdout)["credits"]}
        shown = sentinel("status").stdout
        explained = sentinel("explain", "commit", "--day", f"{day(-2)}").stdout
        again = sentinel("once", "--json")
    assert (alert["rule"], alert["kind"], alert["reason"]) == ("commit", "credit", "credit_ends")
    assert (alert["scope"]["account"], alert["scope"]["product"]) == ("main", COMMIT)
    days = (date.fromisoformat(alert["day"]) - ended).days + 1
    usual = account.credited(ended - timedelta(days=28), ended - timedelta(days=1), COMMIT) / 28
    assert days >= 3
    assert (alert["observed"], round(alert["expected"] / (usual * days), 6)) == (0.0, 1.0)
    message = " ".join(done.stderr.replace("▌", " ").split())
    assert f"WARNING Credit missing: {COMMIT}" in message
    assert "it came every day before" in message
    assert (standing["commit"]["missing_since"], standing["patient"]["missing_since"]) == (ended.isoformat(), None)
    assert f"{COMMIT} of account main is missing since {ended}" in shown
    assert f"nothing has come since {ended}, it came every day before" in " ".join(explained.split())
    assert opened(again.stdout) == []


def test_what_is_left_of_a_credit_runs_out_and_is_told_with_the_right_date(tmp_path: Path) -> None:
    """Within three days of the truth; a balance that lasts beyond the rule's span is not told."""
    account = Prepaid.build(2, commit_credit=0.08)
    first = day(-HISTORY_DAYS)
    amount, ample = account.credited(first, day(17), COMMIT), account.credited(first, day(90), COMMIT)
    rules = (
        "credits:\n"
        f"  - {{name: short, where: {{product: {COMMIT}}}, amount: {amount:.2f}, from: {first}}}\n"
        f"  - {{name: long, where: {{product: {COMMIT}}}, amount: {ample:.2f}, from: {first}}}\n"
    )
    with watching(tmp_path, account.world, rules) as sentinel:
        done = sentinel("once", "--json")
        (alert,) = opened(done.stdout)
        shown = sentinel("status").stdout
        explained = sentinel("explain", "long", "--day", f"{day(-2)}").stdout
    outlook = alert["outlook"]
    assert (alert["rule"], outlook["stage"]) == ("short", "near")
    assert abs((date.fromisoformat(outlook["exhausted_on"]) - day(17)).days) <= 3
    assert date.fromisoformat(outlook["earliest"]) <= day(17) <= date.fromisoformat(outlook["latest"])
    message = " ".join(done.stderr.replace("▌", " ").split())
    assert "WARNING Credits run out: short" in message
    assert "the rest lasts until about" in message
    assert "short: " in shown
    assert "the rest lasts beyond what is looked at" in shown
    assert "that needed 70% on two days running" in " ".join(explained.split())


def test_check_says_what_a_credit_rule_watches(tmp_path: Path) -> None:
    """In half a line, with its limits."""
    rules = (
        f"credits:\n  - {{name: all}}\n  - {{name: granted, where: {{account: main, product: {COMMIT}}}, amount: 5000,"
        " from: 2026-01-01}\nreconciliation: {}\n"
    )
    with watching(tmp_path, Prepaid.build(1).world, rules) as sentinel:
        lines = sentinel("check").stdout
    assert "credit all: credits, told when missing for 3 days, or a whole month; tells here" in lines
    assert (
        f"credit granted: $5,000 of credits from 2026-01-01 where account main and product {COMMIT}, "
        "told when missing for 3 days, or a whole month, or used up within 30 days; tells here"
    ) in lines
    assert "reconciliation reconciliation: invoices that differ from the history by more than 0.5% and $1" in lines
