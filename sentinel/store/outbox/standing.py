"""How the outbox stands, for people to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, case, func, select

from sentinel.domain.messages import Message, NotificationState
from sentinel.store.alerting import tables


@dataclass(frozen=True, slots=True)
class QueueState:
    """The notifications of one channel: how many wait (those being sent included), are sent, are parked, are silenced.

    `waiting_since` is when the oldest that waits was written, `error` what went wrong with it last; where nothing that
    waits has failed, with the one parked last.
    """

    channel: str
    waiting: int
    sent: int
    parked: int
    silenced: int
    waiting_since: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class ParkedNotification:
    """A notification that could not be delivered, why, and since when it is kept."""

    id: int
    channel: str
    message: Message
    error: str
    since: datetime


_WAITING = (NotificationState.PENDING.value, NotificationState.SENDING.value)


def queue_state(conn: Connection) -> tuple[QueueState, ...]:
    """How every channel that ever had a notification stands, by name."""
    c = tables.notification.c
    query = (
        select(
            c.channel,
            func.count(case((c.state.in_(_WAITING), 1))).label("waiting"),
            func.count(case((c.state == NotificationState.SENT.value, 1))).label("sent"),
            func.count(case((c.state == NotificationState.PARKED.value, 1))).label("parked"),
            func.count(case((c.state == NotificationState.SILENCED.value, 1))).label("silenced"),
            func.min(case((c.state.in_(_WAITING), c.id))).label("oldest"),
            func.max(case((c.state == NotificationState.PARKED.value, c.id))).label("last_parked"),
        )
        .group_by(c.channel)
        .order_by(c.channel)
    )
    rows = conn.execute(query).all()
    looked_at = [number for row in rows for number in (row.oldest, row.last_parked) if number is not None]
    details = {row.id: row for row in conn.execute(select(c.id, c.created_at, c.error).where(c.id.in_(looked_at)))}
    errors = {number: row.error for number, row in details.items()}
    return tuple(
        QueueState(
            channel=row.channel,
            waiting=row.waiting,
            sent=row.sent,
            parked=row.parked,
            silenced=row.silenced,
            waiting_since=details[row.oldest].created_at if row.oldest is not None else None,
            error=errors.get(row.oldest) or errors.get(row.last_parked),
        )
        for row in rows
    )


def parked_notifications(conn: Connection) -> tuple[ParkedNotification, ...]:
    """Every parked notification, oldest first."""
    c = tables.notification.c
    query = select(c.id, c.channel, c.message, c.error, c.state_since).where(c.state == NotificationState.PARKED.value)
    return tuple(
        ParkedNotification(number, channel, msgspec.json.decode(message, type=Message), error or "", since)
        for number, channel, message, error, since in conn.execute(query.order_by(c.id))
    )
