"""A notification as PagerDuty events: https://developer.pagerduty.com/docs/events-api-v2-overview."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sentinel.domain.messages import Message, Notification, Phase, Tone
from sentinel.notify.words.phrases import one_line

SUMMARY_AT_MOST = 1024
_SEVERITIES = {Tone.CRITICAL: "critical", Tone.WARNING: "warning", Tone.GOOD: "info", Tone.NEUTRAL: "info"}
_ACTIONS = {Phase.OPEN: "trigger", Phase.ACKNOWLEDGED: "acknowledge", Phase.ENDED: "resolve"}
_STEM_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class Event:
    """The body of one POST, and which part of its notification it is."""

    part: str
    body: dict[str, object]


def render(notification: Notification, routing_key: str) -> tuple[Event, ...]:
    """One event for each alert that is told, since PagerDuty knows incidents one by one; one for a notice."""
    told = notification.message.details or (notification.message,)
    return tuple(
        Event(str(part), {"routing_key": routing_key, **body})
        for part, message in enumerate(told)
        for body in _bodies(message, notification)
    )


def stem(notification: Notification) -> str:
    """What makes the keys of its alerts unique: another installation counts its alerts from 1 as well.

    An alert keeps the stem of the notification that told it first; it is that notification's receipt.
    """
    if notification.thread is not None:
        return notification.thread
    written = f"{notification.created_at} {notification.channel} {notification.key}"
    return hashlib.sha256(written.encode()).hexdigest()[:12]


def _bodies(message: Message, notification: Notification) -> Iterator[dict[str, object]]:
    if message.phase is not None:
        for alert_id in message.alert_ids:
            root = notification.threads.get(alert_id) or stem(notification)
            yield _body(message, _ACTIONS[message.phase], f"sentinel-alert-{alert_id}-{root[-_STEM_AT_MOST:]}")
    elif not message.alert_ids:
        yield _body(message, "trigger", f"sentinel-notice-{stem(notification)}")


def _body(message: Message, action: str, dedup_key: str) -> dict[str, object]:
    known: dict[str, object] = {"event_action": action, "dedup_key": dedup_key}
    if action != "trigger":
        return known
    said = " / ".join((message.headline, *message.lines[:1]))
    facts = {fact.label: one_line(fact.value) for fact in message.facts}
    details = {"what": "\n".join(map(one_line, message.lines)), **facts, "what to do": "\n".join(message.actions)}
    payload = {
        "summary": one_line(said)[:SUMMARY_AT_MOST],
        "source": "WarpStream billing",
        "severity": _SEVERITIES[message.tone],
        "custom_details": {label: text for label, text in details.items() if text},
    }
    if "rule" in facts:
        payload["class"] = facts["rule"]
    return {**known, "client": "sentinel", "payload": payload}
