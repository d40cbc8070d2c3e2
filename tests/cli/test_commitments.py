"""Commitments over a simulated account: what is told, when, and how right it is."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.cli.prepaid import HISTORY_DAYS, TODAY, Prepaid, day, watching

FROM = day(-100)
EARLY_END, LEFT_END = day(70), day(45)


def told(lines: str) -> dict[str, dict[str, Any]]:
    """The JSON lines of a command by rule."""
    return {record["rule"]: record for record in map(json.loads, lines.splitlines())}


def spoken(of: date) -> str:
    """A day as messages say it: with its year where that is not the running one."""
    text = f"{of:%a} {of.day} {of:%b}"
    return text if of.year == TODAY.year else f"{text} {of.year}"


@pytest.mark.parametrize("seed", [1, 2])
def test_one_that_is_used_up_early_and_one_left_unused_are_told_with_the_right_date(tmp_path: Path, seed: int) -> None:
    """Within three days of the truth, and the truth lies in the interval; the message names the day."""
    account = Prepaid.build(seed)
    early = account.usage(FROM, day(22))
    ample = account.usage(FROM, LEFT_END) / 0.88
    rules = (
        "commitments:\n"
        f"  - {{name: early, amount: {early:.2f}, from: {FROM}, to: {EARLY_END}}}\n"
        f"  - {{name: ample, amount: {ample:.2f}, from: {FROM}, to: {LEFT_END}}}\n"
        f"  - {{name: fits, amount: {account.usage(FROM, EARLY_END) * 1.01:.2f}, from: {FROM}, to: {EARLY_END}}}\n"
    )
    truth = account.used_up_on(early, FROM)
    with watching(tmp_path, account.world, rules) as sentinel:
        done = sentinel("once", "--json")
        assert done.returncode == 0, done.stderr
        transitions = told(done.stdout)
        assert set(transitions) == {"early", "ample"}
        standing = {one["rule"]: one for one in json.loads(sentinel("status", "--json").stdout)["commitments"]}
    outlook = transitions["early"]["outlook"]
    found = date.fromisoformat(outlook["exhausted_on"])
    assert abs((found - truth).days) <= 3
    assert date.fromisoformat(outlook["earliest"]) <= truth <= date.fromisoformat(outlook["latest"])
    assert (outlook["stage"], outlook["probability"] > 0.99) == ("near", True)
    message = " ".join(done.stderr.replace("▌", " ").split())
    assert f"used up about {spoken(found)}" in message
    assert f"{(EARLY_END - found).days} days before its end on {spoken(EARLY_END)}" in message
    least, left, most = transitions["ample"]["outlook"]["unused"]
    really_left = 0.12 * ample
    assert least <= really_left <= most
    # Three days of spend are what three days of the date mean for what is left.
    assert left == pytest.approx(really_left, abs=3 * account.usage(FROM, day(0)) / 100)
    assert f"({left / ample:.0%}) will be left on {spoken(LEFT_END)}" in message
    fits = standing["fits"]["outlook"]
    assert fits["probability"] < 0.7
    assert standing["fits"]["spent"] == pytest.approx(standing["ample"]["spent"])


def test_a_backtest_tells_each_stage_once_and_the_date_comes_true(tmp_path: Path) -> None:
    """Foreseen once it is sure on two days, again thirty days before, and when it has come to that."""
    account = Prepaid.build(3)
    amount = account.usage(FROM, day(-12)) - 40
    truth = account.used_up_on(amount, FROM)
    rules = f"commitments: [{{name: early, amount: {amount:.2f}, from: {FROM}, to: {day(30)}, severity: critical}}]\n"
    with watching(tmp_path, account.world, rules) as sentinel:
        assert sentinel("pull").returncode == 0
        done = sentinel("backtest", "--json", "--from", f"{FROM}", "--to", f"{day(-3)}")
        assert done.returncode == 0, done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    stages = [record["outlook"]["stage"] for record in records]
    assert (stages[0], stages.count("near"), stages.count("reached"), stages[-1]) == ("foreseen", 1, 1, "reached")
    assert len(records) <= 5
    near = next(record for record in records if record["outlook"]["stage"] == "near")
    reached = records[-1]
    assert (near["transition"], near["severity"]) in {("escalated", "warning"), ("opened", "warning")}
    assert abs((date.fromisoformat(near["outlook"]["exhausted_on"]) - truth).days) <= 3
    assert (reached["transition"], reached["severity"]) == ("escalated", "critical")
    assert reached["outlook"]["exhausted_on"] == truth.isoformat()
    first = date.fromisoformat(records[0]["moment"][:10])
    assert (truth - first).days > 40


def test_missing_days_are_named_and_spent_before_fills_them(tmp_path: Path) -> None:
    """A term that began before the history has no verdict until somebody says what was used before."""
    account = Prepaid.build(4)
    begin = day(-HISTORY_DAYS - 30)
    before = 9_000.0
    used = account.usage(day(-HISTORY_DAYS), day(20))
    term = f"amount: {before + used:.2f}, from: {begin}, to: {day(60)}"
    rules = (
        "commitments:\n"
        f"  - {{name: unknown, {term}}}\n"
        f"  - {{name: filled, {term}, spent_before: {before}}}\n"
        f"  - {{name: dated, {term}, spent_before: {{amount: {before}, day: {day(-HISTORY_DAYS)}}}}}\n"
    )
    truth = account.used_up_on(used, day(-HISTORY_DAYS))
    with watching(tmp_path, account.world, rules) as sentinel:
        done = sentinel("once", "--json")
        status, shown = json.loads(sentinel("status", "--json").stdout), sentinel("status").stdout
        why = sentinel("explain", "unknown", "--day", f"{day(-3)}").stdout
    missing = f"30 days of its term are unknown, from {begin} to {day(-HISTORY_DAYS - 1)}"
    assert f"warning: rule unknown: no verdict: {missing}" in done.stderr
    assert f"no verdict: {missing}" in shown
    assert f"No verdict: {missing}" in " ".join(why.split())
    unknown, filled, dated = status["commitments"]
    assert (unknown["no_verdict"], unknown["outlook"], len(unknown["missing_days"])) == ("missing_days", None, 30)
    for one in (filled, dated):
        assert abs((date.fromisoformat(one["outlook"]["exhausted_on"]) - truth).days) <= 3
    transitions = [json.loads(line)["rule"] for line in done.stdout.splitlines()]
    assert transitions == ["filled", "dated"]


def test_explain_says_how_sure_it_is_and_what_it_needs(tmp_path: Path) -> None:
    """Both fates of one commitment, with the probability that decided, and one picture of it."""
    account = Prepaid.build(5)
    amount = account.usage(FROM, day(25))
    rules = f"commitments: [{{name: early, amount: {amount:.2f}, from: {FROM}, to: {day(60)}}}]\n"
    with watching(tmp_path, account.world, rules) as sentinel:
        assert sentinel("pull").returncode == 0
        png = tmp_path / "early.png"
        done = sentinel("explain", "early", "--day", f"{day(-3)}", "--json", "--png", str(png))
        checked = sentinel("check").stdout
    assert png.read_bytes().startswith(b"\x89PNG")
    fired, not_fired = (json.loads(line) for line in done.stdout.splitlines())
    assert (fired["fires"], not_fired["fires"]) == (True, False)
    assert fired["observed"] > fired["upper"] == pytest.approx(amount, abs=0.01)
    assert "It fired: the probability that it is used up before its end is" in fired["sentence"]
    assert "that needed 70% on two days running" in not_fired["sentence"]
    assert f"from {FROM} to {day(60)}, told when used up early or more than 5% is left" in checked


def test_too_few_settled_days_are_no_verdict(tmp_path: Path) -> None:
    """Twelve days say nothing of the months to come."""
    account = Prepaid.build(6, days=13)
    rules = f"commitments: [{{name: young, amount: 1000000, from: {day(-13)}, to: {day(60)}}}]\n"
    with watching(tmp_path, account.world, rules) as sentinel:
        assert sentinel("once").returncode == 0
        done = sentinel("status")
        (standing,) = json.loads(sentinel("status", "--json").stdout)["commitments"]
    assert (standing["no_verdict"], standing["outlook"], standing["spent"] > 3000) == ("too_few_days", None, True)
    assert "no verdict: fewer than 14 settled days are known" in done.stdout
