"""Budgets as bars on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sentinel.domain.money import format_money

if TYPE_CHECKING:
    from sentinel.evaluate import BudgetNow

_WIDTH = 24
_COLOURS = ((1.0, "red"), (0.8, "yellow"), (0.0, "green"))


def print_budgets(console: Console, budgets: Iterable[BudgetNow]) -> None:
    """One line a budget and scope: its bar, spent of amount, and what is not known yet; the fullest first."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for now in sorted(budgets, key=lambda now: now.share, reverse=True):
        spent = format_money(now.so_far.spent, now.currency)
        amount = format_money(now.budget.amount, now.currency)
        where = str(now.scope.places[-1]) if now.scope.places else "everything"
        table.add_row(
            Text(now.budget.name),
            Text(where),
            _bar(now.share),
            Text(f"{now.share:.0%}", justify="right"),
            Text(f"{spent} of {amount}"),
            Text(_caveats(now), style="dim"),
        )
    console.print(table)


def _bar(share: float) -> Text:
    filled = min(round(share * _WIDTH), _WIDTH)
    colour = next(colour for least, colour in _COLOURS if share >= least or least == 0.0)
    return Text("█" * filled, style=colour).append("░" * (_WIDTH - filled), style="dim")


def _caveats(now: BudgetNow) -> str:
    told = f"{now.so_far.period}"
    if now.so_far.unknown_days:
        told += f", {now.so_far.unknown_days} days unknown"
    return told + (f", {now.so_far.unsettled_days} still growing" if now.so_far.unsettled_days else "")
