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
from sqlalchemy import ColumnElement, Connection, FromClause, Row, Table, and_, exists, literal_column, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from sentinel.domain.messages import Message, Notification, NotificationState, Receipt
from sentinel.errors import DeliveryError
from sentinel.store import alert_tables as tables

_PENDING, _SENDING = NotificationState.PENDING.value, NotificationState.SENDING.value
_SENT, _PARKED = NotificationState.SENT.value, NotificationState.PARKED.value
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
        "state": _PENDING,
        "state_since": moment,
        "created_at": moment,
        "due_at": moment,
        "attempts": 0,
        "uncertain": False,
        "delivered": _write_parts(()),
    }
    insert = _insert(conn, tables.notification).values(values).on_conflict_do_nothing()
    number = conn.execute(insert.returning(tables.notification.c.id)).scalar()
    if number is None:
        return False
    told = [{"notification_id": number, "alert_id": alert_id} for alert_id in dict.fromkeys(message.alert_ids)]
    if told:
        conn.execute(tables.notification_alert.insert(), told)
    return True


def claim(conn: Connection, channel: str, moment: datetime, lease: timedelta) -> Notification | None:
    """Take the oldest notification that is due on a channel, until `moment` + `lease`; None where none is.

    One that was claimed before and whose lease has ended is due too, and uncertain. None overtakes an earlier one of
    the same alert on its channel, unless that one is parked. Commit before sending: a claim that is rolled back was
    none.
    """
    c = tables.notification.c
    waits = _waits(tables.notification)
    due = select(tables.notification).where(c.channel == channel, waits, _is_due(moment), ~_follows_another())
    while (row := conn.execute(due.order_by(c.id).limit(1)).one_or_none()) is not None:
        values = {
            "state": _SENDING,
            "state_since": moment,
            "lease_until": moment + lease,
            "attempts": row.attempts + 1,
            "first_attempt_at": row.first_attempt_at or moment,
            "uncertain": row.uncertain or row.state == _SENDING,
        }
        same = and_(c.id == row.id, c.state == row.state, c.attempts == row.attempts)
        if conn.execute(tables.notification.update().where(same), values).rowcount == 1:
            return _read(row, _thread(conn, row), **values)
    return None


def record_sent(conn: Connection, notification: Notification, receipt: Receipt, moment: datetime) -> None:
    """Record that a notification has arrived, and where the conversation about its alerts is.

    The place of an alert's first message stays, unless a reply had to begin a new conversation.
    """
    c = tables.notification.c
    conn.execute(
        tables.notification.update().where(c.id == notification.id, c.state != _SENT),
        {"state": _SENT, "state_since": moment, "lease_until": None, "error": None},
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
    _give_back(conn, notification, error, {"state": _PENDING, "state_since": moment, "due_at": due_at})


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
    values = {"state": _PENDING, "state_since": moment, "due_at": moment, "first_attempt_at": None}
    return conn.execute(tables.notification.update().where(*conditions), values).rowcount


def told_channels(conn: Connection, alert_ids: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """The channels that each of these alerts was told to, or is about to be; alerts told to none are left out."""
    wanted = list(dict.fromkeys(alert_ids))
    told: dict[int, set[str]] = {}
    link, c = tables.notification_alert.c, tables.notification.c
    for start in range(0, len(wanted), _AT_ONCE):
        query = (
            select(link.alert_id, c.channel)
            .join(tables.notification, c.id == link.notification_id)
            .where(link.alert_id.in_(wanted[start : start + _AT_ONCE]))
            .distinct()
        )
        for alert_id, channel in conn.execute(query):
            told.setdefault(alert_id, set()).add(channel)
    return {alert_id: frozenset(channels) for alert_id, channels in told.items()}


def _insert(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def _waits(table: FromClause) -> ColumnElement[bool]:
    """In words, not as parameters: only so is the index of the few that wait used beside the many that are sent."""
    return table.c.state.in_([literal_column(f"'{_PENDING}'"), literal_column(f"'{_SENDING}'")])


def _is_due(moment: datetime) -> ColumnElement[bool]:
    c = tables.notification.c
    return or_(
        and_(c.state == _PENDING, c.due_at <= moment),
        and_(c.state == _SENDING, c.lease_until <= moment),
    )


def _follows_another() -> ColumnElement[bool]:
    """Whether an earlier notification about one of its alerts still waits in the same channel."""
    own, theirs = tables.notification_alert.alias("own"), tables.notification_alert.alias("theirs")
    earlier = tables.notification.alias("earlier")
    return exists(
        select(earlier.c.id)
        .join(theirs, theirs.c.notification_id == earlier.c.id)
        .join(own, own.c.alert_id == theirs.c.alert_id)
        .where(
            own.c.notification_id == tables.notification.c.id,
            earlier.c.channel == tables.notification.c.channel,
            earlier.c.id < tables.notification.c.id,
            _waits(earlier),
        )
        .correlate(tables.notification)
    )


def _give_back(
    conn: Connection, notification: Notification, error: DeliveryError, values: Mapping[str, object]
) -> None:
    c = tables.notification.c
    claimed = and_(c.id == notification.id, c.state == _SENDING, c.attempts == notification.attempts)
    result = {
        "lease_until": None,
        "error": str(error),
        "uncertain": notification.uncertain or error.uncertain,
        "delivered": _write_parts(dict.fromkeys((*notification.delivered, *error.delivered))),
    }
    conn.execute(tables.notification.update().where(claimed), {**values, **result})


def _thread(conn: Connection, row: Row[Any]) -> str | None:
    """Where the conversation about the one alert of a notification is; a digest begins its own."""
    link, receipt = tables.notification_alert.c, tables.receipt.c
    told = conn.execute(select(link.alert_id).where(link.notification_id == row.id).limit(2)).scalars().all()
    if len(told) != 1:
        return None
    query = select(receipt.thread).where(receipt.alert_id == told[0], receipt.channel == row.channel)
    return conn.execute(query).scalar()


def _read(row: Row[Any], thread: str | None, **claimed: Any) -> Notification:
    return Notification(
        id=row.id,
        channel=row.channel,
        key=row.key,
        message=msgspec.json.decode(row.message, type=Message),
        attempts=claimed["attempts"],
        uncertain=claimed["uncertain"],
        thread=thread,
        delivered=msgspec.json.decode(row.delivered, type=_Parts),
        first_attempt_at=claimed["first_attempt_at"],
        created_at=row.created_at,
    )


def _write_parts(parts: Iterable[str]) -> str:
    return msgspec.json.encode(tuple(parts)).decode()
