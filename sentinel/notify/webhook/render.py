"""A notification as JSON."""

from __future__ import annotations

import msgspec

from sentinel.domain.messages import Message, Notification

FORM = 1
"""The number of this form; it grows when a field changes its meaning or goes."""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What is posted: `key` is the same at every attempt, `message` as people read it elsewhere."""

    form: int
    key: str
    channel: str
    message: Message


def render(notification: Notification) -> bytes:
    """The body of the POST: UTF-8 JSON with the keys form, key, channel, message."""
    body = Body(form=FORM, key=notification.key, channel=notification.channel, message=notification.message)
    return msgspec.json.encode(body)
