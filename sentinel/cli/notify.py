"""`sentinel notify`: try the channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.errors import UsageError

if TYPE_CHECKING:
    from sentinel.cli.invocation import Invocation
    from sentinel.rules.model import Rules

app = typer.Typer(help="Try the channels of rules.yaml.", no_args_is_help=True)


@app.callback()
def notify() -> None:
    """Try the channels of rules.yaml."""


@app.command("test")
def send_test(
    ctx: typer.Context,
    channels: Annotated[
        list[str] | None, typer.Argument(metavar="CHANNEL...", help="Names of channels in rules.yaml.")
    ] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Every channel.")] = False,
) -> None:
    """Send a sample alert, clearly called a test, and print each receipt; nothing is recorded.

    In PagerDuty it opens an incident, which you close there.
    """
    from sentinel.cli.workplace import now
    from sentinel.jobs.try_out import send_samples
    from sentinel.notify import open_channel

    invocation: Invocation = ctx.obj
    settings = invocation.settings()
    rules = invocation.rules(settings)
    trials = send_samples(
        _chosen(rules, channels or [], all_=all_),
        lambda name: open_channel(name, rules.channels[name], settings),
        now(),
    )
    works = True
    for trial in trials:
        typer.echo(f"{'sent ' if trial.works else 'FAILS'}  {trial.name}: {trial.said}")
        works = works and trial.works
    if not works:
        raise typer.Exit(1)


def _chosen(rules: Rules, names: list[str], *, all_: bool) -> tuple[str, ...]:
    known = tuple(rules.channels)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"there is no channel {unknown[0]} in rules.yaml; there are {', '.join(known) or 'none'}")
    if all_ == bool(names):
        raise UsageError(f"name channels, or add --all; there are {', '.join(known) or 'none'}")
    return known if all_ else tuple(dict.fromkeys(names))
