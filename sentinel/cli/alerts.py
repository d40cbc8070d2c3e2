"""`sentinel alerts`: what is firing, and a person's word on it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.cycle import AsJson
from sentinel.cli.moments import parse_end
from sentinel.cli.output import say, write_json
from sentinel.cli.workplace import now, open_workplace, user_name
from sentinel.domain.alerts import MarkKind
from sentinel.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

app = typer.Typer(help="What is firing, and what people say of it.", invoke_without_command=True)

AlertId = Annotated[int, typer.Argument(min=1, max=2**31 - 1, help="The alert's id, as its message tells it.")]
Author = Annotated[str | None, typer.Option("--by", help="Who says so; else the user's name.", show_default=False)]
Comment = Annotated[str, typer.Option("--comment", help="Why, for those who read it later.")]


@app.callback()
def alerts(
    ctx: typer.Context,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Also those closed within the last 60 days.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the open alerts."""
    if ctx.invoked_subcommand is not None:
        return
    from sentinel.cli.alert_view import alert_line, alert_record
    from sentinel.store import open_alerts, recent_alerts

    with open_workplace(ctx.obj) as place, place.database.read() as conn:
        found = recent_alerts(conn, now() - timedelta(days=60)) if all_ else open_alerts(conn)
    for alert in found:
        if as_json:
            write_json(alert_record(alert))
        else:
            typer.echo(f"{alert.state.value:<9} {alert_line(alert)}")
    if not found:
        say("no alerts" if all_ else "no open alerts")


@app.command("show")
def show(ctx: typer.Context, alert_id: AlertId, *, as_json: AsJson = False) -> None:
    """One alert: its message, its days, and what became of it."""
    from rich.console import Console

    from sentinel.cli.alert_view import alert_story, story_record
    from sentinel.jobs.respond import find_alert
    from sentinel.store import marks, past_transitions

    with open_workplace(ctx.obj) as place, place.database.read() as conn:
        alert = find_alert(conn, alert_id)
        own_marks = tuple(mark for mark in marks(conn) if mark.alert_id == alert_id)
        past = past_transitions(conn, alert_id)
    if as_json:
        write_json(story_record(alert, past, own_marks))
    else:
        alert_story(Console(), alert, past, own_marks)


@app.command("ack")
def acknowledge(ctx: typer.Context, alert_id: AlertId, *, by: Author = None, comment: Comment = "") -> None:
    """Say that somebody takes care of it: no more reminders."""
    _respond(ctx, alert_id, MarkKind.ACKNOWLEDGED, by, comment)


@app.command("snooze")
def snooze(
    ctx: typer.Context,
    alert_id: AlertId,
    *,
    lasting: Annotated[
        str | None, typer.Option("--for", metavar="DURATION", help="How long: 6h, 2w; else seven days.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="MOMENT", help="Until when, in UTC; a day is included.")
    ] = None,
    by: Author = None,
    comment: Comment = "",
) -> None:
    """No reminders until a moment."""
    end = parse_end(now(), "7d" if lasting is None and until is None else lasting, until)
    if end <= now():
        raise UsageError(f"--until {until}: this moment has passed")
    _respond(ctx, alert_id, MarkKind.SNOOZED, by, comment, until=end)


@app.command("expected")
def expected(
    ctx: typer.Context,
    alert_id: AlertId,
    *,
    new_level: Annotated[
        bool, typer.Option("--new-level", help="The level is normal from the alert's first day on.")
    ] = False,
    by: Author = None,
    comment: Comment = "",
) -> None:
    """Say that it was to be expected: the alert ends, and its days teach no baseline."""
    _respond(ctx, alert_id, MarkKind.EXPECTED, by, comment, new_level=new_level)


@app.command("false-alarm")
def false_alarm(ctx: typer.Context, alert_id: AlertId, *, by: Author = None, comment: Comment = "") -> None:
    """Say that there was nothing to tell: the alert ends, and is counted against its rule."""
    _respond(ctx, alert_id, MarkKind.FALSE_ALARM, by, comment)


def _respond(
    ctx: typer.Context,
    alert_id: int,
    kind: MarkKind,
    by: str | None,
    comment: str,
    *,
    until: datetime | None = None,
    new_level: bool = False,
) -> None:
    from sentinel.jobs.respond import respond

    with open_workplace(ctx.obj) as place:
        mark = respond(
            place.database,
            alert_id,
            kind,
            author=by or user_name(),
            comment=comment,
            moment=now(),
            until=until,
            new_level=new_level,
            rules=place.rules,
        )
    what = mark.kind.value.replace("_", " ")
    typer.echo(f"alert {alert_id}: {what}" + (f" until {mark.until:%Y-%m-%d %H:%M} UTC" if mark.until else ""))
