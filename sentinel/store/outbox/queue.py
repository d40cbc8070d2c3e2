"""The outbox: notifications that are written with what they tell of, claimed, sent, and recorded.

A claim is a conditional UPDATE with a lease. Whoever dies while sending gives the notification back when the lease
ends; it is then `uncertain`. A result counts only for the claim that it belongs to, except that what was sent is sent,
whoever else may hold it by now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Table, and_, select
from sqlalchemy.dialects import postgresql, sqlite

from sentinel.domain.messages import Message, Notification, NotificationState, Receipt
from sentinel.errors import DeliveryError
from sentinel.store.alerting import tables
from sentinel.store.outbox.due import NOTHING, PENDING, SENDING, SENT, next_due, waits

_PARKED = NotificationState.PARKED.value
_Parts = tuple[str, ...]
_AT_ONCE = 500
"""So many values stand in one IN list."""


def enqueue(conn: Connection, channel: str, key: str, message: Message, moment: datetime) -> bool:
    """Write a message for a channel, fixed as it is; False, and nothing, where the channel has this `key` already.

    Call it in the transaction that writes what the message tells of; its `alert_ids` must be in the database.
    """
    values = {
        "channel": channel,
        "key": key,
        "message": msgspec.json.encode(message).decode(),
        "state": PENDING,
        "state_since": moment,
        "created_at": moment,
        "due_at": moment,
        "attempts": 0,
        "uncertain": False,
        "delivered": NOTHING,
        "asked_to_wait": False,
    }
    insert = _insert(conn, tables.notification).values(values).on_conflict_do_nothing()
    number = conn.execute(insert.returning(tables.notification.c.id)).scalar()
    if number is None:
        return False
    link_alerts(conn, number, message.alert_ids)
    return True


def link_alerts(conn: Connection, number: int, alert_ids: Iterable[int]) -> None:
    """Note which alerts a notification tells of."""
    told = [{"notification_id": number, "alert_id": alert_id} for alert_id in dict.fromkeys(alert_ids)]
    if told:
        conn.execute(tables.notification_alert.insert(), told)


def claim(conn: Connection, channel: str, moment: datetime, lease: timedelta) -> Notification | None:
    """Take the notification that goes out next on a channel, until `moment` + `lease`; None where none may.

    One that was claimed before and whose lease has ended is due too, and uncertain. Commit before sending: a claim that
    is rolled back was none.
    """
    c = tables.notification.c
    while (row := next_due(conn, channel, moment)) is not None:
        values = {
            "state": SENDING,
            "state_since": moment,
            "lease_until": moment + lease,
            "attempts": row.attempts + 1,
            "first_attempt_at": row.first_attempt_at or moment,
            "uncertain": row.uncertain or row.state == SENDING,
        }
        same = and_(c.id == row.id, c.state == row.state, c.attempts == row.attempts)
        if conn.execute(tables.notification.update().where(same), values).rowcount == 1:
            return _read(row, _threads(conn, row), **values)
    return None


def record_sent(conn: Connection, notification: Notification, receipt: Receipt, moment: datetime) -> None:
    """Record that a notification has arrived, and where the conversation about its alerts is.

    The place of an alert's first message stays, unless a reply had to begin a new conversation.
    """
    c = tables.notification.c
    conn.execute(
        tables.notification.update().where(c.id == notification.id, c.state != SENT),
        {"state": SENT, "state_since": moment, "lease_until": None, "error": None},
    )
    moved = notification.thread is not None and notification.thread != receipt.remote_id
    for alert_id in dict.fromkeys(notification.message.alert_ids):
        values = {
            "alert_id": alert_id,
            "channel": notification.channel,
            "thread": receipt.remote_id,
            "moment": moment,
        }
        insert = _insert(conn, tables.receipt).values(values)
        key = ["alert_id", "channel"]
        new = {"thread": receipt.remote_id, "moment": moment}
        conn.execute(
            insert.on_conflict_do_update(index_elements=key, set_=new) if moved else insert.on_conflict_do_nothing()
        )


def record_retry(
    conn: Connection, notification: Notification, due_at: datetime, error: DeliveryError, moment: datetime
) -> None:
    """Record that a claimed notification has not, or not wholly, arrived and is to be tried again at `due_at`."""
    _give_back(conn, notification, error, {"state": PENDING, "state_since": moment, "due_at": due_at})


def park(conn: Connection, notification: Notification, error: DeliveryError, moment: datetime) -> None:
    """Record that a claimed notification cannot be delivered; it is kept, and `unpark` sends it again."""
    _give_back(conn, notification, error, {"state": _PARKED, "state_since": moment})


def unpark(conn: Connection, moment: datetime, *, channel: str | None = None, ids: Collection[int] = ()) -> int:
    """Let parked notifications be sent again, all, those of a channel, or those of these ids; how many."""
    c = tables.notification.c
    conditions = [c.state == _PARKED]
    if channel is not None:
        conditions.append(c.channel == channel)
    if ids:
        conditions.append(c.id.in_(ids))
    # The patience with the channel begins anew.
    values = {
        "state": PENDING,
        "state_since": moment,
        "due_at": moment,
        "first_attempt_at": None,
        "asked_to_wait": False,
    }
    return conn.execute(tables.notification.update().where(*conditions), values).rowcount


def told_channels(conn: Connection, alert_ids: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """The channels that each of these alerts was told to, or is about to be; alerts told to none are left out.

    What a silence kept back was not told.
    """
    return _channels(conn, alert_ids)


def awaiting_channels(conn: Connection, alert_ids: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """The channels in which a notification about each of these alerts still waits; alerts with none are left out."""
    return _channels(conn, alert_ids, waits(tables.notification))


def _channels(
    conn: Connection, alert_ids: Iterable[int], *conditions: ColumnElement[bool]
) -> Mapping[int, frozenset[str]]:
    wanted = list(dict.fromkeys(alert_ids))
    told: dict[int, set[str]] = {}
    link, c = tables.notification_alert.c, tables.notification.c
    for start in range(0, len(wanted), _AT_ONCE):
        query = (
            select(link.alert_id, c.channel)
            .join(tables.notification, c.id == link.notification_id)
            .where(link.alert_id.in_(wanted[start : start + _AT_ONCE]), link.silence_id.is_(None), *conditions)
            .distinct()
        )
        for alert_id, channel in conn.execute(query):
            told.setdefault(alert_id, set()).add(channel)
    return {alert_id: frozenset(channels) for alert_id, channels in told.items()}


def _insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def _give_back(
    conn: Connection, notification: Notification, error: DeliveryError, values: Mapping[str, object]
) -> None:
    c = tables.notification.c
    claimed = and_(c.id == notification.id, c.state == SENDING, c.attempts == notification.attempts)
    result = {
        "lease_until": None,
        "error": str(error),
        "uncertain": notification.uncertain or error.uncertain,
        "delivered": _write_parts(dict.fromkeys((*notification.delivered, *error.delivered))),
        "asked_to_wait": error.retry_after is not None,
    }
    conn.execute(tables.notification.update().where(claimed), {**values, **result})


def _threads(conn: Connection, row: Row[Any]) -> dict[int, str | None]:
    """Where the conversation about each alert of a notification is, None where it has not begun."""
    link, receipt = tables.notification_alert.c, tables.receipt.c
    begun = and_(receipt.alert_id == link.alert_id, receipt.channel == row.channel)
    query = select(link.alert_id, receipt.thread).select_from(
        tables.notification_alert.outerjoin(tables.receipt, begun)
    )
    found = conn.execute(query.where(link.notification_id == row.id, link.silence_id.is_(None)).order_by(link.alert_id))
    return {each.alert_id: each.thread for each in found}


def _read(row: Row[Any], threads: Mapping[int, str | None], **claimed: Any) -> Notification:
    return Notification(
        id=row.id,
        channel=row.channel,
        key=row.key,
        message=msgspec.json.decode(row.message, type=Message),
        attempts=claimed["attempts"],
        uncertain=claimed["uncertain"],
        # A digest begins a conversation of its own.
        thread=next(iter(threads.values())) if len(threads) == 1 else None,
        threads={alert_id: thread for alert_id, thread in threads.items() if thread is not None},
        delivered=msgspec.json.decode(row.delivered, type=_Parts),
        first_attempt_at=claimed["first_attempt_at"],
        created_at=row.created_at,
    )


def _write_parts(parts: Iterable[str]) -> str:
    return msgspec.json.encode(tuple(parts)).decode()
