"""`sentinel report`: what was spent, why it changed, and how budgets and alerts stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.cycle import AsJson, show_reports
from sentinel.cli.output import results_alone, say, write_json
from sentinel.cli.workplace import Workplace, now, open_workplace
from sentinel.domain.periods import PeriodKind

if TYPE_CHECKING:
    from sentinel.domain.reports import Report
    from sentinel.evaluate import Inquiry
    from sentinel.rules.model import ScheduledReport

_KINDS = (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH)


def report(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help="A report of rules.yaml; left out: one on everything.")] = None,
    *,
    period: Annotated[
        str | None, typer.Option("--period", help="day, week or month; else the report's own, or week.")
    ] = None,
    so_far: Annotated[bool, typer.Option("--so-far", help="The running period up to yesterday.")] = False,
    day: Annotated[
        str | None, typer.Option("--day", metavar="DAY", help="The period that this day lies in; else the last one.")
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Also send it to its channels now.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what a period has cost against the one before and its budgets, what moved, and which alerts are open."""
    from sentinel.jobs.report import message_of
    from sentinel.jobs.report import report as make

    with open_workplace(ctx.obj) as place:
        rule = _rule(place, name)
        if send and rule is None:
            raise typer.BadParameter("--send needs the NAME of a report of rules.yaml: it says whom to tell")
        made = make(place.database, place.rules, _inquiry(rule, period, so_far=so_far), now(), _day(day))
        if as_json:
            _write_record(made)
        else:
            from rich.console import Console

            from sentinel.notify import print_message

            print_message(Console(highlight=False), message_of(made))
        with results_alone(as_json):
            parked = send and rule is not None and _send(place, rule, made)
    if parked:
        raise typer.Exit(1)


def _write_record(made: Report) -> None:
    from sentinel.cli.report_record import report_record

    write_json(report_record(made))


def _rule(place: Workplace, name: str | None) -> ScheduledReport | None:
    """The report of that name. Raises UsageError where rules.yaml has none."""
    from sentinel.errors import UsageError

    rule = None if name is None else place.rules.report(name)
    if name is not None and rule is None:
        known = ", ".join(report.name for report in place.rules.reports)
        there = f"there are {known}" if known else "it has no reports"
        raise UsageError(f"rules.yaml has no report {name}: {there}; without a name the report is on everything")
    return rule


def _inquiry(rule: ScheduledReport | None, period: str | None, *, so_far: bool) -> Inquiry:
    """What is asked for: the options stand over the report. Raises typer.BadParameter."""
    from sentinel.evaluate import Inquiry

    asked = Inquiry("", PeriodKind.WEEK) if rule is None else Inquiry.of(rule)
    if period is not None:
        if period not in _KINDS:
            raise typer.BadParameter(f"--period {period!r} must be one of {', '.join(_KINDS)}")
        asked = replace(asked, kind=PeriodKind(period))
    return replace(asked, so_far=asked.so_far or so_far)


def _day(text: str | None) -> date | None:
    """A charge day. Raises typer.BadParameter."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"--day {text!r} is no day; write 2026-03-02") from None


def _send(place: Workplace, rule: ScheduledReport, made: Report) -> bool:
    """Send it, and what else waits for its channels; whether something was parked."""
    from sentinel.jobs.deliver import deliver_pending
    from sentinel.jobs.report import send_report

    if not rule.notify:
        say(f"report {rule.name} tells nobody: notify names no channel")
        return False
    opened = place.open_channels()
    channels = {name: opened[name] for name in send_report(place.database, rule, made, now())}
    done = deliver_pending(place.database, place.rules, channels, now)
    show_reports(done)
    return any(one.parked for one in done)
