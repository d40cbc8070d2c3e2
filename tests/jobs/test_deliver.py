"""What waits goes out at each channel's pace, within its limit, and without what is silenced."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from threading import Event

import pytest

from sentinel.notify.slack.channel import SlackChannel
from sentinel.notify.webhook.channel import WebhookChannel
from sentinel.store import parked_notifications, queue_state, unpark
from tests.jobs.delivering import NO_PACE, Scene, scene
from tests.stand_ins.slack import TOKEN, Fault, Slack, slack_stand_in
from tests.stand_ins.webhook import Fault as HookFault
from tests.stand_ins.webhook import Webhook, webhook_stand_in


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A workspace of the test's own."""
    with slack_stand_in() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """A receiver of the test's own."""
    with webhook_stand_in() as running:
        yield running


def to_slack(base_url: str) -> SlackChannel:
    """The channel finops in this workspace."""
    return SlackChannel("finops", token=TOKEN, channel="#finops", base_url=base_url, timeout=5)


def nobody() -> str:
    """An address where connections are refused."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/"


@pytest.fixture
def paced(sqlite_url: str, slack: Slack) -> Iterator[Scene]:
    """Slack, as it is without further settings."""
    spec = {"slack": {"token": TOKEN, "channel": "#finops"}, "console": None}
    with scene(sqlite_url, {"finops": to_slack(slack.base_url)}, {"finops": spec}) as made:
        yield made


def headlines(hook: Webhook) -> list[str]:
    """What a receiver was told, in order."""
    return [delivery.content["message"]["headline"] for delivery in hook.deliveries()]


def at_hook(hook: Webhook, name: str = "finops") -> WebhookChannel:
    """A channel to a running receiver."""
    return WebhookChannel(name, url=hook.url, timeout=5)


def test_slack_gets_a_message_a_second(paced: Scene, slack: Slack) -> None:
    """What comes earlier waits, and the next run counts from what this one has sent."""
    paced.tell(*paced.open(1, 2, 3))
    assert paced.deliver()["finops"].sent == 3
    assert paced.slept == [1.0, 1.0]
    paced.pass_by(milliseconds=250)
    paced.tell(*paced.open(4))
    paced.deliver()
    assert paced.slept == [1.0, 1.0, 0.75]
    assert len(slack.posts()) == 4


def test_who_is_to_stop_sends_no_more(sqlite_url: str, hook: Webhook) -> None:
    """A signal in the middle of a wait ends the run; the rest is sent by the next."""
    with scene(sqlite_url, {"finops": at_hook(hook)}, {"finops": {"pace": "30s"}}) as made:
        made.tell(*made.open(1, 2, 3))
        made.signal = Event()
        assert made.deliver()["finops"].sent == 1
        assert made.waiting() == 2


def test_a_rate_limit_keeps_its_last_message_for_all_that_is_left(sqlite_url: str, hook: Webhook) -> None:
    """Three an hour: two by themselves, and one that tells of the other seven; later ones wait for their hour."""
    spec = {"digest_above": "never", "rate_limit": {"messages": 3, "per": "1h"}}
    with scene(sqlite_url, {"finops": at_hook(hook)}, {"finops": spec}) as made:
        made.tell(*made.open(*range(9)))
        assert made.deliver()["finops"].sent == 3
        assert headlines(hook) == [
            "WARNING  Spend spike: vci_0",
            "WARNING  Spend spike: vci_1",
            "WARNING  7 messages held back by the limit of 3 in 1h",
        ]
        assert [one["headline"][-5:] for one in hook.deliveries()[2].content["message"]["details"]] == [
            f"vci_{number}" for number in range(2, 9)
        ]
        assert len({delivery.port for delivery in hook.deliveries()}) == 1, "one run keeps its connection"
        made.tell(*made.open(20, 21))
        made.pass_by(minutes=59)
        assert made.deliver()["finops"].sent == 0
        made.pass_by(minutes=1)
        made.deliver()
        assert headlines(hook)[3:] == ["WARNING  Spend spike: vci_20", "WARNING  Spend spike: vci_21"]
        assert len({delivery.port for delivery in hook.deliveries()}) == 2, "and closes it at its end"
        assert made.waiting() == 0


def test_a_silence_that_stands_when_a_message_would_go_out_keeps_it_back(sqlite_url: str, hook: Webhook) -> None:
    """It is recorded as silenced with the silence, is not lost, and other alerts are told."""
    with scene(sqlite_url, {"finops": at_hook(hook)}, {"finops": {}}) as made:
        one, two = made.open(1, 2)
        made.tell(one, two)
        made.silence(1, days=7)
        report = made.deliver()["finops"]
        assert (report.sent, report.silenced) == (1, 1)
        assert headlines(hook) == ["WARNING  Spend spike: vci_2"]
        with made.database.read() as conn:
            (queue,) = queue_state(conn)
        assert (queue.sent, queue.silenced, queue.waiting, queue.parked) == (1, 1, 0, 0)


def test_a_silence_that_ended_before_a_message_went_out_keeps_nothing_back(sqlite_url: str, hook: Webhook) -> None:
    """The moment of sending counts, not the one of writing."""
    with scene(sqlite_url, {"finops": at_hook(hook)}, {"finops": {}}) as made:
        made.silence(1, hours=1)
        made.tell(*made.open(1))
        made.pass_by(hours=1)
        assert made.deliver()["finops"].sent == 1


def test_a_digest_loses_what_is_silenced(sqlite_url: str, hook: Webhook) -> None:
    """The others of it are told; with one left it is that message; with none left nothing is sent."""
    with scene(sqlite_url, {"finops": at_hook(hook)}, {"finops": {}}) as made:
        first, second, third = made.open(1, 2, 3), made.open(4, 5), made.open(6, 7)
        for alerts in (first, second, third):
            made.tell(*alerts, digest=True)
        for cluster in (2, 4, 6, 7):
            made.silence(cluster, days=1)
        report = made.deliver()["finops"]
        assert (report.sent, report.silenced) == (2, 1)
        assert headlines(hook) == ["WARNING  2 alerts", "WARNING  Spend spike: vci_5"]
        content = hook.deliveries()[0].content["message"]
        assert content["lines"] == ["WARNING  Spend spike: vci_1", "WARNING  Spend spike: vci_3"]
        assert content["alert_ids"] == [first[0].id, first[2].id]


def test_what_may_have_arrived_is_not_silenced(sqlite_url: str, hook: Webhook) -> None:
    """After an uncertain send the same message goes out again, as it was."""
    with scene(sqlite_url, {"finops": at_hook(hook)}, {"finops": {}}) as made:
        made.tell(*made.open(1))
        hook.fail(HookFault(503, keeps=True))
        assert made.deliver()["finops"].put_off == 1
        made.silence(1, days=1)
        made.pass_by(minutes=1)
        assert made.deliver()["finops"].sent == 1
        assert len({delivery.key for delivery in hook.deliveries()}) == 1


def test_a_notice_is_never_silenced(sqlite_url: str, hook: Webhook) -> None:
    """What sentinel has to tell of itself concerns no alert."""
    with scene(sqlite_url, {"finops": at_hook(hook)}, {"finops": {}}) as made:
        made.silence(1, days=1)
        made.tell(headline="WARNING  The rules file is invalid")
        assert made.deliver()["finops"].sent == 1


def test_a_channel_that_is_down_is_tried_with_the_same_few(sqlite_url: str) -> None:
    """The others stay untouched, so that nobody wonders whether they have arrived."""
    down = WebhookChannel("finops", url=nobody(), timeout=5)
    with scene(sqlite_url, {"finops": down}, {"finops": {"digest_above": "never"}}) as made:
        made.tell(*made.open(*range(40)))
        tries = 0
        for _ in range(60):
            tries += made.deliver()["finops"].put_off
            made.pass_by(minutes=1)
        assert 10 < tries < 40


def test_one_that_always_fails_holds_up_no_other(sqlite_url: str, hook: Webhook) -> None:
    """Three in a row look like a channel that is down; a quarter of an hour later another one is tried."""
    with scene(sqlite_url, {"finops": at_hook(hook)}, {"finops": {"digest_above": "never"}}) as made:
        made.tell(*made.open(*range(3)))
        hook.fail(HookFault(503, times=12))
        made.deliver()
        made.tell(*made.open(*range(3, 8)))
        told = 0
        for _ in range(40):
            made.pass_by(minutes=1)
            told += made.deliver()["finops"].sent
        assert told == 8


def test_a_receiver_that_asks_to_wait_is_left_in_peace(paced: Scene, slack: Slack) -> None:
    """Nothing else is sent to its channel before the time it asked for is over."""
    slack.fail(Fault("rate_limited", retry_after=300))
    paced.tell(*paced.open(1, 2, 3))
    assert paced.deliver()["finops"].put_off == 1
    paced.pass_by(seconds=298)
    paced.deliver()
    assert slack.calls().count("chat.postMessage") == 1
    paced.pass_by(seconds=3)
    assert paced.deliver()["finops"].sent == 3


def test_what_was_parked_comes_as_one_message_when_it_is_sent_again(paced: Scene, slack: Slack) -> None:
    """A token that was wrong for days leaves no flood behind."""
    slack.fail(*(Fault("error", error="invalid_auth", times=8),))
    paced.tell(*paced.open(*range(8)))
    assert paced.deliver()["finops"].parked == 8
    paced.pass_by(days=2)
    with paced.database.write() as conn:
        assert len(parked_notifications(conn)) == unpark(conn, paced.moment) == 8
    assert paced.deliver()["finops"].sent == 1
    first, *thread = slack.posts()
    assert "8 messages waited for this channel since Thu 5 Mar 07:30 UTC" in first.words
    assert sum(post.words.count("Spend spike") for post in thread) == 8


@pytest.mark.parametrize("refuses", [True, False], ids=["refused", "no answer"])
def test_a_channel_blackholed_for_an_hour_delays_no_other_and_comes_back_with_one_digest(
    sqlite_url: str, slack: Slack, hook: Webhook, refuses: bool
) -> None:
    """Its queue stays bounded; only those of which nobody knows whether they arrived are told by themselves."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = nobody() if refuses else f"http://127.0.0.1:{silent.getsockname()[1]}/"
        dead = WebhookChannel("finops", url=url, timeout=0.05)
        both = {"finops": dead, "owners": at_hook(hook, "owners")}
        specs = {name: {**NO_PACE, "rate_limit": "none"} for name in both}
        with scene(sqlite_url, both, specs) as made:
            opened = 0
            for minute in range(60):
                if minute % 5 == 0:
                    alerts = made.open(*range(opened, opened + 3))
                    opened += 3
                    for channel in both:
                        made.tell(*alerts, to=channel)
                assert made.deliver()["owners"].sent == (3 if minute % 5 == 0 else 0)
                made.pass_by(minutes=1)
            assert made.waiting() <= opened
            made.pass_by(minutes=30)
            made.deliver()
            assert made.waiting() <= (1 if refuses else 10)
            made.channels["finops"] = to_slack(slack.base_url)
            made.pass_by(hours=1)
            made.deliver()
            made.pass_by(hours=1)
            made.deliver()
            assert made.waiting() == 0
            own = [post for post in slack.posts() if post.thread_ts is None]
            digests = [post for post in own if "waited for this channel since" in post.words]
            assert len(digests) == 1
            assert len(own) <= (1 if refuses else 7)
            told = [word for post in slack.posts() for word in post.words.split() if word.startswith("vci_")]
            assert {word.strip("*,") for word in told} == {f"vci_{number}" for number in range(opened)}


