"""`sentinel demo`: what a newcomer sees first."""

from __future__ import annotations

import socket
from datetime import UTC, datetime

from sentinel.simulator import World
from tests.command import Command


def test_the_demo_tells_a_budget_and_a_spike_of_the_planted_incidents_and_where_things_are(sentinel: Command) -> None:
    """One command: history, alerts as in Slack, budget bars, and where to look next."""
    truth = World.build(datetime.now(UTC), seed=1).truth()
    lasting = {incident.cluster_name for incident in truth if incident.last_day is None}
    shown = sentinel("demo", "--folder", str(sentinel.folder / "demo"))
    assert shown.returncode == 0, shown.stderr
    spikes = [line for line in shown.stdout.splitlines() if "Spend spike: " in line]
    assert spikes
    assert any(name in line for line in spikes for name in lasting)
    assert "Budget 100% crossed: orders-prod" in shown.stdout
    assert "whole-account: $12,000" in shown.stdout
    assert str(sentinel.folder / "demo" / "sentinel.db") in shown.stdout
    status = sentinel(
        "--rules",
        str(sentinel.folder / "demo" / "rules.yaml"),
        "status",
        "--json",
        SENTINEL_DATABASE_URL=f"sqlite:///{sentinel.folder / 'demo' / 'sentinel.db'}",
        WARPSTREAM_API_KEY="simulated",
    )
    assert status.returncode == 0, status.stderr
    assert '"days_covered": 121' in status.stdout


def test_the_demo_overwrites_no_rules_of_somebodys_own(sentinel: Command) -> None:
    """A folder in use is left as it is."""
    rules = sentinel.write_rules("accounts: []\n")
    refused = sentinel("demo", "--folder", ".")
    assert (refused.returncode, "a folder of its own" in refused.stderr) == (2, True), refused.stderr
    assert rules.read_text() == "accounts: []\n"
    assert not (sentinel.folder / "sentinel.db").exists()


def test_a_simulation_says_that_its_port_is_taken(sentinel: Command) -> None:
    """Two of them cannot listen at one port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        refused = sentinel("simulate", "--port", str(taken.getsockname()[1]))
    assert (refused.returncode, "--port 0 takes a free one" in refused.stderr) == (2, True), refused.stderr


def test_help_lists_every_command(sentinel: Command) -> None:
    """What one can do is found without the documentation."""
    listed = sentinel("--help")
    assert listed.returncode == 0
    cycle = ["init", "check", "run", "once", "pull", "evaluate", "deliver"]
    commands = [*cycle, "import", "export", "alerts", "status", "simulate", "demo"]
    assert [name for name in commands if f"\n  {name} " not in listed.stdout] == []
