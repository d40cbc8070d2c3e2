"""What goes out next on a channel: claimed, without what is silenced, and as one where too much waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from sentinel.domain.alerts import Silence
from sentinel.domain.messages import Message, Notification
from sentinel.domain.silences import silence_over, stands
from sentinel.notify import fold_reason, together, without_alerts
from sentinel.rules import model
from sentinel.store import (
    Backlog,
    Waiting,
    alerts_numbered,
    backlog,
    claim,
    fold,
    hush,
    next_due,
    silences,
    waiting_notifications,
)

LEASE = timedelta(minutes=2)
"""Longer than any send may take; a process that died in the middle gives its notification back after it."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The notification to send, None where none may go now, and how many a silence has kept back on the way to it."""

    notification: Notification | None
    silenced: int = 0


def load_of(conn: Connection, name: str, spec: model.Channel, moment: datetime) -> Backlog:
    """What waits for a channel, and what it took within the span of its rate limit."""
    return backlog(conn, name, moment - spec.rate_limit.per if spec.rate_limit else moment)


def is_held(spec: model.Channel, load: Backlog) -> bool:
    """Whether the rate limit of a channel lets nothing go."""
    return spec.rate_limit is not None and load.sent >= spec.rate_limit.messages


def take_next(conn: Connection, name: str, spec: model.Channel, moment: datetime) -> Outgoing:
    """Claim what goes out next on a channel.

    A silence matches now, the moment of sending: what it covers is recorded as silenced. What may have arrived already
    is never changed: it goes out as it is.
    """
    load = load_of(conn, name, spec, moment)
    if is_held(spec, load):
        return Outgoing(None)
    standing = tuple(silence for silence in silences(conn) if stands(silence, moment))
    silenced = 0
    why = fold_reason(spec, waiting=load.waiting, oldest=load.oldest, sent=load.sent, moment=moment)
    if why is not None and next_due(conn, name, moment) is not None:
        silenced += _fold(conn, name, standing, why, moment)
    while (notification := claim(conn, name, moment, LEASE)) is not None:
        if notification.uncertain or notification.delivered:
            break
        left = _hush(conn, notification.id, notification.message, standing, moment)
        if left is not None:
            return Outgoing(replace(notification, message=left), silenced)
        silenced += 1
    return Outgoing(notification, silenced)


def _fold(conn: Connection, name: str, standing: tuple[Silence, ...], why: str, moment: datetime) -> int:
    """Make one notification of all that waits; how many of them a silence has kept back."""
    waiting = waiting_notifications(conn, name)
    told: list[Waiting] = []
    for one in waiting:
        left = _hush(conn, one.id, one.message, standing, moment)
        if left is not None:
            told.append(replace(one, message=left))
    if len(told) > 1:
        fold(conn, name, told, together([one.message for one in told], why), moment)
    return len(waiting) - len(told)


def _hush(
    conn: Connection, number: int, message: Message, standing: tuple[Silence, ...], moment: datetime
) -> Message | None:
    """What is left of a message when its silenced alerts are kept back, which is recorded; None where nothing is."""
    silenced = _silenced(conn, message, standing, moment) if standing else {}
    if not silenced:
        return message
    left = without_alerts(message, silenced)
    hush(conn, number, left, silenced, moment)
    return left


def _silenced(conn: Connection, message: Message, standing: tuple[Silence, ...], moment: datetime) -> Mapping[int, int]:
    """By the ids of a message's alerts the number of the silence that covers each; only those that one covers."""
    found: dict[int, int] = {}
    for alert in alerts_numbered(conn, message.alert_ids):
        silence = silence_over(alert, standing, moment)
        if silence is not None and silence.id is not None and alert.id is not None:
            found[alert.id] = silence.id
    return found
