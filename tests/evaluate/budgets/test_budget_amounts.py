"""Amounts that follow from earlier periods: known when those are settled, and not moved by the running one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from sentinel.evaluate import BudgetNow, budgets_now
from tests.evaluate.budgets.stories import rules_of, story, told, told_by_day
from tests.evaluate.history import Story, at, series

DAY = timedelta(days=1)
JANUARY = date(2026, 1, 1)


def now(s: Story, moment_day: date, hour: int = 12) -> BudgetNow:
    """How the budget of the cluster orders stands on a day."""
    moment = at(moment_day, hour)
    s.pulls.append(moment)
    standing = budgets_now(s.history.seen_at(moment, s.pulls), s.rules, moment)
    return next(one for one in standing if not one.scope.places or one.scope.places[-1].name == "orders")


def averaged(daily: list[float], amount: object, **budget: Any) -> Story:
    """A budget made of earlier periods, over a cluster that costs this much from 1 January on."""
    return story(daily, JANUARY, amount=amount, **budget)


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("last_period", 280.0),
        ({"average_of": 1}, 280.0),
        ({"average_of": "2 periods"}, (310 + 280) / 2),
        ({"average_of": 2, "plus": "10%"}, (310 + 280) / 2 * 1.1),
        ({"average_of": 1, "minus": "25%"}, 210.0),
    ],
)
def test_an_amount_is_what_the_months_before_have_cost(amount: object, expected: float) -> None:
    """January has 31 days of ten dollars, February 28; March's amount is made of them."""
    s = averaged([10.0] * 90, amount)
    standing = now(s, date(2026, 3, 20))
    assert standing.amount == pytest.approx(expected, abs=1e-8)
    assert standing.missing is None


@pytest.mark.parametrize(
    ("period", "first", "day", "expected"),
    [
        ("day", JANUARY, date(2026, 3, 1), 1.0),
        ("week", JANUARY, date(2026, 3, 18), 7.0),
        ({"month_from": 31}, date(2025, 12, 31), date(2026, 3, 30), 28.0),
        ("month", date(2028, 1, 1), date(2028, 3, 31), 29.0),
        ("quarter", date(2027, 7, 1), date(2028, 3, 31), 92.0),
        ("year", date(2027, 1, 1), date(2028, 12, 31), 365.0),
        ({"year_from": "march"}, date(2027, 3, 1), date(2028, 4, 1), 366.0),
    ],
)
def test_the_period_before_is_as_long_as_it_was(period: object, first: date, day: date, expected: float) -> None:
    """A dollar a day says how many days it had: leap days, short months and long quarters."""
    s = story([1.0] * 760, first, amount="last_period", period=period)
    last = day + DAY if period == "day" else day
    moment = at(last + 2 * DAY)
    s.pulls.append(moment)
    standing = next(budgets_now(s.history.seen_at(moment, s.pulls), s.rules, at(day)))
    assert standing.amount == expected


def test_it_is_told_with_what_the_amount_was_made_of() -> None:
    """Whoever reads $478 can see where it comes from."""
    s = averaged([10.0] * 31 + [20.0] * 28 + [15.0] * 60, {"average_of": 2, "plus": "10%"})
    told_by_day(s, date(2026, 2, 20), date(2026, 3, 15))
    assert told(s, date(2026, 3, 16), lines=True) == [
        "WARNING  Budget 50% crossed: whole",
        "Spent $240 of $478 (50%) in March, 15 days left",
        "The amount is the average of the last 2 periods plus 10%",
    ]


def test_it_stands_when_the_periods_before_are_settled_and_then_moves_by_restatements_alone() -> None:
    """Not on the first day of the month; then the running month's own spend never moves it."""
    s = averaged([10.0] * 59 + [33.0] * 31, "last_period")
    assert now(s, date(2026, 3, 1)).missing == "not_settled"
    assert now(s, date(2026, 3, 2), 11).missing == "not_settled"
    assert {now(s, date(2026, 3, 2) + n * DAY, 12).amount for n in range(29)} == {280.0}
    s.history.spend(series("orders"), date(2026, 2, 28), [60.0])
    assert now(s, date(2026, 3, 31)).amount == 330.0


def test_a_restated_base_moves_the_thresholds_and_says_so() -> None:
    """The months before cost more: what was half of the amount is less now, and the alert is taken back."""
    s = averaged([10.0] * 31 + [20.0] * 28 + [15.0] * 60, "last_period")
    told_by_day(s, date(2026, 2, 27), date(2026, 3, 19))
    assert s.open[0].told_threshold == "50%"
    s.history.spend(series("orders"), date(2026, 2, 28), [320.0])
    assert told(s, date(2026, 3, 19), 18) == [
        (
            "WITHDRAWN  Budget 50% crossed: whole / "
            "The billing data was changed later: the spend is below the threshold again, $285"
        )
    ]


def test_a_history_that_does_not_reach_back_judges_nothing_and_warns() -> None:
    """Three months are wanted and one is there: no verdict, and a sentence in every evaluation."""
    s = averaged([10.0] * 60, {"average_of": 3})
    decision = s.evaluate(at(date(2026, 2, 20)))
    assert decision.transitions == ()
    assert decision.warnings == (
        (
            "rule whole: no verdict on 2026-02-01 to 2026-02-28: "
            "the history does not reach back to the periods that its amount is made of"
        ),
    )
    assert now(s, date(2026, 2, 20)).missing == "history_too_short"


