"""An alert that another one tells, through the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sentinel.simulator import Server, World
from tests.command import Command

RULES = """\
settings: {history_days: 70}
accounts:
  - {name: main, api_key: key, currency: USD}
channels:
  here: {console: {}}
  there: {console: {}}
spikes:
  - {name: spike, where: {cluster: orders-prod}, per: [cluster, product_family], notify: [here]}
  - {name: whole, where: {cluster: orders-prod}, per: [cluster], min_percent: 5%, notify: [there]}
"""


@pytest.fixture
def firing(tmp_path: Path) -> Iterator[Command]:
    """A command whose one cycle has opened two alerts about one excess."""
    with Server({"key": World.build(datetime.now(UTC), seed=1)}, clock=lambda: datetime.now(UTC)) as api:
        sentinel = Command(tmp_path, {"SENTINEL_WARPSTREAM_URL": api.url})
        sentinel.write_rules(RULES)
        assert sentinel("pull").returncode == 0
        yield sentinel


def test_two_rules_that_see_one_excess_send_one_alert_and_show_both(firing: Command) -> None:
    """The other is listed, explained and counted as told by the one that was sent."""
    told, other = [json.loads(line) for line in firing("evaluate", "--json").stdout.splitlines()]
    assert (told["rule"], told["channels"], told["inhibited_by"]) == ("spike", ["here", "there"], None)
    assert (other["rule"], other["channels"], other["inhibited_by"]) == ("whole", [], told["alert_id"])
    assert f"told by alert {told['alert_id']}" in firing("alerts").stdout
    explained = firing("explain", "whole", "--day", other["day"]).stdout
    assert f"alert {other['alert_id']}, told by alert {told['alert_id']}" in explained
    (record,) = [
        json.loads(line) for line in firing("explain", "whole", "--day", other["day"], "--json").stdout.splitlines()
    ]
    assert (record["alert_id"], record["inhibited_by"]) == (other["alert_id"], told["alert_id"])
    own = [json.loads(line) for line in firing("explain", "spike", "--day", told["day"], "--json").stdout.splitlines()]
    assert [(one["alert_id"], one["inhibited_by"]) for one in own if one["fires"]] == [(told["alert_id"], None)]
    replayed = firing("backtest", "--from", f"{datetime.now(UTC):%Y-%m-%d}")
    assert f"told by alert {told['alert_id']}" in replayed.stdout
    assert [line.split() for line in replayed.stdout.splitlines() if line.startswith(("spike ", "whole "))] == [
        ["spike", "1", "7.0", "2", "0"],
        ["whole", "0", "0.0", "0", "1"],
    ]


def test_status_counts_what_people_said_of_each_rule(firing: Command) -> None:
    """A rule whose alerts are mostly false alarms is named, and what one can do about it."""
    (told, *_) = [json.loads(line) for line in firing("evaluate", "--json").stdout.splitlines()]
    assert "spike: 1 alert\n" in firing("status").stdout
    for word in ("ack", "false-alarm"):
        assert firing("alerts", word, str(told["alert_id"]), "--by", "ann").returncode == 0
    line = next(line for line in firing("status").stdout.splitlines() if line.startswith("spike: "))
    assert line.startswith("spike: 1 alert, 1 acknowledged, 1 false alarm (100%); raise its minimums or its z")
    (counted,) = json.loads(firing("status", "--json").stdout)["rules"]
    assert (counted["rule"], counted["alerts"], counted["false_alarm_share"]) == ("spike", 1, 1.0)
