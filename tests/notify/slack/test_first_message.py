"""The first message of an alert's thread is kept up to date."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sentinel.domain.alerts import Mark, MarkKind, Reason, TransitionKind
from sentinel.domain.findings import Severity
from sentinel.notify import answer, batch, compose
from tests.notify.slack.sending import again, channel, failure, notification
from tests.notify.stories import alert_of, changed, many, opened, spike
from tests.stand_ins.slack import Fault, FaultKind, Slack, slack_stand_in

ALERT = alert_of(spike())
OPENED = compose(opened(ALERT))
GREW = changed(
    alert_of(spike(observed=1410.0), earlier=(640.0,)), TransitionKind.ESCALATED, Reason.IMPACT_DOUBLED, previous=ALERT
)
DOUBLED = compose(GREW)
RESOLVED = compose(changed(ALERT, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL))


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A workspace of the test's own."""
    with slack_stand_in() as running:
        yield running


def mark(kind: MarkKind = MarkKind.ACKNOWLEDGED) -> Mark:
    """What ann said of the alert."""
    first = ALERT.days[0].day
    at = datetime(2026, 3, 5, 9, 15, tzinfo=UTC)
    return Mark(kind, 1042, ALERT.rule, ALERT.scope.key, ALERT.episode, first, first, "ann", at)


def test_a_reply_tells_the_change_and_the_first_message_shows_how_it_stands(slack: Slack) -> None:
    """Escalated: the reply says that it grew, the first message has the new figures and no word of the change."""
    sender = channel(slack)
    receipt = sender.send(notification(OPENED))
    assert sender.send(notification(DOUBLED, "evaluation-8/0", receipt.remote_id)) == receipt
    first, reply = slack.posts("finops")
    assert reply.thread_ts == first.ts
    assert "Spend spike, escalated: orders-prod" in reply.words
    assert "It grew from" in reply.words
    assert first.edited
    assert "CRITICAL  Spend spike: orders-prod" in first.words
    assert "saw $1,410" in first.words
    assert "It grew from" not in first.words
    assert first.key == "evaluation-7/0"


def test_a_resolved_alert_says_so_in_its_first_message_and_has_no_buttons_left(slack: Slack) -> None:
    """The state at the top of the channel is never an old one."""
    sender = channel(slack, buttons=True)
    receipt = sender.send(notification(OPENED))
    (first,) = slack.posts()
    assert first.buttons == ["Acknowledge", "Snooze 7 days", "Expected", "Explain"]
    sender.send(notification(RESOLVED, "evaluation-8/0", receipt.remote_id))
    first, reply = slack.posts()
    assert first.words.startswith("RESOLVED  Spend spike: orders-prod")
    assert (first.buttons, reply.buttons) == ([], [])


def test_what_somebody_said_stays_below_the_alert_until_it_ends(slack: Slack) -> None:
    """Acknowledged: the thread says by whom, the first message keeps the line, its button is gone."""
    sender = channel(slack, buttons=True)
    receipt = sender.send(notification(OPENED))
    said = answer(mark(), "@ann", ALERT, [mark()])
    sender.send(notification(said, "press/1", receipt.remote_id))
    first, reply = slack.posts()
    assert reply.words.startswith("Acknowledged by @ann\nNo more reminders")
    assert reply.buttons == []
    assert "Acknowledged by ann on Thu 5 Mar" in first.words
    assert first.words.startswith("CRITICAL  Spend spike: orders-prod")
    assert first.buttons == ["Snooze 7 days", "Expected", "Explain"]
    sender.send(notification(compose(GREW, said=[mark()]), "evaluation-9/0", receipt.remote_id))
    first = slack.posts()[0]
    assert "saw $1,410" in first.words
    assert "Acknowledged by ann on Thu 5 Mar" in first.words


def test_what_gets_worse_and_the_end_of_what_is_critical_are_shown_in_the_channel_too(slack: Slack) -> None:
    """Who does not follow the thread learns of both; reminders, answers and other endings stay in it."""
    warned = replace(ALERT, severity=Severity.WARNING)
    told = {
        "grew": DOUBLED,
        "over": RESOLVED,
        "withdrawn": compose(changed(ALERT, TransitionKind.WITHDRAWN, Reason.DATA_CHANGED)),
        "reminded": compose(changed(ALERT, TransitionKind.REMINDED, Reason.STILL_FIRING)),
        "expected": compose(changed(ALERT, TransitionKind.EXPIRED, Reason.MARKED_EXPECTED)),
        "acknowledged": answer(mark(), "@ann", ALERT, [mark()]),
        "a warning is over": compose(changed(warned, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL)),
    }
    sender = channel(slack)
    receipt = sender.send(notification(OPENED))
    for key, message in told.items():
        sender.send(notification(message, key, receipt.remote_id))
    first, *replies = slack.posts()
    assert {reply.thread_ts for reply in replies} == {first.ts}
    assert [reply.key for reply in replies if reply.broadcast] == ["grew", "over", "withdrawn"]
    assert not first.broadcast


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_a_first_message_that_cannot_be_changed_holds_nothing_up(slack: Slack, code: str) -> None:
    """The reply is what must arrive."""
    sender = channel(slack)
    receipt = sender.send(notification(OPENED))
    slack.fail(Fault("error", method="chat.update", error=code))
    assert sender.send(notification(RESOLVED, "evaluation-8/0", receipt.remote_id)) == receipt
    assert len(slack.posts()) == 2


