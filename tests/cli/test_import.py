"""`sentinel import`: saved answers become history."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path

from tests.command import RULES, Command

DOCUMENTED = Path(__file__).parents[1] / "fixtures/breakdowns/documented_answer.json"


def daily_rows(sentinel: Command) -> list[tuple[int, int]]:
    """(day ordinal, cost in 1e-8 units) of every stored row."""
    with sqlite3.connect(sentinel.folder / "sentinel.db") as connection:
        return connection.execute("SELECT day, cost FROM daily_cost ORDER BY day, cost").fetchall()


def test_the_documented_answer_stores_its_six_daily_rows_and_again_changes_nothing(sentinel: Command) -> None:
    """What the documentation shows can be imported, and once is enough."""
    sentinel.write_rules(RULES)
    first = sentinel("import", str(DOCUMENTED))
    assert (first.returncode, "6 new daily rows" in first.stdout) == (0, True), first.stderr
    rows = daily_rows(sentinel)
    assert len(rows) == 6
    second = sentinel("import", str(DOCUMENTED))
    assert (second.returncode, "nothing changed" in second.stdout) == (0, True), second.stdout
    assert daily_rows(sentinel) == rows


def test_a_packed_answer_on_standard_input_is_read_like_a_file(sentinel: Command) -> None:
    """`curl ... | gzip | sentinel import -` needs no detour."""
    sentinel.write_rules(RULES)
    done = sentinel("import", "-", stdin=gzip.compress(DOCUMENTED.read_bytes()))
    assert (done.returncode, "standard input: 6 new" in done.stdout) == (0, True), done.stderr


def test_a_wrong_figure_stores_nothing_names_its_path_and_the_history_stands(sentinel: Command) -> None:
    """A bad file ends with exit code 1, and the good ones beside it are stored."""
    sentinel.write_rules(RULES)
    answer = json.loads(DOCUMENTED.read_text("utf-8"))
    answer["tenants"][0]["workspaces"][0]["clusters"][1]["charges"][0]["breakdowns"][1]["total"] = "n/a"
    bad = sentinel.folder / "bad.json"
    bad.write_text(json.dumps(answer), encoding="utf-8")
    done = sentinel("import", str(bad), str(DOCUMENTED))
    path = "tenants[0].workspaces[0].clusters[1].charges[0].breakdowns[1].total"
    assert (done.returncode, f'{path}: expected number, got "n/a"' in done.stderr) == (1, True), done.stderr
    assert len(daily_rows(sentinel)) == 6


def test_a_file_that_does_not_exist_is_wrong_usage(sentinel: Command) -> None:
    """Exit code 2, and the file's name."""
    sentinel.write_rules(RULES)
    done = sentinel("import", "nowhere.json")
    assert (done.returncode, "nowhere.json: no such file" in done.stderr) == (2, True)


def test_several_accounts_need_the_name_of_one(sentinel: Command) -> None:
    """An answer does not say whose it is."""
    sentinel.write_rules("accounts:\n  - {name: one, api_key: k}\n  - {name: two, api_key: k}\n")
    done = sentinel("import", str(DOCUMENTED))
    assert (done.returncode, "one, two" in done.stderr) == (2, True)
    assert sentinel("import", "--account", "two", str(DOCUMENTED)).returncode == 0


def test_answers_that_were_downloaded_late_can_be_said_to_be_settled(sentinel: Command) -> None:
    """Or when they were pulled, but not both."""
    sentinel.write_rules(RULES)
    both = sentinel("import", str(DOCUMENTED), "--settled", "--pulled-at", "2026-02-01")
    assert (both.returncode, "give one of them" in both.stderr) == (2, True)
    for option, settled in (("--pulled-at=2026-01-03", 0), ("--settled", 2)):
        assert sentinel("import", str(DOCUMENTED), option).returncode == 0
        account = json.loads(sentinel("status", "--json").stdout)["accounts"][0]
        assert (account["days_covered"], account["days_settled"]) == (2, settled)
