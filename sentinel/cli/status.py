"""`sentinel status`: how everything stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from sentinel.cli.cycle import AsJson
from sentinel.cli.output import write_json
from sentinel.cli.workplace import now, open_workplace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from sentinel.jobs.overview import AccountOverview, Overview


def status(ctx: typer.Context, *, as_json: AsJson = False) -> None:
    """How pulls, budgets, alerts and channels stand."""
    from sentinel.jobs.overview import overview

    with open_workplace(ctx.obj) as place:
        seen = overview(place.database, place.rules, now())
    if as_json:
        write_json(_record(seen))
        return
    from rich.console import Console

    console = Console(highlight=False)
    console.rule("history", align="left")
    _print_accounts(console, seen.accounts)
    console.rule("budgets", align="left")
    from sentinel.cli.budget_bars import print_budgets

    print_budgets(console, seen.budgets)
    console.rule("alerts", align="left")
    _print_alerts(console, seen)
    console.rule("channels", align="left")
    _print_queues(console, seen)
