"""Budgets as bars on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sentinel.cli.alert_view import scope_name
from sentinel.domain.money import format_money

if TYPE_CHECKING:
    from sentinel.evaluate import BudgetNow

_WIDTH = 20
_COLOURS = ((1.0, "red"), (0.8, "yellow"), (0.0, "green"))
_SHOWN = 5
"""Scopes of one budget; those with the most room left say the least."""


def print_budgets(console: Console, budgets: Iterable[BudgetNow]) -> None:
    """A heading for each budget, and a bar for each of its fullest scopes."""
    for budget, standing in groupby(budgets, key=lambda now: now.budget):
        fullest_first = sorted(standing, key=lambda now: now.share, reverse=True)
        newest = fullest_first[0]
        console.print(f"{budget.name}: {format_money(budget.amount, newest.currency)}, {newest.so_far.period}")
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1))
        for now in fullest_first[:_SHOWN]:
            table.add_row("", *_row(now))
        console.print(table)
        if len(fullest_first) > _SHOWN:
            console.print(Text(f"  and {len(fullest_first) - _SHOWN} more below these", style="dim"))


def _row(now: BudgetNow) -> tuple[Text, ...]:
    return (
        _bar(now.share),
        Text(f"{now.share:.0%}", justify="right"),
        Text(format_money(now.so_far.spent, now.currency), justify="right"),
        Text(scope_name(now.scope), overflow="ellipsis", no_wrap=True),
        Text(_caveats(now), style="dim", no_wrap=True),
    )


def _bar(share: float) -> Text:
    filled = min(round(share * _WIDTH), _WIDTH)
    colour = next(colour for least, colour in _COLOURS if share >= least or least == 0.0)
    return Text("█" * filled, style=colour, no_wrap=True).append("░" * (_WIDTH - filled), style="dim")


def _caveats(now: BudgetNow) -> str:
    unknown, unsettled = now.so_far.unknown_days, now.so_far.unsettled_days
    told = [f"{unknown} days unknown"] if unknown else []
    return ", ".join([*told, *([f"{unsettled} still growing"] if unsettled else [])])
