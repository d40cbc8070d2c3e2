"""`sentinel pull` against a billing API in trouble, and what `sentinel status` says of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sentinel.simulator import Chaos, Clock, Fault, Server, Severity, World
from tests.command import Command

RULES = """\
settings: {history_days: 45}
accounts:
  - {name: main, api_key: key-main, currency: USD}
"""

NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)

OVERCOME = (Fault.RATE_LIMITED, Fault.SERVER_ERROR)
"""What has passed when the same request is made again."""


@pytest.fixture(scope="module")
def world() -> World:
    """A small account, its moment the present."""
    return World.build(NOW, clusters=8, history_days=40)


@pytest.fixture
def api(world: World) -> Iterator[Server]:
    """Its billing API, which fails as told."""
    with Server({"key-main": world}, clock=Clock(NOW), chaos=Chaos(severity=Severity(retry_after=0))) as server:
        yield server


def account_of(sentinel: Command) -> dict[str, Any]:
    """What `status --json` says of the one account."""
    done = sentinel("status", "--json")
    assert done.returncode == 0, done.stderr
    (account,) = json.loads(done.stdout)["accounts"]
    assert isinstance(account, dict)
    return account


def stored_costs(sentinel: Command) -> list[tuple[int, int]]:
    """(day ordinal, cost in 1e-8 units) of every stored row, in order."""
    with sqlite3.connect(sentinel.folder / "sentinel.db") as connection:
        return connection.execute("SELECT day, cost FROM daily_cost WHERE cost <> 0 ORDER BY day, cost").fetchall()


def test_a_storm_ends_in_the_truth_and_status_shows_each_fault_once(
    sentinel: Command, api: Server, world: World
) -> None:
    """Exit code 1 while windows fail; nothing known is lost; at last the truth, and every fault has passed."""
    sentinel = Command(sentinel.folder, {"SENTINEL_WARPSTREAM_URL": api.url})
    sentinel.write_rules(RULES)
    api.chaos.next(*OVERCOME, None, Fault.HTML)
    failed = sentinel("pull")
    assert (failed.returncode, "the answer is a web page" in failed.stderr) == (1, True), failed.stderr
    known = stored_costs(sentinel)
    api.chaos.next(Fault.TRUNCATED)
    failed = sentinel("pull")
    assert (failed.returncode, "the answer breaks off" in failed.stderr) == (1, True), failed.stderr
    assert set(known) <= set(stored_costs(sentinel))
    known = stored_costs(sentinel)
    api.chaos = Chaos(always=Fault.EMPTY)
    aside = sentinel("pull")
    assert (aside.returncode, "answers kept aside" in aside.stderr) == (0, True), aside.stderr
    assert stored_costs(sentinel) == known
    account = account_of(sentinel)
    assert account["kept_aside_at"] is not None
    assert "PoorAnswer" in [fault["kind"] for fault in account["faults"] if fault["ongoing"]]

    api.chaos = Chaos()
    assert sentinel("pull").returncode == 0
    assert stored_costs(sentinel) == sorted((row.day.toordinal(), row.cost) for row in world.rows(NOW) if row.cost)
    account = account_of(sentinel)
    kinds = ["PoorAnswer", "BadAnswer", "BadAnswer", "ApiUnavailable", "ApiUnavailable"]
    assert [(fault["kind"], fault["ongoing"]) for fault in account["faults"]] == [(kind, False) for kind in kinds]
    assert (account["failing_since"], account["kept_aside_at"], account["settlement"]) == (None, None, None)
    assert sentinel("status").stdout.count(" UTC, passed: ") == len(kinds)
