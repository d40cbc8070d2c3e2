"""A person's word on an alert; the next evaluation acts on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from sentinel.domain.alerts import Alert, AlertState, Mark, MarkKind
from sentinel.errors import UsageError
from sentinel.store import Database, add_mark, alert_by_id


def find_alert(conn: Connection, alert_id: int) -> Alert:
    """The alert of that id. Raises UsageError where there is none."""
    alert = alert_by_id(conn, alert_id)
    if alert is None:
        raise UsageError(f"there is no alert {alert_id}; `sentinel alerts --all` lists them")
    return alert


def respond(
    database: Database,
    alert_id: int,
    kind: MarkKind,
    *,
    author: str,
    comment: str,
    moment: datetime,
    until: datetime | None = None,
    new_level: bool = False,
) -> Mark:
    """Record a mark. Raises UsageError for an unknown alert, and for quieting one that has ended."""
    with database.write() as conn:
        alert = find_alert(conn, alert_id)
        if kind in (MarkKind.ACKNOWLEDGED, MarkKind.SNOOZED) and alert.state is not AlertState.OPEN:
            raise UsageError(f"alert {alert_id} is {alert.state.value}: there are no reminders left to stop")
        mark = Mark(
            kind=kind,
            alert_id=alert_id,
            rule=alert.rule,
            scope_key=alert.scope.key,
            episode=alert.episode,
            first_day=alert.days[0].day,
            last_day=alert.days[-1].day,
            author=author,
            at=moment,
            comment=comment,
            until=until,
            new_level=new_level,
        )
        add_mark(conn, mark)
    return mark
