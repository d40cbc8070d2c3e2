"""Explain: what a rule made of each of its scopes on one day, with what is known now or was known then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sentinel.domain.alerts import Alert
from sentinel.domain.costs import Window
from sentinel.domain.findings import RuleKind
from sentinel.errors import UsageError
from sentinel.evaluate import Explanation, first_day_needed
from sentinel.evaluate import explain as read
from sentinel.jobs.accounts import account_states
from sentinel.rules.matching import nearest_spelling
from sentinel.rules.model import Rule, Rules
from sentinel.store import Database, alerts_on, load_matrix, marks


def explain(
    database: Database, rules: Rules, name: str, day: date, now: datetime, *, as_of: datetime | None = None
) -> tuple[Explanation, ...]:
    """One explanation for each scope of a rule; with `as_of` by what had been pulled and said by that moment.

    Raises UsageError for a rule that the file does not have, and for a day that has not begun.
    """
    rule = _find_rule(rules, name)
    moment = as_of or now
    if rule.kind is RuleKind.FRESHNESS and day < moment.date():
        # How fresh the history was on a past day is known by the end of that day.
        moment = as_of = datetime.combine(day, time.max, UTC)
    if day > moment.date():
        raise UsageError(f"--day {day}: it has not begun at {moment:%Y-%m-%d %H:%M} UTC")
    names = tuple(account.name for account in rules.accounts)
    window = Window(first_day_needed(rules, day), day + timedelta(days=1))
    with database.read() as conn:
        matrix = load_matrix(conn, names, window, rules.settings.settle_after, as_of)
        said = tuple(mark for mark in marks(conn) if mark.at <= moment)
        states = account_states(conn, rules, moment)
        opened = [alert for alert in alerts_on(conn, name, day) if alert.opened_at <= moment]
    by_scope = {alert.scope.key: alert for alert in opened}
    found = read(rule, matrix, rules, said, states, moment)
    return tuple(_with_alert(one, by_scope.get(one.scope.key)) for one in found)


def _with_alert(one: Explanation, alert: Alert | None) -> Explanation:
    if alert is None:
        return one
    return replace(one, alert_id=alert.id, told_by=alert.inhibited_by.alert_id if alert.inhibited_by else None)


def _find_rule(rules: Rules, name: str) -> Rule:
    found = rules.named(name)
    if found is None:
        names = [rule.name for rule in rules.all]
        nearest = nearest_spelling(name, names)
        raise UsageError(
            f"there is no rule {name}; " + (f"did you mean {nearest}?" if nearest else f"there are {', '.join(names)}")
        )
    return found
