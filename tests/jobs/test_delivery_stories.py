"""From the bill to the channel: many alerts at once, a channel that is down for days, a silence that ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from sentinel.domain.alerts import Silence, TransitionKind
from sentinel.jobs.deliver import deliver_pending
from sentinel.notify.slack.channel import SlackChannel
from sentinel.rules.model import Rules
from sentinel.store import Database, add_silence, open_alerts, open_database, queue_state
from tests.jobs.bills import FIRST, live_through, morning
from tests.stand_ins.slack import TOKEN, Slack, slack_stand_in

DAY = date(2026, 2, 20)
CHANNEL = {"slack": {"token": TOKEN, "channel": "#finops"}, "pace": "0s"}


def rules(**more: Any) -> Rules:
    """One spike rule whose alerts go to Slack."""
    return Rules.model_validate(
        {
            "settings": {"history_days": 40},
            "accounts": [{"name": "main", "api_key": "made-up"}],
            "channels": {"finops": CHANNEL},
            "defaults": {"notify": ["finops"]},
            "spikes": [{"name": "cluster-spike", "per": ["cluster"]}],
            "freshness": {"enabled": False},
            **more,
        }
    )


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A workspace of the test's own."""
    with slack_stand_in() as running:
        yield running


def deliver(database: Database, by: Rules, slack: Slack, day: date, *, hours: float = 0.1) -> None:
    """Send what waits, so long after the evaluation of a day."""
    channel = SlackChannel("finops", token=TOKEN, channel="#finops", base_url=slack.base_url)
    deliver_pending(database, by, {"finops": channel}, lambda: morning(day) + timedelta(hours=hours))


def test_two_hundred_alerts_at_once_are_one_message_with_its_details_in_the_thread(
    sqlite_url: str, slack: Slack
) -> None:
    """Every cluster is named once, in posts that Slack takes."""
    with open_database(sqlite_url) as database:
        live_through(database, rules(), DAY - timedelta(days=1), 200, {})
        evaluation = live_through(database, rules(), DAY, 200, {DAY: range(200)})
        assert [one.transition.kind for one in evaluation.told] == [TransitionKind.OPENED] * 200
        deliver(database, rules(), slack, DAY)
        first, *thread = slack.posts("finops")
        assert "200 alerts: 200 opened" in first.words
        assert "and 190 more" in first.words
        assert {post.thread_ts for post in thread} == {first.ts}
        words = "\n".join(post.words for post in thread)
        assert all(f"vci_{cluster}\n" in f"{words}\n".replace("*", "\n") for cluster in range(200))
        with database.read() as conn:
            (queue,) = queue_state(conn)
        assert (queue.sent, queue.waiting) == (1, 0)


def test_a_channel_that_is_down_for_days_gathers_no_reminders(sqlite_url: str) -> None:
    """What waits is what was never told: one notification of the alert, however long it fires."""
    by = rules(defaults={"notify": ["finops"], "remind_every": "1 day"})
    with open_database(sqlite_url) as database:
        live_through(database, by, DAY - timedelta(days=1), 3, {})
        spikes = {}
        kinds = []
        for past in range(6):
            spikes[DAY + timedelta(days=past)] = [1]
            evaluation = live_through(database, by, DAY + timedelta(days=past), 3, spikes)
            kinds += [one.transition.kind for one in evaluation.told]
        assert TransitionKind.REMINDED in kinds
        with database.read() as conn:
            (queue,) = queue_state(conn)
        assert queue.waiting == sum(kind is not TransitionKind.REMINDED for kind in kinds)


def test_what_a_silence_kept_back_is_told_once_when_it_has_ended(sqlite_url: str, slack: Slack) -> None:
    """While it stands nobody is told; afterwards only what still fires is, and never its opening as well."""
    by = rules()
    with open_database(sqlite_url) as database:
        live_through(database, by, DAY - timedelta(days=1), 3, {})
        with database.write() as conn:
            silence = Silence(
                None, (("cluster", "vci_1"),), morning(DAY), morning(DAY) + timedelta(hours=30), "grace", "load test"
            )
            add_silence(conn, silence)
        spikes = {}
        for past in range(2):
            spikes[DAY + timedelta(days=past)] = [1]
            live_through(database, by, DAY + timedelta(days=past), 3, spikes)
            deliver(database, by, slack, DAY + timedelta(days=past))
        assert slack.posts() == []
        with database.read() as conn:
            assert len(open_alerts(conn)) == 1
        spikes[DAY + timedelta(days=2)] = [1]
        live_through(database, by, DAY + timedelta(days=2), 3, spikes)
        deliver(database, by, slack, DAY + timedelta(days=2))
        (post,) = (post for post in slack.posts() if post.thread_ts is None)
        assert "A silence has ended and this still holds" in post.words


def test_a_silence_that_came_and_went_between_two_evaluations_loses_nothing(sqlite_url: str, slack: Slack) -> None:
    """It kept back what was to be sent meanwhile; the next evaluation tells it."""
    by = rules()
    with open_database(sqlite_url) as database:
        live_through(database, by, DAY - timedelta(days=1), 3, {})
        spikes = {DAY: [1]}
        live_through(database, by, DAY, 3, spikes)
        begins = morning(DAY) + timedelta(minutes=1)
        with database.write() as conn:
            add_silence(conn, Silence(None, (("rule", "cluster-*"),), begins, begins + timedelta(hours=1), "grace", ""))
        deliver(database, by, slack, DAY)
        assert slack.posts() == []
        spikes[DAY + timedelta(days=1)] = [1]
        live_through(database, by, DAY + timedelta(days=1), 3, spikes)
        deliver(database, by, slack, DAY + timedelta(days=1))
        (post,) = (post for post in slack.posts() if post.thread_ts is None)
        assert "vci_1" in post.words


def test_the_history_is_long_enough_to_judge() -> None:
    """The stories above do not rest on a rule that is still learning."""
    assert (DAY - FIRST).days > 40
