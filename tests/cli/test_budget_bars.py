"""Budgets on a terminal: how full, of how much, and what to know beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import StringIO
from typing import Any

from rich.console import Console

from sentinel.cli.budget_bars import print_budgets
from sentinel.domain.matrix import DatedCharge
from sentinel.evaluate import budgets_now
from tests.evaluate.budgets.stories import story, without_figures
from tests.evaluate.history import at, series

FEBRUARY = date(2026, 2, 1)


def shown(charges: tuple[DatedCharge, ...] = (), **budget: Any) -> list[str]:
    """The lines of a wide terminal on 20 March: orders cost ten a day since February, search twenty since March."""
    s = story([10.0] * 48, FEBRUARY, **budget)
    s.history.spend(series("search"), date(2026, 3, 1), [20.0] * 20)
    moment = at(date(2026, 3, 20))
    matrix = replace(s.history.seen_at(moment, [at(date(2026, 3, 10))]), account_charges=charges)
    written = StringIO()
    console = Console(file=written, width=160, force_terminal=False, highlight=False, markup=False)
    print_budgets(console, budgets_now(matrix, s.rules, moment))
    return [without_figures(line.strip()) for line in written.getvalue().splitlines()]


def test_one_amount_stands_above_all_its_bars() -> None:
    """The fullest scope first."""
    assert shown(per=["cluster"]) == [
        "whole: $1,000, 2026-03-01 to 2026-03-31",
        "████████░░░░░░░░░░░░  40%  $400  search  no forecast yet: 8 of 14 settled days, 12 still growing",
        "████░░░░░░░░░░░░░░░░  20%  $200  orders  forecast $# (# to #), less than 1% over, 12 still growing",
    ]


def test_amounts_that_differ_stand_with_their_scopes() -> None:
    """An override is seen where it holds."""
    override = {"where": {"cluster": "orders"}, "amount": 250}
    assert shown(per=["cluster"], overrides=[override]) == [
        "whole: 2026-03-01 to 2026-03-31",
        "████████████████░░░░  80%    $200 of $250  orders  forecast $# (# to #), more than 99% over, 12 still growing",
        "████████░░░░░░░░░░░░  40%  $400 of $1,000  search  no forecast yet: 8 of 14 settled days, 12 still growing",
    ]


def test_a_scope_without_an_amount_says_why_and_one_with_says_what_it_was_made_of() -> None:
    """Nothing is shown as empty that is not known."""
    lines = shown(per=["cluster"], amount={"average_of": 1, "plus": "10%"})
    assert "$200 of $308  orders  the amount is the cost of the last period plus 10%, forecast $# (# to #)" in lines[1]
    reason = "not judged: it is younger than the periods that its amount is made of"
    assert f"-          $400  search  {reason}, 12 still growing" in lines[2]


def test_usage_and_net_stand_side_by_side() -> None:
    """The owner of the money sees what the credits leave."""
    credit = DatedCharge("main", "Credit", date(2026, 3, 1), None, -150.0)
    (_, bar) = shown((credit,))
    assert bar.endswith("usage $600, net $450 with credits and support, 12 still growing")
