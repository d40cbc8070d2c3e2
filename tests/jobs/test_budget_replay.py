"""Backtest repeats what budgets of every kind have told: live and replay are one code."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentinel import __version__
from sentinel.domain.alerts import Reason
from sentinel.jobs.evaluate import Told
from sentinel.jobs.replay import backtest
from sentinel.rules.model import Rules
from sentinel.store import open_database
from tests.jobs.chronicle import Chronicle

RULES = Rules.model_validate(
    {
        "settings": {"history_days": 40},
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "channels": {"here": {"console": {}}},
        "defaults": {"notify": ["here"]},
        "budgets": [
            {"name": "rolling", "amount": 3000, "period": {"rolling": "9 days"}, "thresholds": ["60%", "100%"]},
            {"name": "each-rolling", "amount": 500, "period": {"rolling": "5 days"}, "per": ["cluster"]},
            {"name": "ahead", "amount": 9000, "period": "month", "forecast": ["90%", "120%"]},
            {"name": "last-week", "amount": "last_period", "period": {"week_from": "sunday"}, "thresholds": ["90%"]},
            {
                "name": "each-day",
                "amount": {"average_of": "5 periods", "plus": "20%"},
                "period": "day",
                "per": ["cluster"],
            },
            {
                "name": "planned",
                "plan": {"2025-12": 3000, "2026-01": 4000, "2026-02": 3500},
                "period": {"month_from": 15},
                "per": ["cluster"],
                "overrides": [{"where": {"cluster": "vci_1"}, "amount": "last_period"}],
            },
        ],
    }
)


def repeat(seed: int, series: int, lived: int) -> list[Told]:
    """Live through the last days of sixty and repeat them; what was told."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(f"sqlite:///{Path(folder) / 'sentinel.db'}") as database,
    ):
        chronicle = Chronicle(database, np.random.default_rng(seed), series, lived)
        chronicle.live(RULES)
        if not chronicle.moments:
            return []
        begin, end = chronicle.moments[0], chronicle.moments[-1]
        whole = backtest(database, RULES, __version__, end, first=begin.date(), last=end.date())
        told = [one for one in whole.told if one.transition.moment in chronicle.moments]
        assert told == chronicle.told
        return told


SEEDS = st.integers(0, 2**32 - 1)
SERIES = st.sampled_from(range(8, 0, -1))
"""What is tried first is the first of each: eight series have most to tell."""


@settings(max_examples=2, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, SERIES)
def test_what_budgets_told_is_repeated_to_the_letter(seed: int, series: int) -> None:
    """Pulls, restatements and people's words in between change nothing of it."""
    repeat(seed, series, lived=14)


@pytest.mark.long
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, SERIES)
def test_what_budgets_told_in_many_lives_is_repeated_to_the_letter(seed: int, series: int) -> None:
    """The same, over many more that are lived from the first day on."""
    repeat(seed, series, lived=60)


def test_the_days_that_are_repeated_tell_of_every_budget() -> None:
    """The comparison above is not one of two empty lists."""
    told = repeat(1, 8, lived=14)
    assert len(told) > 15
    assert {one.transition.alert.rule for one in told} >= {budget.name for budget in RULES.budgets}
    assert Reason.FORECAST_ABOVE in {one.transition.reason for one in told}
