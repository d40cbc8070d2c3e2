"""What is said of money that was paid or granted beforehand, and of invoices."""

from __future__ import annotations

from datetime import date, timedelta

from sentinel.domain.alerts import Alert
from sentinel.domain.findings import Contribution, Direction, Finding
from sentinel.domain.money import format_cents, format_money
from sentinel.domain.outlooks import InvoiceStanding, Outlook, Stage
from sentinel.domain.periods import Period
from sentinel.notify.words.phrases import a_day, bare, days, one_line, period_name, scope_name
from sentinel.notify.words.verdict import Verdict

_NAMED_LINES = 3
_FULL_MONTH = 27


def say_commitment(alert: Alert, today: date) -> Verdict:
    """A commitment that is used up early, or not used up."""
    finding, outlook = alert.finding, alert.finding.outlook
    if outlook is None:
        return Verdict("Commitment", "")
    if finding.direction is Direction.UP:
        return _used_up(finding, outlook, today)
    return _left(finding, outlook, today)


def say_credit(alert: Alert, today: date) -> Verdict:
    """A credit that no longer arrives, or a balance that runs out."""
    finding, outlook = alert.finding, alert.finding.outlook
    if outlook is None:
        return _missing(finding, today)
    money = finding.currency
    used = f"{format_money(outlook.spent, money)} of {format_money(outlook.amount, money)}"
    if outlook.stage is Stage.REACHED:
        return Verdict("Credits used up", f"Used {used} by {a_day(finding.day, today)}: nothing is left")
    lasts = "" if outlook.exhausted_on is None else f"; the rest lasts until about {_around(outlook, today)}"
    return Verdict("Credits run out", f"Used {used} by {a_day(finding.day, today)}{lasts}", _chance(outlook))


def say_invoice(alert: Alert, today: date) -> Verdict:
    """An invoice that differs from the stored days of its period."""
    finding, invoice = alert.finding, alert.finding.invoice
    if invoice is None:
        return Verdict("Invoice differs", "")
    money = finding.currency
    lines = "1 line differs" if invoice.differing == 1 else f"{invoice.differing} lines differ"
    figures = (
        f"Invoiced {format_cents(invoice.invoiced, money)} for {period_name(invoice.period, today)}, "
        f"stored {format_cents(invoice.stored, money)}: {lines}, by {format_cents(finding.observed, money)} in all; "
        f"{format_cents(finding.upper, money)} are allowed"
    )
    shown = [_line(part, money) for part in finding.contributions[:_NAMED_LINES]]
    return Verdict("Invoice differs", figures, f"{'. '.join(shown)}. {_every_line(invoice)}")


def _used_up(finding: Finding, outlook: Outlook, today: date) -> Verdict:
    money = finding.currency
    if outlook.stage is Stage.REACHED:
        figures = (
            f"All {format_money(outlook.amount, money)} are used up since {_day(outlook.exhausted_on, today)}"
            f"{_before_the_end(outlook.exhausted_on, outlook, today)}"
        )
        return Verdict("Commitment used up", figures, f"Spent {format_money(outlook.spent, money)} so far")
    cause = (
        f"At the end it will have cost {format_money(outlook.projected, money)}"
        f" ({bare(outlook.projected_least)} to {bare(outlook.projected_most)}). {_chance(outlook)}"
    )
    comes = "" if outlook.exhausted_on is None else f"; used up about {_around(outlook, today)}"
    early = _before_the_end(outlook.exhausted_on, outlook, today)
    return Verdict("Commitment used up early", f"{_so_far(finding, outlook, today)}{comes}{early}", cause)


def _left(finding: Finding, outlook: Outlook, today: date) -> Verdict:
    money = finding.currency
    share = f"{outlook.unused / outlook.amount:.0%}"
    if outlook.stage is Stage.REACHED:
        figures = (
            f"Its term ended on {_day(outlook.last, today)}: {format_money(outlook.unused, money)}"
            f" of {format_money(outlook.amount, money)} ({share}) were left unused"
        )
        return Verdict("Commitment left unused", figures)
    figures = (
        f"{_so_far(finding, outlook, today)}; about {format_money(outlook.unused, money)} ({share}) will be left"
        f" on {_day(outlook.last, today)} ({bare(outlook.unused_least)} to {bare(outlook.unused_most)})"
    )
    return Verdict("Commitment not used up", figures, _chance(outlook))


def _so_far(finding: Finding, outlook: Outlook, today: date) -> str:
    money = finding.currency
    planned = "" if outlook.planned is None else f" ({format_money(outlook.planned, money)} if used evenly)"
    return (
        f"Spent {format_money(outlook.spent, money)} of {format_money(outlook.amount, money)}"
        f" by {a_day(finding.day, today)}{planned}"
    )


def _around(outlook: Outlook, today: date) -> str:
    """`Sat 12 Sep (Wed 2 Sep to Fri 25 Sep)`, or `(Wed 2 Sep or later)`."""
    latest = "or later" if outlook.latest is None else f"to {a_day(outlook.latest, today)}"
    return f"{_day(outlook.exhausted_on, today)} ({_day(outlook.earliest, today)} {latest})"


def _before_the_end(day: date | None, outlook: Outlook, today: date) -> str:
    if day is None or outlook.last is None:
        return ""
    left = (outlook.last - day).days
    return f", {days(left)} before its end on {a_day(outlook.last, today)}" if left > 0 else ""


def _day(day: date | None, today: date) -> str:
    return "an unknown day" if day is None else a_day(day, today)


def _chance(outlook: Outlook) -> str:
    return f"Probability {min(outlook.chance, 0.99):.0%}"


def _missing(finding: Finding, today: date) -> Verdict:
    since = finding.day - timedelta(days=round(finding.score) - 1)
    span = days(round(finding.score)) if finding.score < _FULL_MONTH else period_name(Period(since, finding.day), today)
    expected = format_money(finding.expected, finding.currency)
    figures = (
        f"Nothing since {a_day(since, today)}, {span}: {one_line(finding.note)}, and {expected} would have been usual"
    )
    return Verdict("Credit missing", figures)


def _line(part: Contribution, money: str) -> str:
    more = "more stored than invoiced" if part.excess > 0 else "more invoiced than stored"
    return f"{scope_name(part.scope)}: {format_cents(abs(part.excess), money)} {more}"


def _every_line(invoice: InvoiceStanding) -> str:
    return f"Every line: sentinel reconcile --month {invoice.period.first:%Y-%m}"
