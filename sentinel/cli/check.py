"""`sentinel check`: is rules.yaml valid, and what does it watch?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sentinel.cli.invocation import Invocation


def check(
    ctx: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="The file; else --rules, SENTINEL_RULES or rules.yaml.")] = None,
) -> None:
    """Validate rules.yaml, every mistake at once, and say what it watches."""
    from sentinel.cli.summary import summary

    invocation: Invocation = ctx.obj
    if path is not None:
        invocation.rules_path = path
    settings = invocation.settings()
    rules = invocation.rules(settings)
    typer.echo(f"{settings.rules} is valid")
    for line in summary(rules, settings):
        typer.echo(f"  {line}")
