"""Stage 4: neutral message -> Slack, e-mail, webhook, console."""

from __future__ import annotations

from sentinel.notify.backoff import retry_at
from sentinel.notify.batch import batch
from sentinel.notify.channel import Channel
from sentinel.notify.compose import compose
from sentinel.notify.console.render import print_message
from sentinel.notify.heartbeat import beat
from sentinel.notify.opening import open_channel
from sentinel.notify.parked import parked_notice
from sentinel.notify.routing import channels_for

__all__ = [
    "Channel",
    "batch",
    "beat",
    "channels_for",
    "compose",
    "open_channel",
    "parked_notice",
    "print_message",
    "retry_at",
]
