"""Evaluations that share what they read of one history decide as each of them would alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Mark, MarkKind
from sentinel.domain.matrix import CostMatrix
from sentinel.evaluate import Survey, decide
from sentinel.rules.model import Rules
from tests.evaluate.history import series

FIRST = date(2025, 1, 1)
DAYS = 500
RULES = Rules.model_validate(
    {
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "budgets": [
            {"name": "day", "amount": 150, "period": "day", "per": ["cluster"]},
            {"name": "ahead", "amount": "last_period", "period": "month", "per": ["cluster"], "forecast": ["105%"]},
        ],
        "spikes": [
            {"name": "spike", "per": ["cluster"], "direction": "both", "min_change": 1},
            {"name": "classic", "per": ["product"], "method": "classic", "z": 2, "min_change": 1},
        ],
        "new_spend": [{"name": "new", "per": ["cluster"], "where": {"cluster": "c*"}}],
        "mutes": [{"where": {"cluster": "c0"}, "from": "2026-04-01", "to": "2026-04-20"}],
    }
)


def history(seed: int) -> CostMatrix:
    """Six lively series over 500 days, each day settled 36 hours after its end."""
    generator = np.random.default_rng(seed)
    cost = generator.uniform(20, 200, (6, 1)) * np.exp(generator.normal(0, 0.1, (6, DAYS)))
    cost[generator.random(cost.shape) < 0.03] *= 3
    cost[3, : generator.integers(350, 480)] = 0
    covered = generator.random((1, DAYS)) > 0.01
    ends = np.datetime64(FIRST, "s") + (np.arange(DAYS) + 1) * np.timedelta64(1, "D") + np.timedelta64(36, "h")
    return CostMatrix(
        first_day=FIRST,
        accounts=("main",),
        series=tuple(series(f"c{row // 2}", f"product {row % 2}") for row in range(6)),
        account_of=np.zeros(6, np.int64),
        cost=np.where(covered, cost, 0.0),
        quantity=np.where(covered, cost, 0.0) * 50,
        covered=covered,
        settled_at=np.where(covered, ends, np.datetime64("NaT")),
    )


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_shared_survey_changes_no_decision(seed: int, new_level: bool) -> None:
    """Day after day over parts of one history, with and without its survey: findings, transitions, warnings."""
    whole = history(seed)
    survey = Survey(whole, RULES)
    accounts = {"main": AccountState("main", ready=True)}
    marks: tuple[Mark, ...] = ()
    for last in range(430, DAYS, 7):
        matrix = whole.part(last - 399, last + 1)
        moment = datetime.combine(matrix.day(399) + timedelta(days=2), datetime.min.time(), UTC)
        given_to_both = (matrix, (), RULES, (), marks, {}, accounts, moment)
        alone = decide(*given_to_both)
        assert decide(*given_to_both, survey) == alone
        if alone.transitions and not marks:
            alert = replace(alone.transitions[0].alert, id=1)
            marks = (
                Mark(
                    kind=MarkKind.EXPECTED,
                    alert_id=1,
                    rule=alert.rule,
                    scope_key=alert.scope.key,
                    episode=alert.episode,
                    first_day=alert.days[0].day,
                    last_day=alert.days[-1].day,
                    author="ann",
                    at=moment,
                    new_level=new_level,
                ),
            )
