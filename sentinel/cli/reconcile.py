"""`sentinel reconcile`: does the invoice bill what the history holds?"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.cycle import AsJson
from sentinel.cli.output import say, write_json
from sentinel.cli.workplace import Workplace, now, open_workplace

if TYPE_CHECKING:
    from sentinel.domain.periods import Period
    from sentinel.evaluate import Reconciled
    from sentinel.rules.model import Account


def reconcile(
    ctx: typer.Context,
    *,
    month: Annotated[
        str | None, typer.Option("--month", metavar="MONTH", help="The month: 2026-02; else the one before this.")
    ] = None,
    account: Annotated[str | None, typer.Option("--account", help="Only this account of rules.yaml.")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--invoice", metavar="FILE", help="A saved answer of get_past_invoice; - is standard input."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Also the lines that agree.")] = False,
    as_json: AsJson = False,
    fail_on_difference: Annotated[
        bool, typer.Option("--fail-on-difference", help="End with exit code 3 when a line differs.")
    ] = False,
) -> None:
    """Compare a month of stored days with its invoice, line by line, over the invoice's own dates."""
    from sentinel.cli.invoice_table import lines_of, print_reconciled
    from sentinel.jobs.reconcile import chosen_accounts

    with open_workplace(ctx.obj) as place:
        done = [
            (one, reconciled)
            for one in chosen_accounts(place.rules, account)
            for reconciled in _reconcile(place, one, _month(month), file)
        ]
    for one, reconciled in done:
        if as_json or not sys.stdout.isatty():
            for caveat in lines_of(reconciled):
                say(caveat)
            for record in _records(reconciled, one.currency, everything=all_ or as_json):
                write_json(record)
        else:
            print_reconciled(reconciled, one.currency, everything=all_)
    if fail_on_difference and any(reconciled.differing for _, reconciled in done):
        raise typer.Exit(3)


def _reconcile(place: Workplace, account: Account, month: Period, file: Path | None) -> tuple[Reconciled, ...]:
    from sentinel.jobs.reconcile import reconcile_invoice, reconcile_month
    from sentinel.pull import decode_invoice

    if file is None:
        return reconcile_month(place.database, place.rules, account, month, place.open_client, now())
    invoice = decode_invoice(_read(file))
    return (reconcile_invoice(place.database, place.rules, account, invoice, now()),)


def _read(file: Path) -> bytes:
    from sentinel.errors import UsageError

    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read ({error.strerror})") from error


def _month(text: str | None) -> Period:
    """The days of a month. Raises typer.BadParameter."""
    from sentinel.domain.periods import month_of
    from sentinel.jobs.reconcile import month_before

    if text is None:
        return month_before(now().date())
    try:
        return month_of(date.fromisoformat(f"{text}-01"))
    except ValueError:
        raise typer.BadParameter(f"--month {text!r} is no month; write 2026-02") from None


def _records(reconciled: Reconciled, currency: str, *, everything: bool) -> list[dict[str, object]]:
    """One record for each line, then one for the whole."""
    from sentinel.cli.alert_view import scope_record
    from sentinel.domain.money import UNITS_PER_CURRENCY

    period = {"from": reconciled.invoice.period.first.isoformat(), "to": reconciled.invoice.period.last.isoformat()}
    records: list[dict[str, object]] = [
        {
            "line": scope_record(line.scope, ()),
            **period,
            "stored": line.stored / UNITS_PER_CURRENCY,
            "invoiced": line.invoiced / UNITS_PER_CURRENCY,
            "difference": line.difference / UNITS_PER_CURRENCY,
            "reconciled": line.agrees,
            "currency": currency,
        }
        for line in reconciled.lines
        if everything or not line.agrees
    ]
    return [
        *records,
        {
            "account": reconciled.account,
            **period,
            "pending": reconciled.invoice.pending,
            "stored": reconciled.stored / UNITS_PER_CURRENCY,
            "invoiced": reconciled.invoiced / UNITS_PER_CURRENCY,
            "invoice_total": reconciled.invoice.total / UNITS_PER_CURRENCY,
            "differing_lines": len(reconciled.differing),
            "difference_in_all": reconciled.in_all / UNITS_PER_CURRENCY,
            "days_not_covered": [day.isoformat() for day in reconciled.uncovered],
            "days_not_settled": [day.isoformat() for day in reconciled.unsettled],
            "currency": currency,
        },
    ]
