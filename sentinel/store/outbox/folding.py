"""What waits for a channel, seen as a whole: how much it is, and how it becomes one notification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select

from sentinel.domain.messages import Message, NotificationState
from sentinel.store.alerting import tables
from sentinel.store.outbox.due import NOTHING, PENDING, is_sent, waits
from sentinel.store.outbox.queue import link_alerts


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a channel took lately, and what waits for it and can still be told in another way.

    `sent` counts since the moment that was asked for, `sent_at` is the last success. `waiting` are those of which
    nothing can have arrived, the oldest of them written at `oldest`.
    """

    sent: int
    sent_at: datetime | None
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notification of which nothing can have arrived."""

    id: int
    message: Message
    created_at: datetime


def backlog(conn: Connection, channel: str, since: datetime) -> Backlog:
    """How much a channel took after `since`, and how much waits for it."""
    c = tables.notification.c
    taken = select(func.count()).where(c.channel == channel, is_sent(), c.state_since > since)
    last = select(func.max(c.state_since)).where(c.channel == channel, is_sent())
    open_ = select(func.count(), func.min(c.created_at)).where(_untouched(channel))
    waiting, oldest = conn.execute(open_).one()
    return Backlog(conn.execute(taken).scalar_one(), conn.execute(last).scalar(), waiting, oldest)


def waiting_notifications(conn: Connection, channel: str) -> tuple[Waiting, ...]:
    """Those of a channel of which nothing can have arrived, in the order in which they were written."""
    c = tables.notification.c
    query = select(c.id, c.message, c.created_at).where(_untouched(channel)).order_by(c.id)
    return tuple(
        Waiting(number, msgspec.json.decode(message, type=Message), created_at)
        for number, message, created_at in conn.execute(query)
    )


def fold(conn: Connection, channel: str, waiting: Sequence[Waiting], message: Message, moment: datetime) -> None:
    """Let one new notification, due now, stand for those that wait; they point to it, and go out no more.

    `message` tells all that theirs tell. Call it in the transaction that read them. The new one goes on with their
    attempts: a channel that is down stays so, and the patience with it runs on.
    """
    c = tables.notification.c
    numbers = [one.id for one in waiting]
    chosen = and_(_untouched(channel), c.id.between(min(numbers), max(numbers)))
    rows = [row for row in conn.execute(select(tables.notification).where(chosen)) if row.id in set(numbers)]
    tried = max(rows, key=lambda row: (row.first_attempt_at is not None, row.state_since))
    values = {
        "channel": channel,
        # No later one can have the same newest notification in it.
        "key": f"digest-{max(numbers)}",
        "message": msgspec.json.encode(message).decode(),
        "state": PENDING,
        "state_since": tried.state_since if tried.first_attempt_at else moment,
        "created_at": moment,
        "due_at": moment,
        "first_attempt_at": min((row.first_attempt_at for row in rows if row.first_attempt_at), default=None),
        "attempts": max(row.attempts for row in rows),
        "uncertain": False,
        "delivered": NOTHING,
        "error": tried.error,
        "asked_to_wait": False,
    }
    insert = tables.notification.insert().values(values).returning(c.id)
    number = int(conn.execute(insert).scalar_one())
    link_alerts(conn, number, message.alert_ids)
    folded = {"state": NotificationState.FOLDED.value, "state_since": moment, "folded_into": number}
    for row in rows:
        conn.execute(tables.notification.update().where(c.id == row.id), folded)


def hush(conn: Connection, number: int, left: Message | None, silences: Mapping[int, int], moment: datetime) -> None:
    """Record that silences keep back what a waiting notification tells of some alerts.

    `silences` are their numbers by the alerts' ids; `left` is the message that goes out instead, None where none does.
    """
    link, c = tables.notification_alert.c, tables.notification.c
    for alert_id, silence_id in silences.items():
        same = and_(link.notification_id == number, link.alert_id == alert_id)
        conn.execute(tables.notification_alert.update().where(same), {"silence_id": silence_id})
    values: dict[str, object] = (
        {"state": NotificationState.SILENCED.value, "state_since": moment, "lease_until": None, "error": None}
        if left is None
        else {"message": msgspec.json.encode(left).decode()}
    )
    still_waits = waits(tables.notification)
    conn.execute(tables.notification.update().where(c.id == number, still_waits), values)


def _untouched(channel: str) -> ColumnElement[bool]:
    """Waiting, and nothing of it can have arrived: it may still be told in another way."""
    c = tables.notification.c
    return and_(
        c.channel == channel,
        waits(tables.notification),
        c.state == PENDING,
        c.uncertain.is_(False),
        c.delivered == NOTHING,
    )
