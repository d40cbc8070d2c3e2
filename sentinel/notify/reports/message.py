"""A report as a message: what was spent, why it changed, how budgets and alerts stand, and how much of it is known."""

from __future__ import annotations

from datetime import UTC
from shlex import quote

from sentinel.domain.messages import Chart, Fact, Message, Tone
from sentinel.domain.reports import Report
from sentinel.notify.reports.lines import lines
from sentinel.notify.reports.phrases import amount, change, when
from sentinel.notify.reports.sections import sections
from sentinel.notify.words.phrases import a_day, one_line


def tell_report(report: Report, course: Chart | None = None, moves: Chart | None = None) -> Message:
    """The message that tells a report; `course` shows the days, `moves` what moved most."""
    return Message(
        tone=Tone.NEUTRAL,
        headline=_headline(report),
        lines=tuple(lines(report)),
        facts=_facts(report),
        actions=(_command(report),),
        chart=course,
        sections=tuple(sections(report, moves)),
    )


def _headline(report: Report) -> str:
    compared = report.compared
    moved = "" if compared is None else f", {change(compared.whole, report, by_day=compared.by_day)}"
    name = f"{one_line(report.name)}: " if report.name else ""
    return f"REPORT  {name}{amount(report.spend, report)} {when(report)}{moved}"


def _facts(report: Report) -> tuple[Fact, ...]:
    made = report.made_at.astimezone(UTC)
    known = {
        "report": one_line(report.name),
        "of the spend": one_line(report.part.strip()),
        "made": f"{a_day(made.date(), made.date())} {made:%H:%M} UTC",
    }
    return tuple(Fact(label, value) for label, value in known.items() if value)


def _command(report: Report) -> str:
    name = [quote(one_line(report.name))] if report.name else []
    options = ["--period", report.kind.value, "--day", str(report.spend.period.last)]
    return " ".join(["sentinel", "report", *name, *options])
