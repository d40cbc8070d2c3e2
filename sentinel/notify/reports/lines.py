"""The lines of a report: what a reader has to know, the most important first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sentinel.domain.findings import Severity
from sentinel.domain.money import format_money
from sentinel.domain.periods import PeriodKind
from sentinel.domain.reports import BudgetLine, Comparison, Report
from sentinel.domain.scopes import Dimension
from sentinel.notify.reports.phrases import amount, change, part_of_change, the_one_before, when
from sentinel.notify.words.phrases import a_day, days, one_line, period_name, scope_name

LATE_FROM = timedelta(minutes=15)
"""What comes within a quarter of an hour is on time: pulls and deliveries take their minutes."""

_BUDGETS_TOLD = 3
_MOVERS_TOLD = 3
_DAYS_TOLD = 4
_HOURS_TOLD_BELOW = timedelta(hours=48)


def lines(report: Report) -> Iterator[str]:
    """Each a sentence or two."""
    yield from _spent(report)
    for line in _told_budgets(report)[:_BUDGETS_TOLD]:
        yield f"Budget {_budget(line, report)}"
    yield from _moved(report)
    yield _alerts(report)
    yield from _knowledge(report)
    yield from _lateness(report)


def _told_budgets(report: Report) -> list[BudgetLine]:
    """Of each budget the fullest scope, in the period that has ended and in the one that runs."""
    told: dict[tuple[str, bool], BudgetLine] = {}
    for line in report.budgets.lines:
        told.setdefault((line.rule, line.running), line)
    return list(told.values())


def _budget(line: BudgetLine, report: Report) -> str:
    today = report.made_at.date()
    name, spent = budget_name(line), format_money(line.spent, report.currency)
    if line.amount is None:
        return f"{name}: {spent} in {period_name(line.period, today)}; not judged: {line.missing}"
    limit = format_money(line.amount, report.currency)
    if line.over:
        on = f"on {line.over} of {days(line.judged)}" if line.judged > 1 else "on its day"
        return f"{name}: over {limit} {on}, most on {a_day(line.period.first, today)}: {spent}"
    least = "at least " if line.unknown_days else ""
    so_far = " so far" if line.running else ""
    stands = f"{least}{spent} of {limit} ({line.share or 0.0:.0%}) in {period_name(line.period, today)}{so_far}"
    return f"{name}: {stands}{_forecast(line, report)}"


def budget_name(line: BudgetLine) -> str:
    """`whole-account`, `each-cluster, orders-prod`."""
    wide = all(place.dimension in (Dimension.ACCOUNT, Dimension.TENANT) for place in line.scope.places)
    return one_line(line.rule) if wide else f"{one_line(line.rule)}, {scope_name(line.scope)}"


def _forecast(line: BudgetLine, report: Report) -> str:
    forecast = line.forecast
    if forecast is None:
        return ""
    total, lower, upper = (
        format_money(value, report.currency) for value in (forecast.total, forecast.lower, forecast.upper)
    )
    return f"; likely to end at {total} ({lower} to {upper}), {chance(forecast.above)} to exceed it"


def chance(probability: float) -> str:
    """`38% likely`; nothing of a forecast is certain."""
    if probability < 0.01:  # noqa: PLR2004 - one percent
        return "less than 1% likely"
    return "more than 99% likely" if probability > 0.99 else f"{probability:.0%} likely"  # noqa: PLR2004 - likewise


def _spent(report: Report) -> Iterator[str]:
    if not report.series:
        yield f"Nothing in the history is{report.part.replace(' where', '', 1)}" if report.part else "No cost is known"
        return
    spend = report.spend
    a_day_each = f", {format_money(spend.a_day, report.currency)} a day" if spend.known_days > 1 else ""
    text = f"{_capital(amount(spend, report))} {when(report)}{a_day_each}"
    compared = report.compared
    if compared is None:
        yield f"{text}. Of {the_one_before(report)} nothing is known"
    else:
        yield f"{text}. {_against(compared, report)}"
    if spend.charges is not None:
        charged = [
            f"credits {format_money(spend.charges.credits, report.currency)}" if spend.charges.credits else "",
            f"support {format_money(spend.charges.support, report.currency)}" if spend.charges.support else "",
        ]
        net = format_money(spend.net, report.currency)
        yield f"Net of account charges: {net} ({', '.join(filter(None, charged))})"


def _against(compared: Comparison, report: Report) -> str:
    whole = compared.whole
    before = format_money(whole.before, report.currency) + (" a day" if compared.by_day else "")
    moved = change(whole, report, by_day=compared.by_day)
    volume, price = (part_of_change(part, whole, report.currency) for part in (whole.volume, whole.price))
    split = f": volume {volume}, price {price}" if whole.before > 0 and abs(whole.change) > 0 else ""
    preposition = "on" if report.kind is PeriodKind.DAY else "in"
    return f"{_capital(moved)} against {before} {preposition} {the_one_before(report)}{split}"


def _moved(report: Report) -> Iterator[str]:
    compared = report.compared
    if compared is None or not compared.clusters.scopes:
        return
    told = [
        f"{scope_name(one.scope)} {change(one.moved, report, by_day=compared.by_day)}"
        for one in compared.clusters.scopes[:_MOVERS_TOLD]
    ]
    yield f"Moved most: {', '.join(told)}"


def _alerts(report: Report) -> str:
    count = len(report.alerts)
    critical = sum(alert.severity is Severity.CRITICAL for alert in report.alerts)
    if not count:
        return "No alert is open"
    is_open = "1 alert is open" if count == 1 else f"{count} alerts are open"
    if critical == count:
        return f"{is_open}, {'critical' if count == 1 else 'all critical'}"
    return is_open + (f", {critical} of them critical" if critical else "")


def _knowledge(report: Report) -> Iterator[str]:
    today, spend = report.made_at.date(), report.spend
    if spend.unknown:
        count = len(spend.unknown)
        told = f"{_days(spend.unknown, today)} {'is' if count == 1 else 'are'} unknown: no answer covers "
        yield told + ("it" if count == 1 else "them")
    if spend.unsettled_days:
        can = "is not settled yet: its cost" if spend.unsettled_days == 1 else "are not settled yet: their cost"
        yield f"{_capital(days(spend.unsettled_days))} {can} can still grow"
    for account in report.accounts:
        if account.failing_since is not None:
            yield (
                f"The pulls of {one_line(account.account)} fail since {a_day(account.failing_since.date(), today)}"
                f" {account.failing_since:%H:%M} UTC: {one_line(account.error)}"
            )


def _days(unknown: tuple[date, ...], today: date) -> str:
    if len(unknown) <= _DAYS_TOLD:
        named = [a_day(day, today) for day in unknown]
        return " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
    return f"{days(len(unknown))} from {a_day(unknown[0], today)} to {a_day(unknown[-1], today)}"


def _lateness(report: Report) -> Iterator[str]:
    if report.due is None:
        return
    late = report.made_at - report.due.moment
    if late >= LATE_FROM:
        yield f"This report was due on {_local(report.due.moment, report.due.zone)} and comes {_how_late(late)} late"
    if report.due.missed:
        one = report.due.missed == 1
        earlier = "1 earlier report was" if one else f"{report.due.missed} earlier reports were"
        yield f"{earlier} missed: nothing was running when {'it was' if one else 'they were'} due"


def _local(moment: datetime, zone: str) -> str:
    there = moment.astimezone(ZoneInfo(zone))
    return f"{a_day(there.date(), there.date())} {there:%H:%M} {zone}"


def _how_late(late: timedelta) -> str:
    if late >= _HOURS_TOLD_BELOW:
        return days(late.days)
    minutes = int(late.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes} minutes"
    return "1 hour" if minutes < 120 else f"{minutes // 60} hours"  # noqa: PLR2004 - two hours


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
