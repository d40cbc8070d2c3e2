"""`sentinel export`: the stored costs, for a spreadsheet or another tool."""

from __future__ import annotations

import csv
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.cycle import AsJson
from sentinel.cli.output import say, write_json
from sentinel.cli.workplace import now, open_workplace
from sentinel.errors import UsageError

if TYPE_CHECKING:
    from sentinel.jobs.export import Part


def export(
    ctx: typer.Context,
    *,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="The first day; else the first of the history.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="The last day, inclusive; else today.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="DIMENSION=VALUE", help="A name, an id or a glob: cluster=load-*. All must match."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the stored costs to standard output, a row for each day and product: CSV with the columns of FOCUS."""
    from sentinel.domain.costs import Window
    from sentinel.jobs.export import COLUMNS, first_known_day
    from sentinel.jobs.export import export as rows_of

    part = _part(where or [])
    begin, end = _day("--from", first), _day("--to", last)
    with open_workplace(ctx.obj) as place:
        moment = now()
        begin = begin or first_known_day(place.database, place.rules, moment)
        stop = (end or moment.date()) + timedelta(days=1)
        if begin is None or begin >= stop:
            say("no day of the history was asked for" if begin else "the history is empty: `sentinel pull` fills it")
            return
        rows = rows_of(place.database, place.rules, part, Window(begin, stop))
        if as_json:
            for row in rows:
                write_json(dict.fromkeys(COLUMNS) | row)
            return
        table = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _part(matchers: list[str]) -> Part:
    """What `--where` asks for. Raises UsageError."""
    from sentinel.domain.scopes import Dimension
    from sentinel.jobs.export import Part
    from sentinel.rules.entries import Where

    given: dict[str, list[str]] = {}
    for text in matchers:
        name, _, value = text.partition("=")
        if name not in set(Dimension) or not value:
            known = ", ".join(dimension.value for dimension in Dimension)
            raise UsageError(f"--where {text}: write DIMENSION=VALUE, like cluster=load-*; there are {known}")
        given.setdefault(name, []).append(value)
    return Part(Where.model_validate(given))


def _day(option: str, text: str | None) -> date | None:
    """A charge day. Raises typer.BadParameter."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option} {text!r} is no day; write 2026-03-03") from None