def test_a_day_that_is_unknown_is_not_taken_for_zero() -> None:
    """One gap in the months before, and nobody can say what they cost."""
    s = averaged([10.0] * 90, {"average_of": 2})
    s.history.missing = {date(2026, 2, 10)}
    decision = s.evaluate(at(date(2026, 3, 20)))
    assert decision.warnings == (
        (
            "rule whole: no verdict on 2026-03-01 to 2026-03-31: "
            "days of the periods that its amount is made of are unknown"
        ),
    )


@pytest.mark.parametrize(
    ("begins", "missing"), [(date(2026, 2, 1), None), (date(2026, 2, 2), "too_young"), (date(2026, 3, 2), "too_young")]
)
def test_a_cluster_younger_than_the_periods_has_no_amount_yet(begins: date, missing: str | None) -> None:
    """Half a month is no month: twice its cost would look like a doubling."""
    s = story([10.0] * 40, begins, amount="last_period", per=["cluster"])
    s.history.first_day = JANUARY
    s.history.spend(series("old"), JANUARY, [10.0] * 90)
    assert now(s, date(2026, 3, 10)).missing == missing
    warnings = s.evaluate(at(date(2026, 3, 10))).warnings
    assert warnings == ()


def test_where_nothing_was_spent_there_is_no_share_of_it() -> None:
    """Any dollar would be infinitely more than nothing: new_spend is the rule for that."""
    s = averaged([10.0] * 31 + [0.0] * 28 + [5.0] * 31, "last_period")
    assert now(s, date(2026, 3, 10)).missing == "nothing_spent"
    s = averaged([10.0] * 31 + [3.0] + [-1.0] * 3 + [0.0] * 24 + [5.0] * 31, "last_period")
    assert now(s, date(2026, 3, 10)).missing == "nothing_spent"


def test_a_day_budget_made_of_the_days_before_is_judged_when_those_are_settled() -> None:
    """A day of 30 after days of 10: told as one alert, and resolved."""
    s = averaged([10.0] * 30 + [30.0] + [10.0] * 30, {"average_of": "7 periods", "plus": "50%"}, period="day")
    told(s, date(2026, 1, 29))
    days = told_by_day(s, date(2026, 1, 30), date(2026, 2, 20))
    assert {day: said[0].split(" / ")[0] for day, said in days.items()} == {
        "02-01": "CRITICAL  Budget 100% crossed: whole",
        "02-04": "RESOLVED  Budget 100% crossed: whole",
    }


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        ("month", date(2026, 2, 10), 200.0),
        ({"month_from": 15}, date(2026, 3, 14), 200.0),
        ("quarter", date(2026, 3, 31), 600.0),
        ("quarter", date(2026, 4, 1), None),
        ({"quarter_from": "february"}, date(2026, 2, 1), None),
        ({"from": "2026-02-01", "to": "2026-03-31"}, date(2026, 2, 10), 500.0),
    ],
)
def test_a_plan_is_summed_over_the_months_of_a_period(period: object, day: date, expected: float | None) -> None:
    """A month that begins on the 15th is known by the month it begins in; a month too few is no amount."""
    plan = {"2026-01": 100, "2026-02": 200, "2026-03": 300}
    s = story([1.0] * 120, JANUARY, amount=None, plan=plan, period=period)
    standing = now(s, day)
    assert (standing.amount, standing.missing) == (expected, None if expected else "not_planned")


COSTS = st.lists(st.integers(0, 100_000).map(lambda cents: cents / 100), min_size=75, max_size=75)


@how(deadline=None, max_examples=25)
@given(COSTS, COSTS, st.sampled_from(["day", "week", "month", {"month_from": 31}, {"rolling": "9 days"}]))
def test_the_parts_of_a_budget_add_up_to_the_whole(one: list[float], other: list[float], period: object) -> None:
    """What `per` gives each of them is what all of them have together, to the unit of money."""
    whole, parts = story(one, JANUARY, period=period), story(one, JANUARY, period=period, per=["cluster"])
    for s in (whole, parts):
        s.history.spend(series("search"), JANUARY, other)
    moment = at(date(2026, 3, 10))
    spent = [
        sum(standing.so_far.spent for standing in budgets_now(s.history.seen_at(moment, [moment]), s.rules, moment))
        for s in (whole, parts)
    ]
    assert spent[0] == pytest.approx(spent[1], abs=1e-8)


@how(deadline=None, max_examples=25)
@given(COSTS, st.integers(1, 3), st.integers(0, 14))
def test_no_day_of_the_running_period_moves_its_amount(daily: list[float], count: int, running: int) -> None:
    """Causal: whatever the running week costs, its amount is made of the weeks before."""
    monday = date(2026, 3, 2)
    rules = {"amount": {"average_of": count, "plus": "10%"}, "period": "week"}
    first, second = story(daily, JANUARY, **rules), story(daily, JANUARY, **rules)
    second.history.spend(series("orders"), monday, [999.0] * 14)
    day = monday + min(running, 6) * DAY
    assert now(first, day).amount == now(second, day).amount
    assert now(first, day).missing == now(second, day).missing


def test_an_override_of_another_kind_reads_as_far_back_as_it_needs() -> None:
    """A fixed budget with an average for one cluster: the history it needs is the average's."""
    override = {"where": {"cluster": "orders"}, "amount": {"average_of": 12}}
    s = Story(averaged([10.0] * 10, 5).history, rules_of(per=["cluster"], overrides=[override]))
    s.history.first_day = date(2024, 12, 1)
    s.history.spend(series("orders"), date(2024, 12, 1), [10.0] * 460)
    assert now(s, date(2026, 2, 10)).amount == pytest.approx(365 / 12 * 10)
