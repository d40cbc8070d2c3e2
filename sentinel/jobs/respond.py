"""A person's word on an alert; the next evaluation acts on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from sentinel.domain.alerts import Alert, AlertState, Mark, MarkKind
from sentinel.errors import UsageError
from sentinel.store import Database, add_mark, alert


def find_alert(conn: Connection, alert_id: int) -> Alert:
    """The alert of that id. Raises UsageError where there is none."""
    found = alert(conn, alert_id)
    if found is None:
        raise UsageError(f"there is no alert {alert_id}; `sentinel alerts --all` lists them")
    return found


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
        found = find_alert(conn, alert_id)
        if kind in (MarkKind.ACKNOWLEDGED, MarkKind.SNOOZED) and found.state is not AlertState.OPEN:
            raise UsageError(f"alert {alert_id} is {found.state.value}: there are no reminders left to stop")
        mark = Mark(
            kind=kind,
            alert_id=alert_id,
            rule=found.rule,
            scope_key=found.scope.key,
            episode=found.episode,
            first_day=found.days[0].day,
            last_day=found.days[-1].day,
            author=author,
            at=moment,
            comment=comment,
            until=until,
            new_level=new_level,
        )
        add_mark(conn, mark)
    return mark
