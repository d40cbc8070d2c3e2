"""Budgets as bars on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sentinel.cli.alert_view import scope_name
from sentinel.domain.forecasts import spell_chance
from sentinel.domain.money import format_money

if TYPE_CHECKING:
    from sentinel.domain.forecasts import BudgetForecast
    from sentinel.evaluate import BudgetNow

_WIDTH = 20
_COLOURS = ((1.0, "red"), (0.8, "yellow"), (0.0, "green"))
_SHOWN = 5
"""Scopes of one budget; those with the most room left say the least."""


def print_budgets(console: Console, budgets: Iterable[BudgetNow]) -> None:
    """A heading for each budget, and a bar for each of its fullest scopes."""
    for budget, standing in groupby(budgets, key=lambda now: now.budget):
        fullest_first = sorted(standing, key=_fullness, reverse=True)
        amount = _one_amount(fullest_first)
        console.print(f"{budget.name}: {f'{amount}, ' if amount else ''}{fullest_first[0].so_far.period}")
        table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 1))
        for now in fullest_first[:_SHOWN]:
            table.add_row("", *_row(now, amount=not amount))
        console.print(table)
        if len(fullest_first) > _SHOWN:
            console.print(Text(f"  and {len(fullest_first) - _SHOWN} more below these", style="dim"))


def _fullness(now: BudgetNow) -> float:
    return -1.0 if now.share is None else now.share


def _one_amount(standing: Sequence[BudgetNow]) -> str:
    """The amount that all of a budget's scopes have, "" where they differ."""
    amounts = {now.amount for now in standing}
    amount = standing[0].amount
    return format_money(amount, standing[0].currency) if amount is not None and len(amounts) == 1 else ""


def _row(now: BudgetNow, *, amount: bool) -> tuple[Text, ...]:
    spent = format_money(now.so_far.spent, now.currency)
    of = f" of {format_money(now.amount, now.currency)}" if amount and now.amount is not None else ""
    return (
        _bar(now.share or 0.0),
        Text("-" if now.share is None else f"{now.share:.0%}", justify="right"),
        Text(spent + of, justify="right"),
        Text(scope_name(now.scope), overflow="ellipsis", no_wrap=True),
        Text(_caveats(now), style="dim"),
    )


def _bar(share: float) -> Text:
    filled = max(0, min(round(share * _WIDTH), _WIDTH))
    colour = next(colour for least, colour in _COLOURS if share >= least or least == 0.0)
    return Text("█" * filled, style=colour, no_wrap=True).append("░" * (_WIDTH - filled), style="dim")


def _forecast(now: BudgetNow, forecast: BudgetForecast) -> str:
    """`forecast $10,300 (9,400 to 11,200), 84% over`; the level is named where it is not the amount."""
    total = f"forecast {forecast.spell_total(now.currency)}"
    if forecast.level <= now.so_far.spent:
        return total
    level = "" if forecast.level == now.amount else f" {format_money(forecast.level, now.currency)}"
    return f"{total}, {spell_chance(forecast.chance)} over{level}"


def _caveats(now: BudgetNow) -> str:
    unknown, unsettled = now.so_far.unknown_days, now.so_far.unsettled_days
    told = [f"not judged: {now.missing.reason}"] if now.missing else []
    told += [f"the amount is {now.made_of}"] if now.made_of else []
    told += [_forecast(now, now.forecast)] if now.forecast else []
    told += [str(now.too_young)] if now.too_young else []
    if now.both:
        usage, net = (format_money(figure, now.currency) for figure in (now.both.usage, now.both.net))
        told.append(f"usage {usage}, net {net} with credits and support")
    told += [f"{unknown} days unknown"] if unknown else []
    told += [f"{unsettled} still growing"] if unsettled else []
    return ", ".join(told)
