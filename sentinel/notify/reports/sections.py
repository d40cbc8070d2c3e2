"""The tables of a report, below its lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sentinel.domain.alerts import Alert
from sentinel.domain.messages import Chart, Section, Table
from sentinel.domain.money import format_money
from sentinel.domain.reports import BudgetLine, Moved, MovedScopes, Report
from sentinel.notify.reports.lines import budget_name, chance
from sentinel.notify.words.compose import what
from sentinel.notify.words.phrases import UNCHANGED_BELOW, a_day, one_line, percent, period_name, scope_name, signed
from sentinel.notify.words.verdicts import say

_ALERTS_SHOWN = 8


def sections(report: Report, moves: Chart | None) -> Iterator[Section]:
    """Those that have something to say."""
    compared = report.compared
    if compared is not None:
        for name, moved, chart in (("Clusters", compared.clusters, moves), ("Products", compared.products, None)):
            if moved.scopes:
                yield _movers(name, moved, report, chart, by_day=compared.by_day)
    if report.budgets.lines:
        yield _budgets(report)
    if report.alerts:
        yield _alerts(report)
    if report.accounts:
        yield _data(report)


def _movers(name: str, moved: MovedScopes, report: Report, chart: Chart | None, *, by_day: bool) -> Section:
    def row(place: int) -> tuple[str, ...]:
        one = moved.scopes[place]
        before, after = (format_money(value, report.currency) for value in (one.moved.before, one.moved.after))
        split = tuple(_figure(part, one.moved, report.currency) for part in (one.moved.volume, one.moved.price))
        changed = signed(one.moved.change, report.currency)
        return (scope_name(one.scope), before, after, changed, _share(one.moved), *split)

    return Section(
        title=f"{name} that moved most" + (", average of a day" if by_day else ""),
        lines=(f"{moved.left_out} more moved less",) if moved.left_out else (),
        table=Table(
            columns=(name[:-1], "Before", "Now", "Change", "", "Volume", "Price"),
            rows=tuple(map(row, range(len(moved.scopes)))),
        ),
        chart=chart,
    )


def _figure(part: float, moved: Moved, currency: str) -> str:
    """What was nothing before has neither volume nor price to compare."""
    return signed(part, currency) if moved.before > 0 and abs(part) >= UNCHANGED_BELOW * abs(moved.change) else "-"


def _share(moved: Moved) -> str:
    if moved.share is None:
        return "new"
    return "0%" if abs(moved.share) < UNCHANGED_BELOW else percent(moved.share)


def _budgets(report: Report) -> Section:
    left = report.budgets.left_out
    return Section(
        title="Budgets",
        lines=(f"{left} more have more room left",) if left else (),
        table=Table(
            columns=("Budget", "Period", "Spent", "Of", "Used", "Likely end", "Over"),
            rows=tuple(_budget(line, report) for line in report.budgets.lines),
        ),
    )


def _budget(line: BudgetLine, report: Report) -> tuple[str, ...]:
    forecast = line.forecast
    spent = format_money(line.spent, report.currency)
    over = f"{line.over} of {line.judged} days" if line.over else ""
    return (
        budget_name(line),
        _period(line, report.made_at.date()),
        f"{spent}+" if line.unknown_days and not line.over else spent,
        "-" if line.amount is None else format_money(line.amount, report.currency),
        "-" if line.share is None else f"{line.share:.0%}",
        format_money(forecast.total, report.currency) if forecast else "",
        chance(forecast.above).replace("less than ", "<").replace("more than ", ">") if forecast else over,
    )


def _period(line: BudgetLine, today: date) -> str:
    return period_name(line.period, today).removeprefix("the ") + (" so far" if line.running else "")


def _alerts(report: Report) -> Section:
    left = len(report.alerts) - _ALERTS_SHOWN
    told = [_alert(alert, report.made_at.date()) for alert in report.alerts[:_ALERTS_SHOWN]]
    return Section("Open alerts", lines=(*told, *([f"and {left} more: sentinel alerts"] if left > 0 else [])))


def _alert(alert: Alert, today: date) -> str:
    verdict = say(alert, today)
    return f"{alert.severity.value.upper()}  {verdict.title}: {what(alert)} (id {alert.id}). {verdict.figures}"


def _data(report: Report) -> Section:
    today = report.made_at.date()

    def day(one: date | None) -> str:
        return "never" if one is None else a_day(one, today)

    rows = tuple(
        (
            one_line(one.account),
            day(one.newest_known),
            day(one.newest_settled),
            "fail" if one.failing_since else "work" if one.newest_known else "-",
        )
        for one in report.accounts
    )
    return Section("Data", table=Table(("Account", "Known to", "Settled to", "Pulls"), rows))
