"""`sentinel check`: is rules.yaml valid, and what does it watch?"""

from __future__ import annotations

import typer

from sentinel.cli.invocation import Invocation


def check(ctx: typer.Context) -> None:
    """Validate rules.yaml, every mistake at once, and say what it watches."""
    from sentinel.cli.summary import summary

    invocation: Invocation = ctx.obj
    settings = invocation.settings()
    rules = invocation.rules(settings)
    typer.echo(f"{settings.rules} is valid")
    for line in summary(rules, settings):
        typer.echo(f"  {line}")
