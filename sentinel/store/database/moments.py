"""Moments for statements that go to the driver as they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from sentinel.store.database.base import UtcMoment


def for_driver(conn: Connection, moment: datetime) -> object:
    """A moment as the driver takes it, in the form that `UtcMoment` has in the database."""
    process = UtcMoment().dialect_impl(conn.dialect).bind_processor(conn.dialect)
    return process(moment) if process else moment
