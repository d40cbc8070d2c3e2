"""Small phrases of reports: periods, amounts and changes as people read them."""

from __future__ import annotations

from sentinel.domain.money import format_money
from sentinel.domain.periods import PeriodKind
from sentinel.domain.reports import Moved, PeriodSum, Report
from sentinel.notify.words.phrases import UNCHANGED_BELOW, a_day, percent, period_name, signed

_KINDS = {PeriodKind.DAY: "the day", PeriodKind.WEEK: "the week", PeriodKind.MONTH: "the month"}


def when(report: Report) -> str:
    """`in the week of Mon 23 Feb`, `in February`, `on Tue 3 Mar`, `from Sun 1 Nov to Fri 20 Nov`."""
    period, today = report.spend.period, report.made_at.date()
    if period.days == 1:
        return f"on {a_day(period.first, today)}"
    if report.so_far:
        return f"from {a_day(period.first, today)} to {a_day(period.last, today)}"
    return f"in {period_name(period, today)}"


def the_one_before(report: Report) -> str:
    """`the week before`, `January`, `the first 20 days of the month before`."""
    before = report.before.period
    if report.so_far:
        count = "first day" if before.days == 1 else f"first {before.days} days"
        return f"the {count} of {_KINDS[report.kind]} before"
    if report.kind is PeriodKind.MONTH:
        return period_name(before, report.made_at.date())
    return f"{_KINDS[report.kind]} before"


def amount(one: PeriodSum, report: Report) -> str:
    """What a period has cost: `$3,412`, `at least $3,412` where days of it are unknown."""
    text = format_money(one.usage, report.currency)
    return f"at least {text}" if one.unknown else text


def part_of_change(part: float, moved: Moved, currency: str) -> str:
    """The volume or the price of a change: `+$310`, or `unchanged`."""
    return signed(part, currency) if abs(part) >= UNCHANGED_BELOW * moved.before else "unchanged"


def change(moved: Moved, report: Report, *, by_day: bool) -> str:
    """`+$292 (+9%)`, `-$6 a day (-2%)`, `unchanged`."""
    share = moved.share
    if share is not None and abs(share) < UNCHANGED_BELOW:
        return "unchanged"
    return f"{signed(moved.change, report.currency)}{' a day' if by_day else ''}" + (
        "" if share is None else f" ({percent(share)})"
    )
