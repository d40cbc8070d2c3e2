"""`sentinel explain`: why a rule fired on a day, or why not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.backtest import parse_day
from sentinel.cli.cycle import AsJson
from sentinel.cli.explain_pictures import write_pictures
from sentinel.cli.moments import parse_moment
from sentinel.cli.output import say, write_json
from sentinel.cli.workplace import now, open_workplace
from sentinel.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from sentinel.domain.scopes import Scope
    from sentinel.evaluate import Explanation
    from sentinel.rules.model import Rule

SHOWN = 5
"""So many scopes fill a screen or two."""


def explain(
    ctx: typer.Context,
    rule: Annotated[str, typer.Argument(help="The rule's name.")],
    *,
    day: Annotated[str, typer.Option("--day", metavar="DAY", help="The charge day: 2026-03-03.")],
    scope: Annotated[
        str | None, typer.Option("--scope", metavar="TEXT", help="Only scopes with this in a name or an id.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help=f"Every scope, not only the {SHOWN} nearest to firing.")] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="MOMENT", help="By what had been pulled and said by then, in UTC.")
    ] = None,
    png: Annotated[
        Path | None,
        typer.Option(
            "--png",
            metavar="FILE",
            dir_okay=False,
            help="Draw the shown scopes, too: one to FILE, several to FILE-1, FILE-2 and so on.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show for each scope of a rule what was expected, what was seen, and why it fired or why not."""
    from sentinel.jobs.explain import explain as read

    wanted = parse_day(day, "--day") or now().date()
    with open_workplace(ctx.obj) as place:
        moment = parse_moment(as_of) if as_of else None
        found = read(place.database, place.rules, rule, wanted, now(), as_of=moment)
        judged_by = place.rules.named(rule)
    if judged_by is None:
        raise UsageError(f"there is no rule {rule}")
    chosen = sorted((one for one in found if scope is None or _bears(one.scope, scope)), key=_far_from_firing)
    if not chosen:
        what = f"with {scope} in a name or an id" if scope else "in the history up to this day"
        say(f"rule {rule} watches nothing {what}")
        return
    shown = chosen if all_ else chosen[:SHOWN]
    if as_json:
        for one in chosen:
            write_json(_record(judged_by, one))
    else:
        _show(judged_by, shown)
    for file in write_pictures(judged_by, shown, png) if png else ():
        say(f"drawn: {file}")
    if not as_json and not all_ and len(chosen) > SHOWN:
        say(f"and {len(chosen) - SHOWN} more; --scope TEXT picks some, --all shows them all")


def _bears(scope: Scope, text: str) -> bool:
    folded = text.casefold()
    return any(folded in name.casefold() for place in scope.places for name in (place.id, place.name))


def _far_from_firing(one: Explanation) -> tuple[bool, bool, float]:
    return not one.why.fires, one.score is None, -abs(one.score or 0.0)


def _show(rule: Rule, chosen: list[Explanation]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    for one in chosen:
        _print(console, rule, one)


def _print(console: Console, rule: Rule, one: Explanation) -> None:
    from rich.padding import Padding
    from rich.text import Text

    from sentinel.cli.alert_view import scope_name
    from sentinel.cli.course_chart import draw_course
    from sentinel.jobs.explain_words import figures, sentence

    console.print(f"{rule.name}: {scope_name(one.scope)}, {one.day:%a} {one.day}", style="bold", markup=False)
    for line in (f"{sentence(rule, one)}.", *figures(one)):
        console.print(Padding(Text(line), (0, 0, 0, 2), expand=False))
    if one.course.cost.size:
        console.print(draw_course(one.course, one.currency, console.width))
    console.print()


def _record(rule: Rule, one: Explanation) -> dict[str, object]:
    from dataclasses import asdict

    from sentinel.cli.alert_view import scope_record
    from sentinel.jobs.explain_words import sentence

    return {
        "rule": rule.name,
        "kind": rule.kind.value,
        "scope": scope_record(one.scope, one.regions),
        "day": one.day.isoformat(),
        "fires": one.why.fires,
        "reason": one.why.value,
        "sentence": sentence(rule, one),
        "observed": one.observed,
        "expected": one.expected,
        "lower": one.lower,
        "upper": one.upper,
        "score": one.score,
        "currency": one.currency,
        "basis": "settled" if one.settled else "unsettled",
        "days_used": one.days_used,
        "days_left_out": one.days_left_out,
        "excess": asdict(one.excess) if one.excess else None,
        "forecast": asdict(one.forecast) if one.forecast else None,
        "forecast_awaits": asdict(one.too_young) if one.too_young else None,
        "alert_id": one.alert_id,
        "inhibited_by": one.told_by,
    }
