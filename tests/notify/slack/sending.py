"""Notifications to Slack, and what the outbox makes of a failure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sentinel.domain.messages import Message, Notification
from sentinel.errors import DeliveryError
from sentinel.notify.slack.channel import SlackChannel
from tests.stand_ins.slack import APP_TOKEN, TOKEN, Slack


def channel(slack: Slack, *, buttons: bool = False) -> SlackChannel:
    """The channel under test, with or without buttons."""
    app_token = APP_TOKEN if buttons else None
    return SlackChannel(
        "finops", token=TOKEN, channel="#finops", base_url=slack.base_url, app_token=app_token, timeout=5
    )


def notification(message: Message, key: str = "evaluation-7/0", thread: str | None = None) -> Notification:
    """A first attempt; `thread` is the receipt of the alert's first message."""
    threads = {} if thread is None else dict.fromkeys(message.alert_ids, thread)
    written = datetime.now(UTC) - timedelta(minutes=1)
    return Notification(
        1, "finops", key, message, 1, uncertain=False, thread=thread, created_at=written, threads=threads
    )


def failure(sender: SlackChannel, sent: Notification) -> DeliveryError:
    """The error of a send that fails."""
    with pytest.raises(DeliveryError) as caught:
        sender.send(sent)
    return caught.value


def again(sent: Notification, error: DeliveryError) -> Notification:
    """The next attempt, as the outbox hands it out after a failure."""
    delivered = tuple(dict.fromkeys((*sent.delivered, *error.delivered)))
    uncertain = sent.uncertain or error.uncertain
    return replace(sent, attempts=sent.attempts + 1, uncertain=uncertain, delivered=delivered)
