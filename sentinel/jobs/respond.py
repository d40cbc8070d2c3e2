"""A person's word on an alert; the next evaluation acts on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from sentinel.domain.alerts import Alert, AlertState, Mark, MarkKind
from sentinel.errors import UsageError
from sentinel.notify import answer
from sentinel.rules.model import Rules
from sentinel.store import Database, add_mark, alert, enqueue, marks, told_channels


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
    rules: Rules | None = None,
) -> Mark:
    """Record a mark. Raises UsageError for an unknown alert, and for quieting one that has ended.

    With `rules` the channels that heard of the alert, and can take an answer, are told of it too.
    """
    with database.write() as conn:
        found = find_alert(conn, alert_id)
        if kind in (MarkKind.ACKNOWLEDGED, MarkKind.SNOOZED) and found.state is not AlertState.OPEN:
            raise UsageError(f"alert {alert_id} is {found.state.value}: there are no reminders left to stop")
        mark = mark_of(
            found, alert_id, kind, author=author, comment=comment, moment=moment, until=until, new_level=new_level
        )
        add_mark(conn, mark)
        if rules is not None and found.state is AlertState.OPEN:
            tell_mark(conn, rules, found, mark, by=author, key=f"mark/{alert_id}/{kind.value}/{moment.isoformat()}")
    return mark


def mark_of(
    about: Alert,
    alert_id: int,
    kind: MarkKind,
    *,
    author: str,
    comment: str,
    moment: datetime,
    until: datetime | None = None,
    new_level: bool = False,
) -> Mark:
    """A mark with what evaluations need to know of its alert."""
    return Mark(
        kind=kind,
        alert_id=alert_id,
        rule=about.rule,
        scope_key=about.scope.key,
        episode=about.episode,
        first_day=about.days[0].day,
        last_day=about.days[-1].day,
        author=author,
        at=moment,
        comment=comment,
        until=until,
        new_level=new_level,
    )


def tell_mark(conn: Connection, rules: Rules, about: Alert, mark: Mark, *, by: str, key: str) -> None:
    """Tell a recorded mark where the alert was told and an answer can stand; once for each `key`."""
    said = marks(conn, mark.alert_id)
    message = answer(mark, by, about, said, name_account=len(rules.accounts) > 1)
    heard = told_channels(conn, [mark.alert_id]).get(mark.alert_id, frozenset())
    hearing = [name for name, each in rules.channels.items() if name in heard and each.receiver.hears_marks]
    for name in hearing:
        enqueue(conn, name, key, message, mark.at)
