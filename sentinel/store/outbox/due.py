"""Which notification may go out next on a channel, and when the channel is left in peace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from sentinel.domain.messages import NotificationState
from sentinel.store.alerting import tables

PENDING, SENDING, SENT = (state.value for state in list(NotificationState)[:3])
NOTHING = "[]"
"""The list of the parts that have arrived, where none has."""

DOWN_AFTER = 3
"""So many notifications that failed since the last one arrived: the channel is down, not they."""

TRY_ANOTHER_AFTER = timedelta(minutes=15)
"""So often a channel that is down is tried with another one: what fails may fail by itself."""


def waits(table: FromClause) -> ColumnElement[bool]:
    """In words, not as parameters: only so is the index of the few that wait used beside the many that are sent."""
    return table.c.state.in_([literal_column(f"'{PENDING}'"), literal_column(f"'{SENDING}'")])


def is_sent() -> ColumnElement[bool]:
    """In words as well, for an index of its own."""
    return tables.notification.c.state == literal_column(f"'{SENT}'")


def _follows_another() -> ColumnElement[bool]:
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
            waits(earlier),
        )
        .correlate(tables.notification)
    )


_FOLLOWS_ANOTHER = _follows_another()
"""Whether an earlier notification about one of its alerts still waits in its channel. Made once: it is not small."""


def next_due(conn: Connection, channel: str, moment: datetime) -> Row[Any] | None:
    """The notification to send next, None where none is due or the channel is left in peace.

    The oldest that was not tried yet, else the oldest that is to be tried again: one that always fails holds up no
    other. None overtakes an earlier one of the same alert on its channel, unless that one is parked.
    """
    c = tables.notification.c
    rest = _rest(conn, channel)
    if rest.asked_until is not None and moment < rest.asked_until:
        return None
    due = select(tables.notification).where(
        c.channel == channel, waits(tables.notification), _is_due(moment), ~_FOLLOWS_ANOTHER
    )
    if rest.failed >= DOWN_AFTER and rest.tried_at is not None and moment - rest.tried_at < TRY_ANOTHER_AFTER:
        return _oldest(conn, due.where(_failed_since(rest.sent_at)))
    return _oldest(conn, due.where(c.attempts == 0)) or _oldest(conn, due.where(c.attempts > 0))


@dataclass(frozen=True, slots=True)
class _Rest:
    """What failed on a channel since something arrived there last, at `sent_at`; None where nothing did.

    `tried_at`: the last of these attempts. `asked_until`: until when the receiver asked to wait.
    """

    sent_at: datetime | None
    failed: int
    tried_at: datetime | None
    asked_until: datetime | None


def _rest(conn: Connection, channel: str) -> _Rest:
    c = tables.notification.c
    sent_at = conn.execute(select(func.max(c.state_since)).where(c.channel == channel, is_sent())).scalar()
    asked_until = func.max(case((c.asked_to_wait, c.due_at)))
    query = select(func.count(), func.max(c.state_since), asked_until).where(
        c.channel == channel, waits(tables.notification), _failed_since(sent_at)
    )
    failed, tried_at, until = conn.execute(query).one()
    return _Rest(sent_at, failed, tried_at, until)


def _failed_since(sent_at: datetime | None) -> ColumnElement[bool]:
    """Whether nothing of it arrived at its last attempt, which came after the last success of its channel.

    One that was parked and is to be sent again has not been tried since.
    """
    c = tables.notification.c
    failed = and_(c.state == PENDING, c.first_attempt_at.is_not(None), c.delivered == NOTHING)
    return failed if sent_at is None else and_(failed, c.state_since > sent_at)


def _oldest(conn: Connection, due: Select[Any]) -> Row[Any] | None:
    return conn.execute(due.order_by(tables.notification.c.id).limit(1)).one_or_none()


def _is_due(moment: datetime) -> ColumnElement[bool]:
    c = tables.notification.c
    return or_(and_(c.state == PENDING, c.due_at <= moment), and_(c.state == SENDING, c.lease_until <= moment))
