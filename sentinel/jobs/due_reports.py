"""Which scheduled reports are due: read from the database, never from ticks, so that none is sent twice or forgotten.

Each report's progress says up to which moment everything was made. What was due since is made once, for the newest of
the moments; those that were missed before it are counted. Progress and notifications are one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from sentinel.domain.coverage import KnownDays
from sentinel.domain.moments import start_of
from sentinel.domain.periods import Period
from sentinel.domain.reports import Due, Report
from sentinel.domain.schedules import due_moments
from sentinel.evaluate import Inquiry
from sentinel.jobs.report import enqueue_report, message_of, periods_when_due, report_when_due
from sentinel.rules.matching import matcher
from sentinel.rules.model import Rules, ScheduledReport
from sentinel.rules.reports import spell_schedule
from sentinel.store import (
    Database,
    ReportProgress,
    begin_report,
    forget_reports,
    known_days,
    pull_health,
    record_report,
    reports_made,
)

log = logging.getLogger(__name__)

WAITS_AT_MOST = timedelta(hours=6)
"""So long a report waits for the days of its period, from when it is due, or from when the pulls began to fail."""


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report that was enqueued, and the channels that it goes to."""

    report: Report
    channels: tuple[str, ...]


def make_due_reports(database: Database, rules: Rules, moment: datetime) -> tuple[MadeReport, ...]:
    """Make and enqueue the reports that are due and whose days are known, or have been waited for long enough."""
    progress = _progress(database, rules, moment)
    made = (_make_if_due(database, rules, rule, progress[rule.name], moment) for rule in rules.reports)
    return tuple(one for one in made if one is not None)


def _progress(database: Database, rules: Rules, moment: datetime) -> dict[str, ReportProgress]:
    """How far each report of the rules has come; new ones, and those with another schedule, begin now."""
    wanted = {rule.name: _schedule(rule, rules) for rule in rules.reports}
    with database.read() as conn:
        known = reports_made(conn)
    if {name: one.schedule for name, one in known.items()} != wanted:
        with database.write() as conn:
            forget_reports(conn, wanted)
            for name, schedule in wanted.items():
                begin_report(conn, name, schedule, moment)
            known = reports_made(conn)
    return dict(known)


def _schedule(rule: ScheduledReport, rules: Rules) -> str:
    return f"{spell_schedule(rule.every)} {rules.settings.timezone}"


def _make_if_due(
    database: Database, rules: Rules, rule: ScheduledReport, progress: ReportProgress, moment: datetime
) -> MadeReport | None:
    due = _due(rules, rule, progress, moment)
    inquiry = Inquiry.of(rule)
    if due is None:
        return None
    told = periods_when_due(rules, inquiry, due.moment).told
    if _still_waits(database, rules, rule, told, due.moment, moment):
        return None
    made = report_when_due(database, rules, inquiry, due, moment)
    message = message_of(made)
    with database.write() as conn:
        if not record_report(conn, rule.name, progress, due.moment):
            return None
        enqueue_report(conn, rule, f"{due.moment:%Y-%m-%dT%H:%MZ}", message, moment)
    log.info("report %s: %s", rule.name, told)
    return MadeReport(made, rule.notify)


def _due(rules: Rules, rule: ScheduledReport, progress: ReportProgress, moment: datetime) -> Due | None:
    """The newest moment at which it was due and was not made, None where there is none."""
    zone = rules.settings.timezone
    since = due_moments(rule.every, ZoneInfo(zone), progress.made_until)
    due = list(takewhile(lambda one: one <= moment, since))
    return Due(due[-1], zone, missed=len(due) - 1) if due else None


def _still_waits(
    database: Database, rules: Rules, rule: ScheduledReport, told: Period, due: datetime, moment: datetime
) -> bool:
    """Whether a day of the period can still come to be known soon."""
    settle_after = rules.settings.settle_after
    with database.read() as conn:
        accounts = list(_accounts(rules, rule))
        known = [known_days(conn, account, settle_after, moment) for account in accounts]
        health = [pull_health(conn, account, moment) for account in accounts]
    since = max([due, *(one.failing_since for one in health if one.failing_since is not None)])
    if moment - since >= WAITS_AT_MOST:
        return False
    oldest = moment.date() - timedelta(days=rules.settings.history_days)
    return moment < start_of(told.last + timedelta(days=1)) or any(_lacks(one, told, oldest) for one in known)


def _lacks(known: KnownDays, told: Period, oldest: date) -> bool:
    """Whether a day is not known that a pull may still bring; an account that is only imported has none to come."""
    if known.first_pull is None:
        return False
    days = (told.first + timedelta(days=number) for number in range(told.days))
    return any(day >= oldest and day not in known.covered | known.refused for day in days)


def _accounts(rules: Rules, rule: ScheduledReport) -> Iterator[str]:
    wanted = matcher(rule.where.account or ("*",))
    # An `except` that names more than the account leaves a part of it in.
    only_accounts = [dimension for dimension, _ in rule.except_.selectors] == ["account"]
    left_out = matcher(rule.except_.account if only_accounts else ())
    return (one.name for one in rules.accounts if wanted(one.name) and not left_out(one.name))
