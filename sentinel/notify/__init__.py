"""Stage 4: neutral message -> Slack, e-mail, webhook, console."""

from __future__ import annotations

from sentinel.notify.backoff import retry_at
from sentinel.notify.batch import batch
from sentinel.notify.channel import Channel
from sentinel.notify.console.render import print_message
from sentinel.notify.heartbeat import beat
from sentinel.notify.opening import open_channel, open_listener
from sentinel.notify.parked import parked_notice
from sentinel.notify.reports import tell_report
from sentinel.notify.routing import channels_for
from sentinel.notify.slack.buttons import Button
from sentinel.notify.slack.press import Press
from sentinel.notify.words.answers import answer, explained
from sentinel.notify.words.compose import compose
from sentinel.notify.words.digest import fold_reason, together, without_alerts
from sentinel.notify.words.sample import sample

__all__ = [
    "Button",
    "Channel",
    "Press",
    "answer",
    "batch",
    "beat",
    "channels_for",
    "compose",
    "explained",
    "fold_reason",
    "open_channel",
    "open_listener",
    "parked_notice",
    "print_message",
    "retry_at",
    "sample",
    "tell_report",
    "together",
    "without_alerts",
]
