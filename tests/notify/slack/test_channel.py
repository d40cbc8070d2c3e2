from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sentinel.domain.messages import Message, Notification
from sentinel.errors import DeliveryError
from sentinel.notify import batch, compose
from sentinel.notify.slack.channel import SlackChannel
from tests.notify.stories import alert_of, hostile, many, opened, spike
from tests.stand_ins.serving import started
from tests.stand_ins.slack import TOKEN, Fault, FaultKind, Slack, slack_stand_in

ALERT = compose(opened(alert_of(spike())))


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A workspace of the test's own."""
    with slack_stand_in() as running:
        yield running


def channel(
    slack: Slack, *, token: str = TOKEN, to: str = "#finops", timeout: int = 5, within: float = 60
) -> SlackChannel:
    """The channel under test."""
    return SlackChannel("finops", token=token, channel=to, base_url=slack.base_url, timeout=timeout, within=within)


def notification(message: Message = ALERT, *, key: str = "evaluation-7-0", attempts: int = 1) -> Notification:
    """A first attempt."""
    return Notification(
        1, "finops", key, message, attempts, uncertain=False, created_at=datetime.now(UTC) - timedelta(minutes=1)
    )


def again(sent: Notification, error: DeliveryError) -> Notification:
    """The next attempt, as the outbox hands it out after a failure."""
    return replace(
        sent,
        attempts=sent.attempts + 1,
        uncertain=sent.uncertain or error.uncertain,
        delivered=(*sent.delivered, *(part for part in error.delivered if part not in sent.delivered)),
    )


def failure(sender: SlackChannel, sent: Notification) -> DeliveryError:
    """The error of an attempt that must fail."""
    with pytest.raises(DeliveryError) as caught:
        sender.send(sent)
    return caught.value


def test_an_alert_arrives_as_blocks_with_our_key(slack: Slack) -> None:
    """The post carries the message, its notification key in the metadata, and is known by its place."""
    receipt = channel(slack).send(notification())
    (post,) = slack.posts("finops")
    assert "CRITICAL  Spend spike: orders-prod, Uncompressed GiB written" in post.words
    assert "91% of the excess of workspace production" in post.words
    assert post.metadata["event_type"] == "sentinel_notification"
    assert post.key == "evaluation-7-0"
    assert receipt.remote_id == f"{post.channel}/{post.ts}"


def test_a_later_transition_is_a_reply(slack: Slack) -> None:
    """It stands in the thread of the alert's first message, whose place stays the receipt."""
    sender = channel(slack)
    first = sender.send(notification())
    second = sender.send(replace(notification(key="evaluation-8-0"), thread=first.remote_id))
    opening, reply = slack.posts()
    assert reply.thread_ts == opening.ts
    assert second == first


def test_a_thread_that_was_deleted_is_replaced_by_a_new_message(slack: Slack) -> None:
    """A reply without a thread is told on its own, and later replies follow it."""
    sender = channel(slack)
    first = sender.send(notification())
    slack.delete(first.remote_id.partition("/")[2])
    second = sender.send(replace(notification(key="evaluation-8-0"), thread=first.remote_id))
    (post,) = slack.posts()
    assert post.thread_ts is None
    assert second.remote_id == f"{post.channel}/{post.ts}"


def test_a_digest_has_its_details_in_its_thread(slack: Slack) -> None:
    """Two hundred alerts: one message in the channel, everything else below it."""
    (digest,) = batch(many(200))
    channel(slack).send(notification(digest))
    first, *thread = slack.posts()
    assert first.thread_ts is None
    assert len(thread) == 20
    assert {post.thread_ts for post in thread} == {first.ts}


def test_hostile_names_arrive_as_text(slack: Slack) -> None:
    """A name that looks like a ping is escaped in what Slack receives."""
    channel(slack).send(notification(hostile()))
    (post,) = slack.posts()
    assert "<!channel>" not in post.text
    assert "&lt;!channel&gt;" in post.words


def test_a_rate_limit_is_waited_for(slack: Slack) -> None:
    """429 is transient and certain, and says how long to wait."""
    slack.fail(Fault("rate_limited", retry_after=17))
    error = failure(channel(slack), notification())
    assert (error.permanent, error.uncertain, error.retry_after) == (False, False, 17)
    assert slack.posts() == []


@pytest.mark.parametrize(
    "code", ["channel_not_found", "is_archived", "not_in_channel", "missing_scope", "token_revoked", "invalid_blocks"]
)
def test_what_a_person_must_mend_is_permanent(slack: Slack, code: str) -> None:
    """Slack's own word for it stands in the error."""
    slack.fail(Fault("error", error=code))
    error = failure(channel(slack), notification())
    assert error.permanent
    assert code in str(error)


def test_a_wrong_token_is_permanent_and_not_shown(slack: Slack) -> None:
    """The error names the channel and the way out, not the token."""
    error = failure(channel(slack, token="xoxb-wrong"), notification())
    assert error.permanent
    assert "invalid_auth: check the token" in str(error)
    assert "xoxb" not in str(error)


def test_an_unknown_channel_is_permanent(slack: Slack) -> None:
    """A misspelt channel is told at once."""
    error = failure(channel(slack, to="#nowhere"), notification())
    assert error.permanent
    assert "channel_not_found" in str(error)


@pytest.mark.parametrize(
    "fault",
    [
        Fault("status", status=500),
        Fault("status", status=502),
        Fault("status", status=503),
        Fault("status", status=200),
        Fault("error", error="internal_error"),
        Fault("error", error="fatal_error"),
        Fault("drop"),
        Fault("accept_then_drop"),
    ],
    ids=str,
)
def test_without_a_clear_answer_nothing_is_certain(slack: Slack, fault: Fault) -> None:
    """An answer that is lost or makes no sense is transient and uncertain, and slack-sdk does not send again itself."""
    slack.fail(fault)
    error = failure(channel(slack), notification())
    assert (error.permanent, error.uncertain) == (False, True)
    assert slack.calls() == ["chat.postMessage"]


