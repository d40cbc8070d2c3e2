"""Where an alert is talked about, and what has been said there."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from sentinel.store.alerting import tables


def threads(conn: Connection, alert: int) -> Mapping[str, str]:
    """The receiver's reference of the alert's first message, by the channels in which it has arrived."""
    c = tables.receipt.c
    found = conn.execute(select(c.channel, c.thread).where(c.alert_id == alert).order_by(c.channel))
    return {each.channel: each.thread for each in found}


def is_enqueued(conn: Connection, channel: str, key: str) -> bool:
    """Whether the channel has, or ever had, a notification with this key."""
    c = tables.notification.c
    return conn.execute(select(c.id).where(c.channel == channel, c.key == key)).first() is not None
