"""`sentinel demo`: all of it on simulated data, in one command."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentinel.cli.invocation import Invocation
from sentinel.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from sentinel.cli.workplace import Workplace

HISTORY_DAYS = 120
API_KEY = "simulated"


def demo(
    *,
    seed: Annotated[int, typer.Option(help="Another seed is another account.")] = 1,
    folder: Annotated[
        Path | None, typer.Option(help="Where the database and the rules go; else a new temporary folder.")
    ] = None,
) -> None:
    """Watch a simulated account: 120 days of history, one cycle, and what people would see."""
    from rich.console import Console

    from sentinel.cli.workplace import open_workplace
    from sentinel.simulator import Server, World

    console = Console(highlight=False)
    place = folder or Path(tempfile.mkdtemp(prefix="sentinel-demo-"))
    rules_file = _write_rules(place)
    world = World.build(datetime.now(UTC), seed=seed)
    with Server({API_KEY: world}, clock=lambda: datetime.now(UTC)) as server:
        environment = {
            "SENTINEL_DATABASE_URL": f"sqlite:///{place / 'sentinel.db'}",
            "SENTINEL_WARPSTREAM_URL": server.url,
            "WARPSTREAM_API_KEY": API_KEY,
        }
        os.environ.update(environment)
        with open_workplace(Invocation(rules_path=rules_file)) as opened:
            _run(console, opened, server.url)
    _farewell(console, environment, rules_file)


def _write_rules(folder: Path) -> Path:
    """The rules in their folder. Raises UsageError rather than overwrite rules of somebody's own."""
    rules_file = folder / "rules.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if rules_file.exists() and rules_file.read_text(encoding="utf-8") != demo_rules():
            raise UsageError(f"{rules_file} exists already, and stays as it is: give the demo a folder of its own")
        rules_file.write_text(demo_rules(), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder} cannot be written ({error.strerror}); give another --folder") from error
    return rules_file


def demo_rules() -> str:
    """The example rules, with their messages on the terminal and a shorter history."""
    from sentinel.rules.example import example_rules

    told = example_rules().replace(
        'finops: {slack: {token: "${SLACK_BOT_TOKEN}", channel: "#finops"}}', "finops: {console: {}}"
    )
    return f"{told.rstrip()}\n\nsettings: {{history_days: {HISTORY_DAYS}}}\n"


def _run(console: Console, place: Workplace, url: str) -> None:
    from sentinel.cli.budget_bars import print_budgets
    from sentinel.cli.cycle import describe_pull
    from sentinel.cli.progress import pull_progress
    from sentinel.cli.workplace import now
    from sentinel.jobs.deliver import deliver_pending
    from sentinel.jobs.evaluate import evaluate
    from sentinel.jobs.overview import overview
    from sentinel.jobs.pull_costs import pull_costs

    console.rule(f"pull: {HISTORY_DAYS} days from a simulated billing API at {url}", align="left")
    with pull_progress() as progress:
        pulls = pull_costs(place.database, place.rules, place.open_client, now, progress=progress)
    for pulled in pulls:
        console.print(describe_pull(pulled), markup=False)
        for error in pulled.errors:
            raise error
    console.rule("evaluate, and deliver: what Slack would show", align="left")
    evaluate(place.database, place.rules, place.rules_hash, now())
    deliver_pending(place.database, place.rules, place.open_channels(), now)
    console.rule("budgets", align="left")
    print_budgets(console, overview(place.database, place.rules, now()).budgets)


def _farewell(console: Console, environment: Mapping[str, str], rules_file: Path) -> None:
    console.rule("look around", align="left")
    console.print(f"rules     {rules_file}", markup=False, soft_wrap=True)
    console.print(f"database  {environment['SENTINEL_DATABASE_URL']}", markup=False, soft_wrap=True)
    settings = " ".join(f"{name}={environment[name]}" for name in ("SENTINEL_DATABASE_URL", "WARPSTREAM_API_KEY"))
    console.print(f"try       {settings} {_command()} --rules {rules_file} status", markup=False, soft_wrap=True)


def _command() -> str:
    """How this program is called here: it may not stand in the PATH."""
    return "sentinel" if shutil.which("sentinel") else sys.argv[0]
