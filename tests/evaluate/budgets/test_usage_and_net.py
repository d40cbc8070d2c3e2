"""Usage and net side by side: whole accounts, whole months, and only where there are account charges."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sentinel.domain.matrix import DatedCharge
from sentinel.evaluate import BudgetNow, budgets_now
from tests.evaluate.budgets.stories import story
from tests.evaluate.history import at

MARCH = date(2026, 3, 1)
CHARGES = (
    DatedCharge("main", "Credit", MARCH, None, -150.0),
    DatedCharge("main", "Support", MARCH, date(2026, 3, 5), 40.0),
    DatedCharge("main", "Support", MARCH, date(2026, 3, 25), 40.0),
    DatedCharge("main", "Credit", date(2026, 2, 1), None, -90.0),
)


def standing(charges: tuple[DatedCharge, ...] = CHARGES, **budget: Any) -> list[BudgetNow]:
    """A cluster of ten dollars a day, on 20 March."""
    s = story([10.0] * 48, date(2026, 2, 1), **budget)
    moment = at(date(2026, 3, 20))
    return list(budgets_now(replace(s.history.seen_at(moment, []), account_charges=charges), s.rules, moment))


def test_a_whole_account_in_a_month_shows_both() -> None:
    """Undated credits count from the month's first day, dated charges from their own."""
    (now,) = standing()
    assert now.both is not None
    assert (now.so_far.spent, now.both.usage, now.both.net) == (200.0, 200.0, 90.0)


def test_a_net_budget_is_judged_by_its_net_and_shows_both() -> None:
    """What counts is said, and what it is made of beside it."""
    (now,) = standing(cost="net")
    assert now.both is not None
    assert (now.so_far.spent, now.both.usage, now.both.net) == (90.0, 200.0, 90.0)


@pytest.mark.parametrize(
    ("period", "net"),
    [("quarter", 480 - 90 - 110.0), ({"year_from": "february"}, 480 - 90 - 110.0), ("month", 90.0)],
)
def test_longer_periods_of_whole_months_have_them_too(period: object, net: float) -> None:
    """February's credit belongs to the quarter."""
    (now,) = standing(period=period)
    assert now.both is not None
    assert now.both.net == net


@pytest.mark.parametrize(
    "budget",
    [
        {"per": ["cluster"]},
        {"where": {"workspace": "production"}},
        {"except": {"cluster": "x"}},
        {"period": "week"},
        {"period": "day"},
        {"period": {"month_from": 15}},
        {"period": {"rolling": "30 days"}},
    ],
)
def test_finer_budgets_do_not_know_their_net(budget: dict[str, Any]) -> None:
    """Nobody knows which cluster a credit belongs to, or which day an undated one."""
    assert [now.both for now in standing(**budget)] == [None]


def test_an_account_without_such_charges_has_nothing_to_show() -> None:
    """Usage is all there is."""
    assert standing(())[0].both is None
    assert standing((CHARGES[3],))[0].both is None