@pytest.mark.parametrize("kind", ["drop", "accept_then_drop", "rate_limited", "status"])
def test_an_update_that_failed_for_the_moment_is_tried_again_without_a_second_reply(
    slack: Slack, kind: FaultKind
) -> None:
    """What has arrived is remembered, and the message itself is not in doubt."""
    sender = channel(slack)
    receipt = sender.send(notification(OPENED))
    slack.fail(Fault(kind, method="chat.update"))
    sent = notification(RESOLVED, "evaluation-8/0", receipt.remote_id)
    error = failure(sender, sent)
    assert (error.permanent, error.uncertain) == (False, False)
    channel(slack).send(again(sent, error))
    first, _ = slack.posts()
    assert first.words.startswith("RESOLVED")


def test_an_update_that_fails_again_and_again_is_let_be(slack: Slack, caplog: pytest.LogCaptureFixture) -> None:
    """Three attempts, then the notification counts as delivered and later ones are not held up."""
    sender = channel(slack)
    receipt = sender.send(notification(OPENED))
    slack.fail(Fault("error", method="chat.update", error="internal_error", times=9))
    sent = notification(RESOLVED, "evaluation-8/0", receipt.remote_id)
    sent = again(sent, failure(sender, sent))
    sent = again(sent, failure(sender, sent))
    with caplog.at_level(logging.WARNING, logger="sentinel"):
        assert sender.send(sent) == receipt
    assert "stays as it was" in caplog.text
    assert len(slack.posts()) == 2


def test_a_digest_brings_the_first_messages_of_its_alerts_up_to_date_and_links_to_their_threads(slack: Slack) -> None:
    """Alerts that were told one by one do not stay open in the channel when they end together."""
    sender = channel(slack, buttons=True)
    early = [opened(transition.alert) for transition in many(5)]
    receipts = {}
    for number, transition in enumerate(early):
        message = compose(transition)
        receipts[message.alert_ids[0]] = sender.send(notification(message, f"evaluation-7/{number}")).remote_id
    ends = [changed(each.alert, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL) for each in many(7)]
    (digest,) = batch(ends)
    receipt = sender.send(replace(notification(digest, "evaluation-8/0"), threads=receipts))
    posts = slack.posts()
    roots = [post for post in posts if f"{post.channel}/{post.ts}" in receipts.values()]
    assert [root.words.partition("  ")[0] for root in roots] == ["RESOLVED"] * 5
    assert [root.buttons for root in roots] == [[]] * 5
    (details,) = (post for post in posts if post.thread_ts is not None)
    assert details.words.count("|its thread>") == 5
    assert "?a=1&amp;b=2|its thread>" in details.words
    assert receipt.remote_id.endswith("/shared")
    calls = slack.calls().count("chat.getPermalink")
    sender.send(replace(notification(digest, "evaluation-9/0"), threads=receipts))
    assert slack.calls().count("chat.getPermalink") == calls


def test_a_digest_goes_out_without_links_where_slack_gives_none(slack: Slack) -> None:
    """A link is a convenience."""
    sender = channel(slack)
    first = sender.send(notification(OPENED)).remote_id
    slack.fail(Fault("error", method="chat.getPermalink", error="internal_error"))
    (digest,) = batch(many(7))
    sender.send(replace(notification(digest, "evaluation-8/0"), threads={1000: first}))
    assert not any("its thread" in post.words for post in slack.posts())


def test_an_alert_of_a_digest_is_answered_in_its_thread_and_the_digest_stays_what_it_was(slack: Slack) -> None:
    """The digest's first message belongs to many alerts; one that goes on is told below it."""
    sender = channel(slack, buttons=True)
    (digest,) = batch(many(7))
    receipt = sender.send(notification(digest))
    before, details = slack.posts()
    assert details.buttons.count("Acknowledge") == len([each for each in many(7) if not each.kind.closes])
    message = replace(DOUBLED, alert_ids=(1000,))
    assert sender.send(notification(message, "evaluation-8/0", receipt.remote_id)) == receipt
    after, _, reply = slack.posts()
    assert (after.words, after.edited) == (before.words, False)
    assert reply.thread_ts == before.ts
    assert reply.buttons[0] == "Acknowledge"


def test_after_a_lost_thread_the_new_message_is_the_first_one(slack: Slack) -> None:
    """A deleted first message is not updated; the new one has the buttons."""
    sender = channel(slack, buttons=True)
    receipt = sender.send(notification(OPENED))
    slack.delete(receipt.remote_id.partition("/")[2])
    second = sender.send(notification(DOUBLED, "evaluation-8/0", receipt.remote_id))
    (post,) = slack.posts()
    assert second.remote_id == f"{post.channel}/{post.ts}"
    assert post.buttons[0] == "Acknowledge"
    assert "chat.update" not in slack.calls()
