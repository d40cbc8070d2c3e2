"""`sentinel alerts`, `once` and `evaluate`: what is firing, and a person's word on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sentinel.simulator import Server, World
from tests.command import Command

STABLE = {
    "alert_id",
    "rule",
    "kind",
    "severity",
    "state",
    "transition",
    "scope",
    "day",
    "observed",
    "expected",
    "lower",
    "upper",
    "score",
    "impact",
    "reason",
    "basis",
    "channels",
}
SCOPE = {"account", "tenant", "workspace", "cluster_id", "cluster", "region", "product", "product_family"}

RULES = """\
settings: {history_days: 70}
accounts:
  - {name: main, api_key: key, currency: USD}
spikes:
  - {name: spike, where: {cluster: orders-prod}, per: [cluster, product_family]}
"""


@pytest.fixture
def firing(tmp_path: Path) -> Iterator[Command]:
    """A command whose one cycle has opened one alert, number 1; nobody is told."""
    with Server({"key": World.build(datetime.now(UTC), seed=1)}, clock=lambda: datetime.now(UTC)) as api:
        sentinel = Command(tmp_path, {"SENTINEL_WARPSTREAM_URL": api.url})
        sentinel.write_rules(RULES)
        yield sentinel


def records(output: str) -> list[dict[str, object]]:
    """One JSON object a line."""
    return [json.loads(line) for line in output.splitlines()]


def test_a_dry_run_shows_what_would_be_told_and_writes_nothing(firing: Command) -> None:
    """`sentinel evaluate --dry-run` can be tried on a running installation."""
    assert firing("pull").returncode == 0
    for _ in range(2):
        (record,) = records(firing("evaluate", "--dry-run", "--json").stdout)
        assert (record["transition"], record["alert_id"]) == ("opened", None)
    assert firing("alerts").stdout == ""


def test_the_fields_of_json_are_the_documented_ones_and_a_mark_ends_the_alert(firing: Command) -> None:
    """An alert from its opening to a person's word, through the command line alone."""
    (record,) = records(firing("once", "--json").stdout)
    assert record.keys() >= STABLE
    assert isinstance(record["scope"], dict)
    assert record["scope"].keys() >= SCOPE
    assert (record["transition"], record["alert_id"], record["channels"]) == ("opened", 1, [])
    listed = firing("alerts")
    assert "orders-prod, Uncompressed GiB written" in listed.stdout
    shown = firing("alerts", "show", "1")
    assert "Spend spike: orders-prod" in shown.stdout
    assert "opened (outside_band)" in shown.stdout
    assert firing("alerts", "snooze", "1", "--for", "3d", "--by", "bob").returncode == 0
    assert firing("alerts", "expected", "1", "--by", "ann", "--comment", "migration").returncode == 0
    (closed,) = records(firing("evaluate", "--json").stdout)
    assert (closed["state"], closed["reason"]) == ("expired", "marked_expected")
    assert firing("alerts").stdout == ""
    assert "ann migration" in firing("alerts", "show", "1").stdout
    (story,) = records(firing("alerts", "show", "1", "--json").stdout)
    assert [one["transition"] for one in story["transitions"]] == ["opened", "expired"]
    assert [(mark["mark"], mark["author"], bool(mark["until"])) for mark in story["marks"]] == [
        ("snoozed", "bob", True),
        ("expected", "ann", False),
    ]
    assert [day["day"] for day in story["days"]][-1] == closed["day"]


def test_an_unknown_alert_is_wrong_usage(firing: Command) -> None:
    """Exit code 2, and how to find the right number."""
    done = firing("alerts", "ack", "77")
    assert (done.returncode, "there is no alert 77" in done.stderr) == (2, True)


def test_a_moment_before_the_latest_evaluation_is_refused_unless_it_is_a_dry_run(firing: Command) -> None:
    """Alerts have moved on since: the past is looked at, not rewritten."""
    assert firing("once").returncode == 0
    yesterday = f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M}"
    refused = firing("evaluate", "--as-of", yesterday)
    assert (refused.returncode, "--dry-run" in refused.stderr) == (2, True)
    assert firing("evaluate", "--as-of", yesterday, "--dry-run").returncode == 0
