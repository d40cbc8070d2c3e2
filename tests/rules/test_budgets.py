"""Budgets as they are written: periods, amounts, plans and overrides."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from sentinel.domain.periods import Period
from sentinel.rules.model import Budget
from sentinel.rules.schema import rules_schema
from tests.rules.loading import rules_of


def budget_of(text: str) -> Budget:
    """One budget; its name is a."""
    return rules_of(f"budgets: [{{name: a, {text}}}]").budgets[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("amount: 5, period: day", "$5 a day, told at 100%"),
        (
            "amount: 12000, period: month, cost: net",
            "$12,000 a month with credits, told at 50%, 80%, 100%",
        ),
        ("amount: 5, period: {rolling: 30 days}, per: [cluster]", "$5 in any 30 days for each cluster, told at 100%"),
        (
            "amount: 5, period: month, forecast: [100%, {amount: 6}]",
            "$5 a month, told at 50%, 80%, 100% and when likely to exceed 100%, 6",
        ),
        ("amount: 5, period: {week_from: sunday}", "$5 a week from sunday, told at 100%"),
        ("amount: 5, period: {month_from: 15}", "$5 a month from day 15, told at 50%, 80%, 100%"),
        ("amount: 5, period: {quarter_from: february}", "$5 a quarter from february, told at 50%, 80%, 100%"),
        ("amount: 5, period: {year_from: april}", "$5 a year from april, told at 50%, 80%, 100%"),
        (
            "amount: 5, period: {from: 2026-01-01, to: 2026-01-03}",
            "$5 from 2026-01-01 to 2026-01-03, told at 50%, 80%, 100%",
        ),
        ("amount: last_period, period: week", "the cost of the last period, a week, told at 100%"),
        (
            "amount: {average_of: 3 periods, plus: 10%}, period: week",
            "the average of the last 3 periods plus 10%, a week, told at 100%",
        ),
        (
            "amount: {average_of: 7, minus: 2.5%}, period: day",
            "the average of the last 7 periods minus 2.5%, a day, told at 100%",
        ),
        (
            "plan: {2026-01: 9000, 2026-02: 9500}, period: month, thresholds: [{amount: 9000}]",
            "a plan until 2026-02 ($9,000 to $9,500 a month), a month, told at 9,000",
        ),
        (
            "plan: {2026-01: 9000}, period: month, thresholds: [90%]",
            "a plan until 2026-01 ($9,000 a month), a month, told at 90%",
        ),
        (
            "amount: 5, period: day, per: [cluster], overrides: [{where: {cluster: [a, b]}, amount: 7}]",
            "$5 a day for each cluster, $7 where cluster a or b, told at 100%",
        ),
    ],
)
def test_a_budget_says_what_it_watches(text: str, said: str) -> None:
    """In half a line, with whatever is not the usual."""
    assert budget_of(text).watches("USD") == said


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        ("{rolling: 30 days}", date(2026, 3, 1), Period(date(2026, 1, 31), date(2026, 3, 1))),
        ("{rolling: 4 weeks}", date(2026, 3, 1), Period(date(2026, 2, 2), date(2026, 3, 1))),
        ("{week_from: sunday}", date(2026, 3, 1), Period(date(2026, 3, 1), date(2026, 3, 7))),
        ("{month_from: 31}", date(2026, 2, 28), Period(date(2026, 2, 28), date(2026, 3, 30))),
        ("{quarter_from: february}", date(2026, 1, 31), Period(date(2025, 11, 1), date(2026, 1, 31))),
        ("{year_from: april}", date(2026, 3, 31), Period(date(2025, 4, 1), date(2026, 3, 31))),
    ],
)
def test_a_budget_may_have_a_period_of_its_own(period: str, day: date, expected: Period) -> None:
    """Whatever the settings say of weeks."""
    rules = rules_of(f"settings: {{week_start: friday}}\nbudgets: [{{name: a, amount: 5, period: {period}}}]")
    assert rules.budgets[0].period_on(day, rules.settings.week_start) == expected


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("amount: 5, period: month", 5.0),
        ("plan: {2026-01: 10, 2026-02: 20, 2026-03: 30}, period: month", 20.0),
        ("plan: {2026-01: 10, 2026-02: 20, 2026-03: 30}, period: quarter", 60.0),
        ("plan: {2026-02: 20, 2026-03: 30}, period: quarter", None),
        ("plan: {2026-02: 20}, period: {month_from: 3}", 20.0),
        ("plan: {2026-01: 10, 2026-02: 20}, period: {from: 2026-01-01, to: 2026-02-28}", 30.0),
        ("amount: last_period, period: month", None),
    ],
)
def test_a_period_has_the_fixed_or_planned_amount(text: str, amount: float | None) -> None:
    """A period of several months has their sum, or nothing where one of them is not planned."""
    budget = budget_of(text)
    period = budget.period_on(date(2026, 2, 10), rules_of("").settings.week_start)
    assert period is not None
    assert budget.amount_in(period) == amount


def test_the_last_period_is_the_average_of_one() -> None:
    """Both ways to write it are one rule."""
    word, mapping = budget_of("amount: last_period, period: week"), budget_of("amount: {average_of: 1}, period: week")
    assert word == mapping
    assert word.fingerprint == mapping.fingerprint


def test_a_level_is_exact_to_the_unit_of_money() -> None:
    """55% of 1,100 is 605, whatever floating point says."""
    budget = budget_of("amount: 1100, period: month, thresholds: [55%]")
    assert budget.levels(1100.0) == ((605.0, "55%"),)


_AMOUNTS = st.integers(1, 10**9).map(lambda cents: cents / 100)
_MONTHS = st.integers(1, 12).flatmap(
    lambda count: st.lists(_AMOUNTS, min_size=count, max_size=count).map(
        lambda amounts: {f"2026-{place + 1:02}": amount for place, amount in enumerate(amounts)}
    )
)
_AVERAGES = st.one_of(
    st.just("last_period"),
    st.fixed_dictionaries({"average_of": st.sampled_from([1, 2, "3 periods", "1 period"])}),
    st.fixed_dictionaries({"average_of": st.just(2)}, optional={"plus": st.sampled_from(["10%", "0.5%"])}),
    st.fixed_dictionaries({"average_of": st.just(2)}, optional={"minus": st.sampled_from(["10%", "99%"])}),
)
_FIXED = _AMOUNTS.map(lambda amount: {"amount": amount})
_OF_MONTHS = st.sampled_from(["month", "quarter", {"month_from": 15}, {"quarter_from": "may"}])
_CALENDAR = st.sampled_from(["day", "week", "month", {"week_from": "friday"}, {"month_from": 31}])
_ANY = st.sampled_from(
    ["year", {"rolling": "30 days"}, {"year_from": "july"}, {"from": "2026-01-01", "to": "2026-01-09"}]
)


def _with(period: st.SearchStrategy[Any], held: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    override = st.builds(lambda name, own: {"where": {"cluster": name}, **own}, st.sampled_from(["a", "b*"]), held)
    return st.builds(
        lambda period, own, overrides: {
            "name": "a",
            "period": period,
            **own,
            "per": ["cluster"],
            "overrides": overrides,
            "thresholds": ["90%"],
        },
        period,
        held,
        st.lists(override, max_size=2),
    )


BUDGETS = st.one_of(
    _with(_ANY, _FIXED),
    _with(_CALENDAR, st.one_of(_FIXED, _AVERAGES.map(lambda amount: {"amount": amount}))),
    _with(_OF_MONTHS, st.one_of(_FIXED, _MONTHS.map(lambda plan: {"plan": plan}))),
)


@how(deadline=None)
@given(BUDGETS)
def test_a_budget_that_is_written_out_loads_as_the_same_budget(budget: dict[str, Any]) -> None:
    """What the model says of itself in the file's notation is valid, also by the schema, and means the same."""
    rules = rules_of(json.dumps({"accounts": [{"name": "main", "api_key": "k"}], "budgets": [budget]}))
    written = rules.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    again = rules_of(json.dumps(written))
    assert again.budgets == rules.budgets
    assert again.budgets[0].fingerprint == rules.budgets[0].fingerprint
    validator = Draft202012Validator(rules_schema())
    assert [error.message for error in validator.iter_errors({**written, "budgets": [budget]})] == []
    assert [error.message for error in validator.iter_errors(written)] == []


@pytest.mark.parametrize(
    "budget",
    [
        {"amount": 5, "period": {"rolling": 30}},
        {"amount": 5, "period": {"rolling": "30 days", "from": "2026-01-01"}},
        {"amount": 5, "period": {"month_from": 32}},
        {"amount": 5, "period": {"week_from": "sundey"}},
        {"amount": "last_month", "period": "month"},
        {"amount": {"plus": "10%"}, "period": "month"},
        {"plan": {"2026-13": 5}, "period": "month"},
        {"plan": {"2026-01": 0}, "period": "month"},
        {"plan": {"2026-01": 5}, "amount": 5, "period": "month"},
        {"period": "month"},
        {"amount": 5, "period": "day", "overrides": [{"amount": 5}]},
    ],
)
def test_the_schema_refuses_other_forms(budget: dict[str, Any]) -> None:
    """An editor shows what loading would refuse."""
    data = {"accounts": [{"name": "main", "api_key": "k"}], "budgets": [{"name": "a", **budget}]}
    assert not Draft202012Validator(rules_schema()).is_valid(data)
