"""Budgets that look ahead, from the command line: what is told, shown and explained is one and the same."""

from __future__ import annotations

import json
from pathlib import Path

from sentinel.domain.periods import Period
from tests.cli.prepaid import Prepaid, day, watching

TERM = Period(day(-20), day(20))


def test_a_forecast_is_told_shown_and_explained_alike(tmp_path: Path) -> None:
    """A term of 41 days that will cost more than its amount, seen after half of it; the truth lies in the interval."""
    account = Prepaid.build(3)
    truth = account.usage(TERM.first, TERM.last)
    period = f"{{from: {TERM.first}, to: {TERM.last}}}"
    rules = (
        "budgets:\n"
        f"  - {{name: term, amount: {truth / 1.2:.2f}, period: {period}, thresholds: [100%], forecast: [100%]}}\n"
        f"  - {{name: roomy, amount: {truth * 1.2:.2f}, period: {period}, thresholds: [100%], forecast: [100%]}}\n"
        f"  - {{name: each, amount: 9000, period: day}}\n"
    )
    with watching(tmp_path, account.world, rules) as sentinel:
        once = sentinel("once", "--json")
        standing = {one["rule"]: one for one in json.loads(sentinel("status", "--json").stdout)["budgets"]}
        shown = " ".join(sentinel("status").stdout.split())
        explained = sentinel("explain", "term", "--day", f"{day(0)}")
        (record,) = map(json.loads, sentinel("explain", "term", "--day", f"{day(0)}", "--json").stdout.splitlines())
        again = sentinel("once", "--json")
    (alert,) = (told for told in map(json.loads, once.stdout.splitlines()) if "alert_id" in told)
    assert (alert["rule"], alert["severity"], alert["reason"]) == ("term", "warning", "forecast_above")
    forecast = alert["forecast"]
    assert forecast == standing["term"]["forecast"] == record["forecast"]
    assert forecast["lower"] < truth < forecast["upper"]
    assert forecast["chance"] > 0.7
    assert standing["roomy"]["forecast"]["chance"] < 0.2
    assert (standing["each"]["forecast"], standing["each"]["forecast_awaits"]) == (None, None)
    assert "Budget 100% forecast: term" in " ".join(once.stderr.replace("▌", " ").split())
    assert "forecast $" in shown
    assert "which crosses the forecast 100%" in record["sentence"]
    words = " ".join(explained.stdout.split())
    assert "likely to exceed $" in words
    assert "is spent" in words
    assert not [line for line in again.stdout.splitlines() if "alert_id" in line]


def test_a_young_account_is_told_that_it_is_too_young(tmp_path: Path) -> None:
    """Ten days are no forecast: status and explain say how many are missing."""
    account = Prepaid.build(3, days=10)
    rules = (
        "budgets:\n"
        f"  - {{name: term, amount: 90000, period: {{from: {TERM.first}, to: {TERM.last}}}, forecast: [100%]}}\n"
    )
    with watching(tmp_path, account.world, rules) as sentinel:
        sentinel("once")
        (standing,) = json.loads(sentinel("status", "--json").stdout)["budgets"]
        shown = " ".join(sentinel("status").stdout.split())
        explained = " ".join(sentinel("explain", "term", "--day", f"{day(0)}").stdout.split())
    awaits = standing["forecast_awaits"]
    assert (standing["forecast"], awaits["needed"]) == (None, 14)
    said = f"no forecast yet: {awaits['settled_days']} of 14 settled days"
    assert said in shown
    assert said in explained
