"""`sentinel demo`: what a newcomer sees first."""

from __future__ import annotations

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


def test_help_lists_every_command(sentinel: Command) -> None:
    """What one can do is found without the documentation."""
    listed = sentinel("--help")
    assert listed.returncode == 0
    cycle = ["init", "check", "run", "once", "pull", "evaluate", "deliver"]
    commands = [*cycle, "import", "alerts", "status", "simulate", "demo"]
    assert [name for name in commands if f"\n  {name} " not in listed.stdout] == []