def test_a_slow_answer_is_uncertain(slack: Slack) -> None:
    """A timeout does not tell whether the message was taken."""
    slack.fail(Fault("slow", seconds=3))
    error = failure(channel(slack, timeout=1), notification())
    assert (error.permanent, error.uncertain) == (False, True)


def test_a_connection_that_never_was_is_certain() -> None:
    """Nothing was sent where nobody listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    error = failure(channel(Slack(f"http://127.0.0.1:{port}")), notification())
    assert (error.permanent, error.uncertain) == (False, False)


def test_what_was_taken_is_not_sent_again(slack: Slack) -> None:
    """After "accepted, then disconnected" Slack is asked, and the message that is found is the receipt."""
    sender = channel(slack)
    for number in range(9):  # more than a page of history
        sender.send(notification(key=f"evaluation-{number}-0"))
    slack.fail(Fault("accept_then_drop"))
    lost = notification(key="evaluation-99-0")
    error = failure(sender, lost)
    for number in range(10, 19):
        sender.send(notification(key=f"evaluation-{number}-0"))
    receipt = sender.send(again(lost, error))
    ours = [post for post in slack.posts() if post.key == "evaluation-99-0"]
    assert len(ours) == 1
    assert receipt.remote_id == f"{ours[0].channel}/{ours[0].ts}"


def test_another_process_finds_it_by_the_channels_name(slack: Slack) -> None:
    """A fresh process knows only `#finops`; history wants an id, which is looked up."""
    slack.fail(Fault("accept_then_drop"))
    lost = notification()
    error = failure(channel(slack), lost)
    channel(slack).send(again(lost, error))
    assert len(slack.posts()) == 1
    assert "conversations.list" in slack.calls()


def test_what_was_not_taken_is_sent_again(slack: Slack) -> None:
    """After "disconnected before it was read" history holds nothing, and the message goes out."""
    slack.fail(Fault("drop"))
    lost = notification()
    sender = channel(slack)
    sender.send(again(lost, failure(sender, lost)))
    assert len(slack.posts()) == 1


def test_a_lost_reply_is_looked_for_in_its_thread(slack: Slack) -> None:
    """A reply whose answer was lost is found among the thread's replies."""
    sender = channel(slack)
    first = sender.send(notification())
    slack.fail(Fault("accept_then_drop"))
    lost = replace(notification(key="evaluation-8-0"), thread=first.remote_id)
    assert sender.send(again(lost, failure(sender, lost))) == first
    assert len(slack.posts()) == 2


@pytest.mark.parametrize("kind", ["accept_then_drop", "drop", "rate_limited"])
@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_a_digest_that_broke_off_is_completed(slack: Slack, kind: FaultKind, after: int) -> None:
    """Whichever of its posts failed, the next attempt adds what is missing and repeats nothing."""
    (digest,) = batch(many(25))
    slack.fail(Fault(kind, after=after))
    sent = notification(digest)
    error = failure(channel(slack), sent)
    channel(slack).send(again(sent, error))
    posts = slack.posts()
    assert [post.metadata["event_payload"]["part"] for post in posts] == [0, 1, 2, 3]
    assert {post.thread_ts for post in posts[1:]} == {posts[0].ts}


def test_a_digest_that_takes_too_long_goes_on_at_the_next_attempt(slack: Slack) -> None:
    """A send ends before its claim does; what was posted by then is not posted again."""
    (digest,) = batch(many(25))
    slack.fail(Fault("slow", seconds=0.3, times=2))
    sent = notification(digest)
    error = failure(channel(slack, within=0.4), sent)
    assert (error.permanent, error.uncertain) == (False, False)
    assert 1 <= len(error.delivered) < 4
    channel(slack).send(again(sent, error))
    assert [post.metadata["event_payload"]["part"] for post in slack.posts()] == [0, 1, 2, 3]


def test_without_the_right_to_look_it_is_sent_again(slack: Slack, caplog: pytest.LogCaptureFixture) -> None:
    """An app that may only write sends twice rather than never, and says which scopes would help."""
    sender = channel(slack)
    slack.fail(Fault("accept_then_drop"), Fault("error", method="conversations.list", error="missing_scope"))
    lost = notification()
    with caplog.at_level(logging.WARNING, logger="sentinel"):
        sender.send(again(lost, failure(sender, lost)))
    assert len(slack.posts()) == 2
    assert "channels:history" in caplog.text


def test_while_slack_cannot_be_asked_nothing_is_sent(slack: Slack) -> None:
    """An uncertain send waits until history answers."""
    slack.fail(Fault("accept_then_drop"), Fault("status", method="conversations.list", status=503))
    sender = channel(slack)
    lost = notification()
    second = again(lost, failure(sender, lost))
    error = failure(sender, second)
    sender.send(again(second, error))
    assert len(slack.posts()) == 1


def test_the_check_signs_in_without_posting(slack: Slack) -> None:
    """`check` tells who we are, or what is wrong."""
    assert channel(slack).check() == "signed in to Stand-in as sentinel"
    with pytest.raises(DeliveryError, match="invalid_auth"):
        channel(slack, token="xoxb-wrong").check()
    assert slack.posts() == []


def test_a_workspace_in_another_process_is_the_same() -> None:
    """The stand-in serves as a process of its own too."""
    with started("tests.stand_ins.slack") as facts:
        slack = Slack(facts["url"])
        channel(slack).send(notification())
        assert [post.key for post in slack.posts()] == ["evaluation-7-0"]
