"""A notification as JSON."""

from __future__ import annotations

from typing import Any

import msgspec

from sentinel.domain.messages import Notification

FORM = 1
"""The number of this form; it grows when a field changes its meaning or goes."""


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """What is posted: `key` is the same at every attempt, `message` as people read it elsewhere, without its chart."""

    form: int
    key: str
    channel: str
    message: dict[str, Any]


def render(notification: Notification) -> bytes:
    """The body of the POST: UTF-8 JSON with the keys form, key, channel, message.

    A chart only shows what the figures say and is several times as long: programs are not burdened with it.
    """
    message = msgspec.to_builtins(notification.message)
    for one in (message, *message["sections"], *message["details"]):
        del one["chart"]
    body = Body(form=FORM, key=notification.key, channel=notification.channel, message=message)
    return msgspec.json.encode(body)
