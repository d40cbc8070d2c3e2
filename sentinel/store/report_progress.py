"""Which scheduled reports were made: kept apart from the outbox, which may be pruned."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from sentinel.store.report_tables import report_progress


@dataclass(frozen=True, slots=True)
class ReportProgress:
    """What was due by this `schedule` up to `made_until` needs no more attention."""

    schedule: str
    made_until: datetime


def reports_made(conn: Connection) -> Mapping[str, ReportProgress]:
    """How far every report that was ever seen has come, by its name."""
    c = report_progress.c
    return {name: ReportProgress(*rest) for name, *rest in conn.execute(select(c.report, c.schedule, c.made_until))}


def begin_report(conn: Connection, name: str, schedule: str, moment: datetime) -> None:
    """Count a report from a moment on, whatever was due before; one with this schedule already goes on as it was."""
    c = report_progress.c
    known = conn.execute(select(c.schedule).where(c.report == name)).scalar()
    if known == schedule:
        return
    conn.execute(report_progress.delete().where(c.report == name))
    conn.execute(report_progress.insert(), {"report": name, "schedule": schedule, "made_until": moment})


def record_report(conn: Connection, name: str, before: ReportProgress, made_until: datetime) -> bool:
    """Record that a report was made; False, and nothing, where another program was faster.

    Call it first in the transaction that writes its notifications.
    """
    c = report_progress.c
    same = (c.report == name) & (c.schedule == before.schedule) & (c.made_until == before.made_until)
    return conn.execute(report_progress.update().where(same), {"made_until": made_until}).rowcount == 1


def forget_reports(conn: Connection, kept: Collection[str]) -> None:
    """Forget the reports of all other names: one that comes back later begins anew."""
    conn.execute(report_progress.delete().where(report_progress.c.report.not_in(kept)))
