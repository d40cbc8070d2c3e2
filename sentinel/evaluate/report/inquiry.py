"""What a report is asked to tell of: a part of the spend, and two periods."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from sentinel.domain.periods import Period, PeriodKind, period_of
from sentinel.rules.entries import spell_part
from sentinel.rules.model import ScheduledReport, Weekday, Where

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A part of the spend, and the kind of the period; the attributes are those of `ScheduledReport`."""

    name: str
    kind: PeriodKind
    so_far: bool = False
    where: Where = field(default_factory=Where)
    except_: Where = field(default_factory=Where)

    @classmethod
    def of(cls, report: ScheduledReport) -> Inquiry:
        """What a report of rules.yaml asks for."""
        return cls(report.name, report.kind, report.so_far, report.where, report.except_)

    @property
    def part(self) -> str:
        """The part of the spend, for people: ` where workspace production`."""
        return spell_part(self.where, self.except_)


@dataclass(frozen=True, slots=True)
class TwoPeriods:
    """The days that are told, and those that they are compared with; `so_far`: the period still runs."""

    told: Period
    before: Period
    so_far: bool = False


def latest(inquiry: Inquiry, today: date, week_start: Weekday) -> TwoPeriods:
    """The last period that ended before a day, or, so far, the running one up to the day before it.

    On its first day nothing of a period is known yet: then it is the one that has just ended.
    """
    running = period_of(inquiry.kind, today, week_start.number)
    if inquiry.so_far and running.first < today:
        return _with_the_one_before(running, today, inquiry.kind, week_start)
    return _with_the_one_before(
        period_of(inquiry.kind, running.first - _DAY, week_start.number), today, inquiry.kind, week_start
    )


def on_day(inquiry: Inquiry, day: date, today: date, week_start: Weekday) -> TwoPeriods | None:
    """The period that a day lies in, up to the day before `today`; None where no day of it has ended by then."""
    period = period_of(inquiry.kind, day, week_start.number)
    return _with_the_one_before(period, today, inquiry.kind, week_start) if period.first < today else None


def _with_the_one_before(period: Period, today: date, kind: PeriodKind, week_start: Weekday) -> TwoPeriods:
    before = period_of(kind, period.first - _DAY, week_start.number)
    if period.last < today:
        return TwoPeriods(period, before)
    told = Period(period.first, today - _DAY)
    as_many = Period(before.first, min(before.last, before.first + (told.last - told.first)))
    return TwoPeriods(told, as_many, so_far=True)
