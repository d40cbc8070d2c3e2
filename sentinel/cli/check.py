"""`sentinel check`: is rules.yaml valid, and what does it watch?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.invocation import Invocation

if TYPE_CHECKING:
    from sentinel.rules.model import Rules
    from sentinel.settings import Settings


def check(
    ctx: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="The file; else --rules, SENTINEL_RULES or rules.yaml.")] = None,
    *,
    online: Annotated[
        bool, typer.Option("--online", help="Also try the billing API and every channel; nothing is stored or sent.")
    ] = False,
) -> None:
    """Validate rules.yaml, every mistake at once, and say what it watches."""
    from sentinel.cli.summary import summary
    from sentinel.cli.workplace import now

    invocation: Invocation = ctx.obj
    if path is not None:
        invocation.rules_path = path
    settings = invocation.settings()
    rules = invocation.rules(settings)
    typer.echo(f"{settings.rules} is valid")
    for line in summary(rules, settings, now()):
        typer.echo(f"  {line}")
    if online and not _all_work(rules, settings):
        raise typer.Exit(1)


def _all_work(rules: Rules, settings: Settings) -> bool:
    from sentinel.cli.workplace import now, open_client
    from sentinel.jobs.try_out import try_out
    from sentinel.notify import open_channel

    works = True
    trials = try_out(
        rules,
        lambda account: open_client(settings, account),
        lambda name: open_channel(name, rules.channels[name], settings),
        now().date(),
    )
    for trial in trials:
        typer.echo(f"  {'works' if trial.works else 'FAILS'}  {trial.name}: {trial.said}")
        works = works and trial.works
    return works
