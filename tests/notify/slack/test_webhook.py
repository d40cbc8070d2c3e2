"""Slack by an incoming webhook, against a local receiver that answers as Slack does."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from sentinel.domain.messages import Notification
from sentinel.errors import DeliveryError
from sentinel.notify import batch
from sentinel.notify.slack.webhook import SlackWebhookChannel
from tests.notify.slack.sending import again
from tests.notify.slack.test_first_message import OPENED, RESOLVED
from tests.notify.stories import hostile, many
from tests.stand_ins.serving import Answer, Request, serve

TAKEN = Answer(200, b"ok")


class Hook:
    """A receiver that keeps what it took, and gives the answers it was told in their order, then `ok`."""

    def __init__(self, *answers: Answer) -> None:
        self.taken: list[dict[str, Any]] = []
        self._answers = list(answers)

    def respond(self, request: Request) -> Answer:
        """Take one post."""
        answer = self._answers.pop(0) if self._answers else TAKEN
        if answer.status == 200:
            self.taken.append(json.loads(request.body))
        return answer


@contextmanager
def channel(hook: Hook) -> Iterator[SlackWebhookChannel]:
    """The channel under test."""
    with serve(hook.respond) as url:
        yield SlackWebhookChannel("finops", url=f"{url}/services/T0/B0/secret", timeout=2)


SENT = Notification(1, "finops", "evaluation-7/0", OPENED, 1, uncertain=False)


def test_each_change_is_a_message_of_its_own_with_the_alerts_id() -> None:
    """There are no threads: the id tells what belongs together."""
    hook = Hook()
    with channel(hook) as sender:
        receipt = sender.send(SENT)
        sender.send(replace(SENT, key="evaluation-8/0", message=RESOLVED, thread=receipt.remote_id))
    first, second = hook.taken
    assert receipt.remote_id == "evaluation-7/0"
    assert first["blocks"][0]["text"]["text"].startswith("CRITICAL  Spend spike: orders-prod")
    assert second["blocks"][0]["text"]["text"].startswith("RESOLVED  Spend spike: orders-prod")
    assert all("id 1042" in json.dumps(each["attachments"]) for each in hook.taken)
    assert "sentinel alerts ack 1042" in json.dumps(first["attachments"])
    assert "thread_ts" not in second


def test_a_large_digest_does_not_bury_the_channel() -> None:
    """Without a thread only the gravest of its details follow."""
    (digest,) = batch(many(200))
    hook = Hook()
    with channel(hook) as sender:
        sender.send(replace(SENT, message=digest))
    assert len(hook.taken) == 3


def test_a_hostile_name_is_escaped() -> None:
    """A cluster called `<!channel>` pings nobody here either."""
    hook = Hook()
    with channel(hook) as sender:
        sender.send(replace(SENT, message=hostile()))
    (taken,) = hook.taken
    assert "<!channel>" not in taken["text"]
    assert "&lt;!channel&gt;" in taken["text"]


@pytest.mark.parametrize(
    ("answer", "permanent", "uncertain"),
    [
        (Answer(404, b"no_service"), True, False),
        (Answer(403, b"invalid_token"), True, False),
        (Answer(400, b"invalid_blocks"), True, False),
        (Answer(410, b"channel_is_archived"), True, False),
        (Answer(429, b"rate_limited", {"Retry-After": "7"}), False, False),
        (Answer(502, b"<html>"), False, True),
        (Answer(200, b"<html>a proxy's page</html>"), False, True),
        (Answer(drop=True), False, True),
    ],
    ids=str,
)
def test_the_answer_decides(answer: Answer, permanent: bool, uncertain: bool) -> None:
    """Slack's own words are passed on, and no secret; slack-sdk does not send again itself."""
    with channel(Hook(answer)) as sender, pytest.raises(DeliveryError) as caught:
        sender.send(SENT)
    error = caught.value
    assert (error.permanent, error.uncertain) == (permanent, uncertain)
    assert error.retry_after == (7 if answer.status == 429 else None)
    assert "secret" not in str(error)
    if answer.status == 404:
        assert "no_service: make a new webhook" in str(error)


def test_what_arrived_of_a_digest_is_not_sent_again() -> None:
    """The next attempt goes on where the last one broke off."""
    (digest,) = batch(many(25))
    hook = Hook(TAKEN, Answer(429))
    sent = replace(SENT, message=digest)
    with channel(hook) as sender:
        with pytest.raises(DeliveryError) as caught:
            sender.send(sent)
        sender.send(again(sent, caught.value))
    assert len(hook.taken) == 3


def test_a_receiver_that_is_away_is_certain() -> None:
    """Nobody listens, nothing was sent."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{unused.getsockname()[1]}/secret"
    sender = SlackWebhookChannel("finops", url=away)
    with pytest.raises(DeliveryError) as caught:
        sender.send(SENT)
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
    assert "was not asked" in sender.check()
    assert "secret" not in sender.check()
