"""`sentinel report` as people run it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sentinel.simulator import Clock, Server, World
from tests.command import Command

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
MONDAY = NOW.date() - timedelta(days=NOW.weekday() + 7)
"""The first day of the last week that has ended."""

RULES = """\
settings: {history_days: 60}
accounts: [{name: main, api_key: key-main}]
channels: {here: {console: {}}}
defaults: {notify: []}
reports:
  - {name: weekly, every: monday 09:00, notify: [here]}
  - {name: mute, every: day 09:00, notify: []}
"""


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """`sentinel` with a history."""
    folder: Path = tmp_path_factory.mktemp("reports")
    world = World.build(NOW, clusters=4, history_days=55)
    with Server({"key-main": world}, clock=Clock(NOW)) as server:
        command = Command(folder, {"SENTINEL_WARPSTREAM_URL": server.url})
        command.write_rules(RULES)
        done = command("pull")
        assert done.returncode == 0, done.stderr
    return command


def record(command: Command, *arguments: str) -> dict[str, Any]:
    """What `report --json` prints."""
    done = command("report", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def test_the_last_week_on_the_terminal_is_not_sent(pulled: Command) -> None:
    """Its words and tables, and nothing in any channel."""
    done = pulled("report", "weekly")
    assert done.returncode == 0, done.stderr
    assert "REPORT  weekly: $" in done.stdout
    assert "Clusters that moved most" in done.stdout
    assert json.loads(pulled("status", "--json").stdout)["channels"] == []


def test_without_a_name_it_is_on_everything(pulled: Command) -> None:
    """The last week, or another period; a day chooses the one that it lies in."""
    week = record(pulled)
    assert (week["report"], week["period"], week["spend"]["from"]) == ("", "week", MONDAY.isoformat())
    assert week["spend"]["known_days"] == 7
    assert week["compared"]["change"] == pytest.approx(week["spend"]["usage"] - week["before"]["usage"])
    day = record(pulled, "--period", "day", "--day", str(MONDAY))
    assert (day["spend"]["from"], day["spend"]["to"]) == (MONDAY.isoformat(), MONDAY.isoformat())
    yesterday = (NOW - timedelta(days=1)).date()
    assert record(pulled, "--period", "month", "--day", str(yesterday))["spend"]["to"] == str(yesterday)


def test_a_report_can_be_sent_at_once(pulled: Command) -> None:
    """It goes to the channels of its rule; one without a channel says so."""
    sent = pulled("report", "weekly", "--send", "--json")
    assert sent.returncode == 0
    assert "here: 1 sent, 0 put off, 0 parked" in sent.stderr
    assert "REPORT  weekly: $" in sent.stderr, "standard output is for JSON"
    assert json.loads(sent.stdout)["report"] == "weekly"
    assert "tells nobody" in pulled("report", "mute", "--send").stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nix",), "rules.yaml has no report nix: there are weekly, mute; without a name the report is on everything"),
        (("--period", "year"), "must be one of day, week, month"),
        (("--day", "tomorrow"), "is no day; write 2026-03-02"),
        (("--day", "2999-01-01"), "has no day yet that has ended: choose an earlier day"),
        (("--send",), "--send needs the NAME of a report"),
    ],
)
def test_a_wrong_use_names_the_way_out(pulled: Command, arguments: tuple[str, ...], told: str) -> None:
    """With exit code 2."""
    done = pulled("report", *arguments)
    assert done.returncode == 2
    assert told in " ".join(done.stderr.split())


def test_accounts_of_two_currencies_do_not_add_up(sentinel: Command) -> None:
    """The way out is a report with a where."""
    sentinel.write_rules("accounts: [{name: a, api_key: k}, {name: b, api_key: k, currency: EUR}]\n")
    done = sentinel("report")
    assert done.returncode == 2
    assert "the accounts are in EUR, USD, which do not add up" in done.stderr


def test_check_lists_reports_with_their_next_moment(sentinel: Command) -> None:
    """By the clock of the settings."""
    sentinel.write_rules(RULES.replace("history_days: 60", "timezone: Asia/Tokyo"))
    done = sentinel("check")
    assert done.returncode == 0, done.stderr
    (weekly, mute) = [line.strip() for line in done.stdout.splitlines() if line.startswith("  report")]
    assert weekly.startswith("report weekly: the last week, every monday 09:00; next on Mon ")
    assert weekly.endswith(" 09:00 Asia/Tokyo; tells here")
    assert mute.endswith("; tells nobody")
    assert "note: no rule tells channel here" not in done.stdout
