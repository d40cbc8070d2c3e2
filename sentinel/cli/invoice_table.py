"""A reconciled invoice on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sentinel.domain.money import UNITS_PER_CURRENCY, format_cents
from sentinel.domain.scopes import Dimension, Scope

if TYPE_CHECKING:
    from sentinel.evaluate import Reconciled, ReconciledLine

_PLACES = (Dimension.TENANT, Dimension.WORKSPACE, Dimension.CLUSTER, Dimension.PRODUCT)


def lines_of(reconciled: Reconciled) -> Iterator[str]:
    """What has to be known before the lines are read: unknown days first, then what they come to."""
    uncovered, unsettled = len(reconciled.uncovered), len(reconciled.unsettled)
    if uncovered:
        which = f"{reconciled.uncovered[0]} to {reconciled.uncovered[-1]}"
        yield f"{_days(uncovered)} not covered ({which}): a difference is to be expected"
    if reconciled.invoice.pending or reconciled.to_come:
        yield "the period still runs: the invoice is the pending one, and its figures grow"
    if unsettled:
        yield f"{_days(unsettled)} not settled: the cost can still grow"


def print_reconciled(reconciled: Reconciled, currency: str, *, everything: bool) -> None:
    """The whole, then a row for each line that differs, or for each at all."""
    console = Console(highlight=False)
    console.rule(f"{reconciled.account}: {reconciled.invoice.period}", align="left")
    for caveat in lines_of(reconciled):
        console.print(caveat, style="yellow", markup=False)
    shown = reconciled.lines if everything else reconciled.differing
    if shown:
        console.print(_table(shown, currency))
    agreeing = len(reconciled.lines) - len(reconciled.differing)
    console.print(f"{_verdict(reconciled, currency)}; {agreeing} of {len(reconciled.lines)} lines agree", markup=False)
    if reconciled.unexplained:
        more = format_cents(reconciled.unexplained / UNITS_PER_CURRENCY, currency)
        console.print(f"the invoice's own total differs from the sum of its lines by {more}", markup=False)


def _table(lines: tuple[ReconciledLine, ...], currency: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("Tenant", "Workspace", "Cluster", "Product"):
        table.add_column(heading)
    for heading in ("Stored", "Invoiced", "Difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    for line in lines:
        amounts = (line.stored, line.invoiced, line.difference)
        table.add_row(
            *(Text(name) for name in _names(line.scope)),
            *(format_cents(amount / UNITS_PER_CURRENCY, currency) for amount in amounts),
            style="" if line.agrees else "bold",
        )
    return table


def _names(scope: Scope) -> tuple[str, ...]:
    places = (scope.get(dimension) for dimension in _PLACES)
    return tuple("" if place is None else str(place) for place in places)


def _verdict(reconciled: Reconciled, currency: str) -> str:
    stored, invoiced = (
        format_cents(amount / UNITS_PER_CURRENCY, currency) for amount in (reconciled.stored, reconciled.invoiced)
    )
    if not reconciled.differing:
        return f"Reconciled: {invoiced} invoiced, {stored} stored, within half a cent a line"
    in_all = format_cents(reconciled.in_all / UNITS_PER_CURRENCY, currency)
    count = len(reconciled.differing)
    lines = "1 line differs" if count == 1 else f"{count} lines differ"
    return f"{invoiced} invoiced, {stored} stored: {lines}, by {in_all} in all"


def _days(count: int) -> str:
    return "1 day of the period is" if count == 1 else f"{count} days of the period are"
