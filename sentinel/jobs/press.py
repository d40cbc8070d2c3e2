"""What becomes of a button that was pressed in Slack: a mark, or an explanation, and the answer in the thread.

All of it is one transaction with the answer's notification, whose key is the press itself: a press that Slack tells of
twice does nothing the second time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from sentinel.domain.alerts import Alert, AlertState, MarkKind
from sentinel.domain.messages import Message
from sentinel.jobs.explain import explain
from sentinel.jobs.explain_words import figures, sentence
from sentinel.jobs.respond import mark_of, tell_mark
from sentinel.notify import Button, Press, explained
from sentinel.rules.model import Rules
from sentinel.store import Database, add_mark, alert, enqueue, is_enqueued, threads, told_channels

SNOOZED_FOR = timedelta(days=7)

_MARKS: Mapping[Button, MarkKind] = {
    Button.ACKNOWLEDGE: MarkKind.ACKNOWLEDGED,
    Button.SNOOZE: MarkKind.SNOOZED,
    Button.EXPECTED: MarkKind.EXPECTED,
}


def act_on(database: Database, rules: Rules, channels: Collection[str], press: Press, moment: datetime) -> str | None:
    """Do what a press asks for; what only the one who pressed is told, None where the thread answers.

    `channels` are those of rules.yaml whose buttons these are. Nothing is done about an alert that the Slack channel of
    the press was never told of, or one that has ended.
    """
    with database.read() as conn:
        found = alert(conn, press.alert_id)
        told_here = _channel(conn, channels, press)
    if found is None or told_here is None:
        return f"Alert {press.alert_id} is none that this channel was told of"
    if found.state is not AlertState.OPEN:
        return f"Alert {press.alert_id} has ended: it is {found.state.value}"
    key = f"press/{press.id}"
    if press.button is Button.EXPLAIN:
        message = _explanation(database, rules, found, moment)
        with database.write() as conn:
            enqueue(conn, told_here, key, message, moment)
        return None
    _mark(database, rules, told_here, found, press, key, moment)
    return None


def _channel(conn: Connection, channels: Collection[str], press: Press) -> str | None:
    """The channel in which it was pressed, by its name in rules.yaml; None where that was not told of the alert."""
    known = threads(conn, press.alert_id)
    here = [name for name in channels if name in known and press.was_in(known[name])]
    # A message can be pressed as soon as it stands there, which may be before its receipt is recorded.
    told = told_channels(conn, [press.alert_id]).get(press.alert_id, frozenset())
    arriving = [name for name in channels if name in told and name not in known]
    return next(iter((*here, *arriving)), None)


def _mark(
    database: Database, rules: Rules, channel: str, found: Alert, press: Press, key: str, moment: datetime
) -> None:
    kind = _MARKS[press.button]
    until = moment + SNOOZED_FOR if kind is MarkKind.SNOOZED else None
    mark = mark_of(found, press.alert_id, kind, author=press.user, comment="", moment=moment, until=until)
    with database.write() as conn:
        if not is_enqueued(conn, channel, key):
            add_mark(conn, mark)
            tell_mark(conn, rules, found, mark, by=f"@{press.user}", key=key)


def _explanation(database: Database, rules: Rules, about: Alert, moment: datetime) -> Message:
    """Why the rule fires on the alert's newest day, with what is known now."""
    rule, day = rules.named(about.rule), about.days[-1].day
    if rule is None:
        return explained(about, day, ("Its rule is no longer in rules.yaml",), moment)
    for one in explain(database, rules, rule.name, day, moment):
        if one.scope.key == about.scope.key:
            # Which alert it is about the thread knows.
            told = (sentence(rule, one), *figures(replace(one, alert_id=None)))
            return explained(about, day, tuple(map(_capital, told)), moment)
    return explained(about, day, ("The history has nothing of it any more",), moment)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
