"""`sentinel rules`: what there is to know about the form of rules.yaml."""

from __future__ import annotations

import typer

app = typer.Typer(help="The form of rules.yaml.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The form of rules.yaml."""


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of rules.yaml, for editors."""
    import json

    from sentinel.rules.schema import rules_schema

    typer.echo(json.dumps(rules_schema(), indent=2))
