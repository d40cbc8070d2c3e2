"""Results go to standard output, everything else to standard error."""

from __future__ import annotations

import json
from collections.abc import Mapping

import typer


def say(text: str) -> None:
    """A line for people about what is going on."""
    typer.echo(text, err=True)


def write_json(record: Mapping[str, object]) -> None:
    """One JSON object on one line."""
    typer.echo(json.dumps(record, ensure_ascii=False))
