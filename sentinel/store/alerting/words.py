"""What people say of alerts, in the database: marks and silences."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from sentinel.domain.alerts import Mark, MarkKind, Silence
from sentinel.store.alerting import tables

_Matchers = tuple[tuple[str, str], ...]


def marks(conn: Connection, alert: int | None = None) -> tuple[Mark, ...]:
    """Every mark, or those on one alert, in the order in which they were made."""
    query = select(tables.mark).order_by(tables.mark.c.at, tables.mark.c.id)
    if alert is not None:
        query = query.where(tables.mark.c.alert_id == alert)
    return tuple(
        Mark(
            kind=MarkKind(row.kind),
            alert_id=row.alert_id,
            rule=row.rule,
            scope_key=row.scope_key,
            episode=row.episode,
            first_day=row.first_day,
            last_day=row.last_day,
            author=row.author,
            at=row.at,
            comment=row.comment,
            until=row.until,
            new_level=row.new_level,
        )
        for row in conn.execute(query)
    )


def add_mark(conn: Connection, mark: Mark) -> None:
    """Record a person's word on an alert."""
    conn.execute(
        tables.mark.insert(),
        {
            "alert_id": mark.alert_id,
            "kind": mark.kind.value,
            "rule": mark.rule,
            "scope_key": mark.scope_key,
            "episode": mark.episode,
            "first_day": mark.first_day,
            "last_day": mark.last_day,
            "author": mark.author,
            "at": mark.at,
            "comment": mark.comment,
            "until": mark.until,
            "new_level": mark.new_level,
        },
    )


def silences(conn: Connection) -> tuple[Silence, ...]:
    """Every silence, those that have ended included, in the order of their start."""
    query = select(tables.silence).order_by(tables.silence.c.starts_at, tables.silence.c.id)
    return tuple(
        Silence(
            id=row.id,
            matchers=msgspec.json.decode(row.matchers, type=_Matchers),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            author=row.author,
            comment=row.comment,
        )
        for row in conn.execute(query)
    )


def add_silence(conn: Connection, silence: Silence) -> int:
    """Record a silence; its number."""
    values = {
        "matchers": msgspec.json.encode(silence.matchers).decode(),
        "starts_at": silence.starts_at,
        "ends_at": silence.ends_at,
        "author": silence.author,
        "comment": silence.comment,
    }
    return int(conn.execute(tables.silence.insert().returning(tables.silence.c.id), values).scalar_one())


def end_silence(conn: Connection, number: int, moment: datetime) -> bool:
    """Let a silence end now; False where none of this number stands."""
    c = tables.silence.c
    ended = conn.execute(tables.silence.update().where(c.id == number, c.ends_at > moment), {"ends_at": moment})
    return ended.rowcount == 1
