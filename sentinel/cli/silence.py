"""`sentinel silence`: what people do not want to be told for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sentinel.cli.cycle import AsJson
from sentinel.cli.moments import parse_end, parse_moment
from sentinel.cli.output import say, write_json
from sentinel.cli.workplace import now, open_workplace, user_name
from sentinel.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from sentinel.jobs.hold import Held

app = typer.Typer(help="What is not told for a while: matching alerts are recorded, and nobody is told.")


@app.command("add")
def add(
    ctx: typer.Context,
    *,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--where", metavar="DIMENSION=VALUE", help="A name, an id or a glob: cluster=load-*. All must match."
        ),
    ] = None,
    rule: Annotated[str | None, typer.Option("--rule", help="A rule's name, or a glob.")] = None,
    lasting: Annotated[str | None, typer.Option("--for", metavar="DURATION", help="How long: 6h, 7d, 2w.")] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="MOMENT", help="Since when, in UTC; else now.")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="MOMENT", help="Until when, in UTC; a day is included.")
    ] = None,
    comment: Annotated[str, typer.Option("--comment", help="Why, for those who read it later.")] = "",
    author: Annotated[
        str | None, typer.Option("--author", "--by", help="Who says so; else the user's name.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell nobody of matching alerts for a while."""
    from sentinel.domain.alerts import Silence
    from sentinel.jobs.hold import hold

    moment = now()
    starts_at = parse_moment(start) if start else moment
    silence = Silence(
        id=None,
        matchers=(*map(_matcher, where or ()), *([("rule", rule)] if rule else [])),
        starts_at=starts_at,
        ends_at=parse_end(starts_at, lasting, until),
        author=author or user_name(),
        comment=comment,
    )
    with open_workplace(ctx.obj) as place:
        done = hold(place.database, place.rules, silence, moment)
    if as_json:
        write_json(_record(done, moment))
        return
    typer.echo(_line(done, moment))
    _say_covered(done, moment)


@app.command("list")
def list_(
    ctx: typer.Context,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Also those that have ended.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the silences that stand or are to come."""
    from sentinel.jobs.hold import held

    moment = now()
    with open_workplace(ctx.obj) as place:
        found = [one for one in held(place.database) if all_ or moment < one.silence.ends_at]
    for one in found:
        if as_json:
            write_json(_record(one, moment))
        else:
            typer.echo(_line(one, moment))
    if not found:
        say("no silences" if all_ else "no silence stands or is to come")


@app.command("end")
def end(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="The silence's number.")],
) -> None:
    """End a silence now; what still fires is told once by the next evaluation."""
    from sentinel.jobs.hold import release

    with open_workplace(ctx.obj) as place:
        release(place.database, number, now())
    typer.echo(f"silence {number} has ended")


def _matcher(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise UsageError(f"--where {text}: write DIMENSION=VALUE, like cluster=load-*")
    return name, value


def _line(one: Held, moment: datetime) -> str:
    silence = one.silence
    what = " and ".join(f"{name} {pattern}" for name, pattern in silence.matchers)
    when = f"{silence.starts_at:%Y-%m-%d %H:%M} to {silence.ends_at:%Y-%m-%d %H:%M} UTC"
    why = f": {silence.comment}" if silence.comment else ""
    return f"silence {silence.id}  {_state(one, moment):<7} {what}, {when}, by {silence.author}{why}"


def _state(one: Held, moment: datetime) -> str:
    if moment < one.silence.starts_at:
        return "to come"
    return "stands" if moment < one.silence.ends_at else "ended"


def _say_covered(one: Held, moment: datetime) -> None:
    from sentinel.cli.alert_view import alert_line

    covers = "it covers" if one.silence.starts_at <= moment else "it would cover, as they stand now,"
    say(f"{covers} {len(one.covers)} of the open alerts" if one.covers else f"{covers} no open alert")
    for alert in one.covers:
        say(f"  {alert_line(alert)}")


def _record(one: Held, moment: datetime) -> dict[str, Any]:
    silence = one.silence
    return {
        "silence_id": silence.id,
        "state": _state(one, moment),
        "matchers": dict(silence.matchers),
        "from": silence.starts_at.isoformat(),
        "until": silence.ends_at.isoformat(),
        "author": silence.author,
        "comment": silence.comment,
        "alert_ids": [alert.id for alert in one.covers],
    }