def test_in_a_digest_of_what_waited_an_alert_is_named_as_it_stands_now(sqlite_url: str, hook: Webhook) -> None:
    """All that was written stands in the details, in its order; the heading counts on the newest."""
    dead = WebhookChannel("finops", url=nobody(), timeout=5)
    with scene(sqlite_url, {"finops": dead}, {"finops": {"digest_above": 1}}) as made:
        (alert,) = made.open(1)
        made.tell(alert)
        made.deliver()
        made.pass_by(minutes=50)
        made.tell(alert)
        made.pass_by(minutes=20)
        made.channels["finops"] = at_hook(hook)
        assert made.deliver()["finops"].sent == 1
        (delivery,) = hook.deliveries()
        content = delivery.content["message"]
        assert content["headline"] == "WARNING  2 messages waited for this channel since Thu 5 Mar 07:30 UTC"
        assert (len(content["details"]), len(content["lines"]), content["alert_ids"]) == (2, 1, [alert.id])
        made.tell(alert)
        made.pass_by(minutes=1)
        assert made.deliver()["finops"].sent == 1


def test_the_patience_with_a_channel_runs_on_when_its_queue_is_folded(sqlite_url: str) -> None:
    """After three days a digest is parked like any other, and its alerts with it."""
    dead = WebhookChannel("finops", url=nobody(), timeout=5)
    with scene(sqlite_url, {"finops": dead}, {"finops": {"digest_above": 2}}) as made:
        made.tell(*made.open(*range(4)))
        parked = 0
        for _ in range(80):
            parked += made.deliver()["finops"].parked
            made.pass_by(hours=1)
        assert (parked, made.waiting()) == (1, 0)
        with made.database.read() as conn:
            (kept,) = parked_notifications(conn)
        assert len(kept.message.details) == 4
        assert kept.since - made.moment < timedelta(0)
