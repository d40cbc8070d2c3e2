"""Results go to standard output, everything else to standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout

import typer


def say(text: str) -> None:
    """A line for people about what is going on."""
    typer.echo(text, err=True)


def write_json(record: Mapping[str, object]) -> None:
    """One JSON object on one line."""
    typer.echo(json.dumps(record, ensure_ascii=False))


@contextmanager
def results_alone(as_json: bool) -> Iterator[None]:
    """With `--json`, send what a console channel prints meanwhile to standard error: only results are JSON."""
    if not as_json:
        yield
        return
    with redirect_stdout(sys.stderr):
        yield
