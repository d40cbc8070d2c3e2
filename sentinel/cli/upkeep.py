"""`sentinel backup`, `prune` and `db`: keeping the database safe, small and sound."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sentinel.cli.invocation import Invocation
from sentinel.cli.output import say
from sentinel.cli.workplace import now, open_workplace

db = typer.Typer(help="The database itself.", no_args_is_help=True)


@db.callback()
def _group() -> None:
    """The database itself."""


@db.command("check")
def check(
    ctx: typer.Context,
    *,
    repair: Annotated[
        bool, typer.Option("--repair", help="Make the arrays that are read for speed what their rows say.")
    ] = False,
) -> None:
    """Look for damage: the file, the schema, orphaned rows, arrays that differ from their rows."""
    from sentinel.store import check_database, open_database, repair_arrays

    invocation: Invocation = ctx.obj
    with open_database(invocation.settings().database_url.get_secret_value()) as database:
        if repair:
            with database.write() as conn:
                typer.echo(f"{repair_arrays(conn)} days put right")
        with database.read() as conn:
            defects = check_database(conn)
    for defect in defects:
        typer.echo(f"{defect.what}: {defect.way_out}")
    if defects:
        raise typer.Exit(1)
    typer.echo("nothing is wrong")


def backup(ctx: typer.Context, file: Annotated[Path, typer.Argument(help="The copy; it must not exist yet.")]) -> None:
    """Copy the SQLite database as it stands now, also while the daemon runs."""
    from sentinel.store import back_up, open_database

    invocation: Invocation = ctx.obj
    with open_database(invocation.settings().database_url.get_secret_value()) as database:
        size = back_up(database, file)
    typer.echo(f"{file}: {size / 1024**2:,.1f} MiB")


def prune(
    ctx: typer.Context,
    *,
    keep: Annotated[str, typer.Option("--keep", metavar="DURATION", help="What stays, such as 800d.")],
) -> None:
    """Forget old days; never those that the rules still read."""
    from sentinel.jobs.upkeep import prune_history
    from sentinel.rules.values import duration

    try:
        kept = duration(keep)
    except ValueError as error:
        raise typer.BadParameter(f"--keep {error}") from error
    with open_workplace(ctx.obj) as place:
        pruned = prune_history(place.database, place.rules, kept, now())
    typer.echo(f"forgot {pruned.rows} daily rows, {pruned.charges} account charges, {pruned.pulls} pulls")
    say("the space is used again by new rows")
