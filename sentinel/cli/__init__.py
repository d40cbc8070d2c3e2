"""The command `sentinel`: its commands, and how each of them ends.

Exit codes: 0 done; 1 the work failed; 2 wrong usage or invalid rules; 130 interrupted. A command module imports what
it needs inside its function, so that `sentinel --help` stays light.
"""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from sentinel.cli import (
    alerts,
    backtest,
    check,
    cycle,
    demo,
    explain,
    export,
    import_,
    init,
    notify,
    reconcile,
    report,
    rules_command,
    run,
    silence,
    simulate,
    status,
    upkeep,
)
from sentinel.cli.invocation import Invocation
from sentinel.errors import SentinelError

app = typer.Typer(
    help="Watches what a WarpStream account costs, and tells people in Slack and by e-mail.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("init")(init.init)
app.command("check")(check.check)
app.command("run")(run.run)
app.command("once")(cycle.once)
app.command("pull")(cycle.pull)
app.command("evaluate")(cycle.evaluate)
app.command("deliver")(cycle.deliver)
app.command("import")(import_.import_)
app.command("backtest")(backtest.backtest)
app.command("explain")(explain.explain)
app.add_typer(alerts.app, name="alerts")
app.add_typer(silence.app, name="silence")
app.add_typer(notify.app, name="notify")
app.command("report")(report.report)
app.command("reconcile")(reconcile.reconcile)
app.command("status")(status.status)
app.command("export")(export.export)
app.command("backup")(upkeep.backup)
app.command("prune")(upkeep.prune)
app.add_typer(upkeep.db, name="db")
app.command("simulate")(simulate.simulate)
app.command("demo")(demo.demo)
app.add_typer(rules_command.app, name="rules")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"sentinel {version('warpstream-sentinel')}")
        raise typer.Exit


@app.callback()
def _options(
    ctx: typer.Context,
    *,
    rules: Annotated[
        Path | None, typer.Option("--rules", help="Use this file instead of SENTINEL_RULES or rules.yaml.")
    ] = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    del version
    invocation: Invocation = ctx.obj
    invocation.rules_path = rules
    invocation.debug = debug


def main() -> None:
    """Run the command that the process was started with, and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A bar that a terminal's letters lack becomes a question mark, and ends nothing.
            stream.reconfigure(errors="replace")
    invocation = Invocation()
    try:
        app(obj=invocation, prog_name="sentinel")
    except SentinelError as error:
        if invocation.debug:
            raise
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except Exception as error:
        if invocation.debug:
            raise
        typer.echo(invocation.unexpected(error), err=True)
        sys.exit(1)
