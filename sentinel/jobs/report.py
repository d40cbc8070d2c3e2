"""Reports: made from one snapshot of the history, shown, or enqueued for their channels."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sentinel.domain.costs import Window
from sentinel.domain.messages import Message
from sentinel.domain.reports import Due, Report
from sentinel.errors import UsageError
from sentinel.evaluate import Inquiry, TwoPeriods, first_day_needed, first_day_told, latest, make_report, on_day
from sentinel.jobs.accounts import account_states
from sentinel.jobs.illustrate import drawn
from sentinel.notify import tell_report
from sentinel.rules.model import Rules, ScheduledReport
from sentinel.store import Database, enqueue, load_matrix, open_alerts


def report(database: Database, rules: Rules, inquiry: Inquiry, moment: datetime, day: date | None = None) -> Report:
    """The report on the last period, or on the one that a day lies in.

    Raises UsageError where no day of that has ended, and where it would add up several currencies.
    """
    _refuse_several_currencies(rules, inquiry)
    today = _today(rules, moment)
    week_start = rules.settings.week_start
    periods = latest(inquiry, today, week_start) if day is None else on_day(inquiry, day, today, week_start)
    if periods is None:
        raise UsageError(f"the {inquiry.kind.value} of {day} has no day yet that has ended: choose an earlier day")
    return _make(database, rules, inquiry, periods, moment, None)


def periods_when_due(rules: Rules, inquiry: Inquiry, due: datetime) -> TwoPeriods:
    """What a report tells of that is due at a moment: the last period of the calendar that its readers live by."""
    return latest(inquiry, _today(rules, due), rules.settings.week_start)


def report_when_due(database: Database, rules: Rules, inquiry: Inquiry, due: Due, moment: datetime) -> Report:
    """The report that was due at a moment, as it is known at this one."""
    return _make(database, rules, inquiry, periods_when_due(rules, inquiry, due.moment), moment, due)


def message_of(made: Report) -> Message:
    """The message that tells a report, with its charts."""
    known = any(one.cost is not None for one in made.course.days)
    return tell_report(made, drawn(made.course) if known else None, drawn(made.top) if made.top else None)


def send_report(database: Database, rule: ScheduledReport, made: Report, moment: datetime) -> tuple[str, ...]:
    """Enqueue a report that somebody asked for; the channels that it goes to."""
    with database.write() as conn:
        enqueue_report(conn, rule, f"asked-{moment:%Y-%m-%dT%H:%M:%S.%fZ}", message_of(made), moment)
    return rule.notify


def enqueue_report(conn: Connection, rule: ScheduledReport, occasion: str, message: Message, moment: datetime) -> None:
    """Write a report for each of its channels, once for each occasion."""
    for channel in dict.fromkeys(rule.notify):
        enqueue(conn, channel, f"report/{rule.name}/{occasion}", message, moment)


def _make(
    database: Database, rules: Rules, inquiry: Inquiry, periods: TwoPeriods, moment: datetime, due: Due | None
) -> Report:
    names = tuple(account.name for account in rules.accounts)
    first = min(first_day_needed(rules, moment.date()), first_day_told(periods))
    window = Window(first, moment.date() + timedelta(days=1))
    with database.read() as conn:
        matrix = load_matrix(conn, names, window, rules.settings.settle_after)
        states = account_states(conn, rules, moment)
        alerts = open_alerts(conn)
    return make_report(inquiry, periods, matrix, rules, states, alerts, moment, due)


def _today(rules: Rules, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(rules.settings.timezone)).date()


def _refuse_several_currencies(rules: Rules, inquiry: Inquiry) -> None:
    """Reports of rules.yaml are known not to."""
    currencies = sorted({account.currency for account in rules.accounts})
    if len(currencies) > 1 and not inquiry.where:
        raise UsageError(
            f"the accounts are in {', '.join(currencies)}, which do not add up: name a report of rules.yaml that "
            "chooses accounts of one currency with where"
        )
