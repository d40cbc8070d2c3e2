"""A weekly report over a simulated billing API, through whole cycles, as it arrives in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from sentinel.jobs.cycle import pull_and_evaluate_when_due, run_cycle
from sentinel.notify import open_channel
from sentinel.pull import BillingClient
from sentinel.rules.load import rules_hash
from sentinel.rules.model import Account, Rules
from sentinel.settings import Settings
from sentinel.simulator import Clock, Server, World
from sentinel.store import Database, open_database
from tests.stand_ins.slack import TOKEN, Slack, slack_stand_in

SUNDAY = datetime(2026, 3, 1, 18, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
RULES = Rules.model_validate(
    {
        "settings": {"history_days": 40, "timezone": "Europe/Berlin"},
        "accounts": [{"name": "main", "api_key": "key-main"}],
        "channels": {"finops": {"slack": {"token": TOKEN, "channel": "#finops"}}},
        "budgets": [{"name": "whole-account", "amount": 12000, "period": "month", "notify": []}],
        "reports": [{"name": "weekly", "every": "monday 09:00", "notify": ["finops"]}],
    }
)


@dataclass(slots=True)
class Office:
    """sentinel between a simulated API and Slack, with one clock for all."""

    world: World
    server: Server
    slack: Slack
    database: Database
    clock: Clock

    def cycle(self, moment: datetime) -> None:
        """One full cycle."""
        self.clock.advance(moment - self.clock())
        settings = Settings(slack_url=self.slack.base_url)
        channels = {"finops": open_channel("finops", RULES.channels["finops"], settings)}
        run_cycle(self.database, RULES, rules_hash(RULES), self.client, channels, self.clock)

    def client(self, account: Account, shutdown: Event | None = None) -> BillingClient:
        """A client that gives up soon."""
        key = account.api_key.get_secret_value()
        return BillingClient(
            base_url=self.server.url, api_key=key, attempts=1, first_wait=0.01, longest_wait=0.02, shutdown=shutdown
        )


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    """An account of four clusters since January."""
    world, clock = World.build(SUNDAY + timedelta(days=30), clusters=4, history_days=90), Clock(SUNDAY)
    with ExitStack() as stack:
        server = stack.enter_context(Server({"key-main": world}, clock=clock))
        slack = stack.enter_context(slack_stand_in())
        database = stack.enter_context(open_database(sqlite_url))
        yield Office(world, server, slack, database, clock)


def test_a_weekly_report_arrives_on_monday_with_tables_and_charts_in_its_thread(office: Office) -> None:
    """Once, with the truth of the simulator, whatever runs again."""
    office.cycle(SUNDAY)
    assert office.slack.posts() == []
    office.cycle(MONDAY)
    office.cycle(MONDAY + timedelta(hours=1))
    first, tables = office.slack.posts("finops")
    course, moves = office.slack.uploads("finops")
    true = sum(
        row.cost
        for row in office.world.rows(MONDAY, datetime(2026, 2, 23).date(), datetime(2026, 3, 1).date())  # noqa: DTZ001 - only its date
    )
    assert first.words.startswith(f"REPORT  weekly: ${true / 1e8:,.0f} in the week of Mon 23 Feb")
    assert "2 days are not settled yet: their cost can still grow" in first.words
    assert "Budget whole-account:" in first.words
    assert {post.thread_ts for post in (tables, course, moves)} == {first.ts}
    assert all(title in tables.words for title in ("Clusters that moved most", "Products that moved most", "Budgets"))
    assert course.files[0]["alt_txt"].startswith("Bar chart of Cost a day on")
    assert moves.files[0]["alt_txt"].startswith("Bar chart of What moved most, by cluster")
    assert office.slack.picture(moves.files[0]).startswith(b"\x89PNG")


def test_the_daemon_makes_a_report_between_two_pulls(office: Office) -> None:
    """Nothing else has to be due at nine o'clock."""
    stop = Event()

    def tick(moment: datetime) -> int:
        office.clock.advance(moment - office.clock())
        pull_and_evaluate_when_due(office.database, RULES, rules_hash(RULES), office.client, office.clock, stop)
        with office.database.read() as conn:
            return int(conn.exec_driver_sql("SELECT count(*) FROM notification WHERE key LIKE 'report/%'").scalar_one())

    due = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert tick(due - timedelta(minutes=90)) == 0
    assert tick(due - timedelta(seconds=30)) == 0
    assert tick(due) == 1
    assert tick(due + timedelta(seconds=30)) == 1
