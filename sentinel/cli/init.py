"""`sentinel init`: a first rules.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def init(
    path: Annotated[Path, typer.Argument(help="Where to write it.", show_default=True)] = Path("rules.yaml"),
) -> None:
    """Write a commented rules.yaml to start from; a file that exists stays as it is."""
    from sentinel.errors import UsageError
    from sentinel.rules.example import example_rules

    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(example_rules())
    except FileExistsError as error:
        raise UsageError(f"{path} exists already, and stays as it is; name another file: sentinel init PATH") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from error
    typer.echo(f"wrote {path}; set WARPSTREAM_API_KEY and SLACK_BOT_TOKEN, edit it, then: sentinel check")
