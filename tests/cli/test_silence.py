"""`sentinel silence`: what is not told for a while."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.command import Command

RULES = """\
accounts:
  - {name: main, api_key: key, currency: USD}
spikes:
  - {name: cluster-product, per: [cluster]}
"""


@pytest.fixture
def quiet(sentinel: Command) -> Command:
    """A command with one rule."""
    sentinel.write_rules(RULES)
    return sentinel


def test_a_silence_is_added_listed_and_ended(quiet: Command) -> None:
    """It says what it covers, for how long, and who said so; afterwards it is only history."""
    added = quiet(
        *("silence", "add", "--where", "cluster=load-*", "--where", "workspace=staging", "--rule", "cluster-*"),
        *("--for", "7d", "--comment", "load test", "--author", "grace", "--json"),
    )
    assert added.returncode == 0, added.stderr
    record = json.loads(added.stdout)
    assert record["silence_id"] == 1
    assert record["matchers"] == {"cluster": "load-*", "workspace": "staging", "rule": "cluster-*"}
    assert (record["state"], record["author"], record["comment"]) == ("stands", "grace", "load test")
    lasts = datetime.fromisoformat(record["until"]) - datetime.fromisoformat(record["from"])
    assert lasts == timedelta(days=7)
    listed = quiet("silence", "list")
    assert "silence 1  stands  cluster load-* and workspace staging and rule cluster-*, " in listed.stdout
    assert listed.stdout.endswith("UTC, by grace: load test\n")
    assert quiet("silence", "end", "1").stdout == "silence 1 has ended\n"
    ended = quiet("silence", "list")
    assert (ended.stdout, ended.stderr) == ("", "no silence stands or is to come\n")
    assert json.loads(quiet("silence", "list", "--all", "--json").stdout)["state"] == "ended"


def test_a_silence_may_begin_later_and_its_last_day_is_included(quiet: Command) -> None:
    """Days are UTC days; a day alone is meant with all its hours."""
    next_year = datetime.now(UTC).year + 1
    days = ("--from", f"{next_year}-03-01", "--until", f"{next_year}-03-03")
    record = json.loads(quiet("silence", "add", "--rule", "*", *days, "--json").stdout)
    assert (record["state"], record["from"][:10], record["until"][:10]) == (
        "to come",
        f"{next_year}-03-01",
        f"{next_year}-03-04",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--for", "7d"], "a silence needs --where or --rule; --rule '*' silences every rule"),
        (["--rule", "*"], "say how long: either --for 7d or --until 2026-03-10"),
        (
            ["--rule", "*", "--for", "7d", "--until", "2030-01-01"],
            "say how long: either --for 7d or --until 2026-03-10",
        ),
        (["--rule", "*", "--for", "7"], "--for 7: must be a duration with its unit, like 30m, 6h or 3 days"),
        (["--rule", "*", "--until", "2020-01-01"], "the silence would have ended already, at 2020-01-02 00:00 UTC"),
        (["--where", "cluster", "--for", "7d"], "--where cluster: write DIMENSION=VALUE, like cluster=load-*"),
        (["--where", "clutser=a", "--for", "7d"], "--where clutser=a: clutser is no dimension; did you mean cluster?"),
        (
            ["--where", "cluster=a", "--where", "cluster=b", "--for", "7d"],
            "cluster stands twice, and all must match: use a glob, or a silence for each",
        ),
        (
            ["--rule", "cluster-produkt", "--for", "7d"],
            "no rule is called cluster-produkt; did you mean cluster-product?",
        ),
    ],
    ids=["nothing", "no end", "two ends", "no unit", "past", "no value", "no dimension", "twice", "no rule"],
)
def test_a_silence_that_could_not_do_what_was_meant_is_refused(quiet: Command, arguments: list[str], said: str) -> None:
    """Exit code 2, one line that names the way out, and nothing is recorded."""
    ended = quiet("silence", "add", *arguments)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"{said}\n")
    assert quiet("silence", "list", "--all").stdout == ""


def test_only_a_silence_that_stands_can_be_ended(quiet: Command) -> None:
    """An unknown or ended one is an error that says so."""
    assert quiet("silence", "end", "7").stderr == "there is no silence 7; `sentinel silence list` lists them\n"
    quiet("silence", "add", "--rule", "*", "--for", "1h")
    assert quiet("silence", "end", "1").returncode == 0
    again = quiet("silence", "end", "1")
    assert (again.returncode, again.stderr.startswith("silence 1 has ended already, at ")) == (2, True)
