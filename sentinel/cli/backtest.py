"""`sentinel backtest`: which alerts these rules would have sent."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.cycle import AsJson, FailOnAlert
from sentinel.cli.output import say, write_json
from sentinel.cli.workplace import Workplace, now, open_workplace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from sentinel.cli.invocation import Invocation
    from sentinel.domain.alerts import Alert
    from sentinel.jobs.evaluate import Told
    from sentinel.jobs.replay import Backtest
    from sentinel.rules.model import Rules


def backtest(
    ctx: typer.Context,
    *,
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY", help="The first day, 2026-03-03; else the first of the history."),
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="DAY", help="The last day, inclusive; else today.")] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="Another rules file: show only how its alerts differ.")
    ] = None,
    as_json: AsJson = False,
    fail_on_alert: FailOnAlert = False,
) -> None:
    """Repeat the recorded evaluations, and judge the settled days that none saw; nothing is written or sent."""
    first, last = parse_day(from_, "--from"), parse_day(to, "--to")
    with open_workplace(ctx.obj) as place:
        done = _replay(place, place.rules, first, last, as_it_was=against is None)
        _say_how(done)
        if against is None:
            _show(done, as_json=as_json)
        else:
            other = _replay(place, _other_rules(ctx.obj, against), done.first, done.last, as_it_was=False)
            _compare(done, other, against, as_json=as_json)
    if fail_on_alert and done.alerts:
        raise typer.Exit(3)


def parse_day(text: str | None, option: str) -> date | None:
    """A day; None stays None. Raises typer.BadParameter."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{option} {text!r} is no day; write 2026-03-03") from None


def _replay(place: Workplace, rules: Rules, first: date | None, last: date | None, *, as_it_was: bool) -> Backtest:
    from sentinel import __version__
    from sentinel.cli.progress import count_progress
    from sentinel.jobs.replay import backtest as replay

    with count_progress("backtest", "evaluations") as progress:
        return replay(
            place.database,
            rules,
            __version__,
            now(),
            first=first,
            last=last,
            as_it_was=as_it_was,
            progress=progress,
        )


def _other_rules(invocation: Invocation, path: Path) -> Rules:
    from dataclasses import replace

    other = replace(invocation, rules_path=path)
    return other.rules(other.settings())


def _say_how(done: Backtest) -> None:
    say(
        f"{done.first} to {done.last}: {_count(done.recorded, 'recorded evaluation')} repeated, "
        f"{_count(done.assumed, 'settled day')} judged once (basis: assumed)"
    )
    if done.other_version:
        say(f"note: another version of sentinel made {done.other_version} of them, and may have told otherwise")
    for warning in done.warnings:
        say(f"warning: {warning}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _show(done: Backtest, *, as_json: bool) -> None:
    if as_json:
        for told in done.told:
            write_json(_record(told))
        return
    from rich.console import Console

    from sentinel.cli.alert_view import transition_line

    for told in done.told:
        typer.echo(f"{told.transition.moment:%Y-%m-%d %H:%M}  {transition_line(told)}")
    _totals(Console(highlight=False), done)


def _record(told: Told) -> dict[str, object]:
    """The stable fields of one transition, and when it would have been told."""
    from sentinel.cli.alert_view import transition_record

    return {"moment": told.transition.moment.isoformat(), **transition_record(told)}


def _totals(console: Console, done: Backtest) -> None:
    from rich.table import Table

    from sentinel.jobs.difference import count_by_rule

    counts = count_by_rule(done)
    table = Table("Rule", "Alerts", "a week", "Messages", "Told by others", box=None, pad_edge=False)
    for count in counts:
        figures = (f"{count.opened}", f"{count.a_week:.1f}", f"{count.messages}", f"{count.told_by_others}")
        table.add_row(count.rule, *figures)
    if counts:
        console.print(table)
    opened, messages = sum(count.opened for count in counts), sum(count.messages for count in counts)
    console.print(f"{opened} alerts in {done.weeks:.1f} weeks, {opened / done.weeks:.1f} a week; {messages} messages")


def _compare(these: Backtest, others: Backtest, path: Path, *, as_json: bool) -> None:
    from sentinel.jobs.difference import difference

    found = difference(these, others)
    if as_json:
        _write_alerts("only_these", found.only_these)
        _write_alerts("only_against", found.only_others)
        return
    from rich.console import Console

    from sentinel.cli.alert_view import alert_line

    for sign, alerts in (("-", found.only_these), ("+", found.only_others)):
        for alert in alerts:
            typer.echo(f"{sign} {alert.opened_at:%Y-%m-%d}  {alert_line(alert)}")
    console = Console(highlight=False)
    _totals(console, these)
    console.print(f"with {path}:", markup=False)
    _totals(console, others)
    console.print(
        f"{found.both} alerts in both, {len(found.only_these)} no longer sent (-), {len(found.only_others)} new (+)"
    )


def _write_alerts(side: str, alerts: Iterable[Alert]) -> None:
    from sentinel.cli.alert_view import alert_record

    for alert in alerts:
        write_json({"side": side, "moment": alert.opened_at.isoformat(), **alert_record(alert)})
