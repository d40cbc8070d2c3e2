"""`sentinel import`: saved API answers become history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.moments import parse_moment
from sentinel.cli.output import say
from sentinel.cli.workplace import now, open_workplace
from sentinel.errors import UsageError

if TYPE_CHECKING:
    from sentinel.store import PullReport


def import_(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Files, folders, or - for standard input; .gz is unpacked.")],
    account: Annotated[
        str | None, typer.Option(help="The account of the answers; needed where rules name several.")
    ] = None,
    pulled_at: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="When they were pulled; else when their newest row ended.")
    ] = None,
    settled: Annotated[
        bool, typer.Option("--settled", help="They were pulled long after their days: no figure was still growing.")
    ] = False,
) -> None:
    """Store saved answers of get_invoice_breakdowns; importing one again changes nothing."""
    from sentinel.jobs.import_answers import find_answers, import_answers

    if settled and pulled_at:
        raise UsageError("--settled says what --pulled-at tells exactly: give one of them")
    moment = parse_moment(pulled_at) if pulled_at else None
    failed = False
    with open_workplace(ctx.obj) as place:
        names = [known.name for known in place.rules.accounts]
        if account is None and len(names) > 1:
            raise UsageError(f"--account is needed: the rules name several ({', '.join(names)})")
        if account is not None and account not in names:
            raise UsageError(f"--account {account}: the rules name {', '.join(names)}")
        settle_after = place.rules.settings.settle_after
        found = find_answers(files)
        name = account or names[0]
        for one in import_answers(place.database, name, found, moment, settle_after, now(), settled=settled):
            if one.report is None:
                failed = True
                say(f"{one.source}: not stored: {one.error}")
            elif one.report.kept_aside:
                say(f"{one.source}: kept aside: it looks wrong, and changes nothing until a later answer agrees")
            else:
                typer.echo(f"{one.source}: {_brought(one.report)}")
    if failed:
        raise typer.Exit(1)


def _brought(report: PullReport) -> str:
    if report.changes_nothing:
        return f"nothing changed, its {report.unchanged} daily rows were known"
    return (
        f"{report.new} new daily rows, {report.changed} changed, {report.vanished} vanished, "
        f"{report.unchanged} unchanged, "
        f"{report.charges_changed} account charges"
    )
