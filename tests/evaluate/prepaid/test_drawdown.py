"""How an amount is used up: the chance, its interval, and when it is sure enough to be told."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.evaluate.prepaid.burn_rate import read_burn_rate
from sentinel.evaluate.prepaid.drawdown import Fund, Use, is_told, prospects, read_prospect

FIRST = date(2026, 1, 1)


def use_of(cost: list[float], *, unsettled: int = 0) -> Use:
    """Consecutive known days from the first of January; the last ones can still grow."""
    days = len(cost)
    settled = np.arange(days) < days - unsettled
    return Use(FIRST, np.array(cost), np.ones(days, np.bool_), settled)


def fund(amount: float, *, last: int, first: int = 0) -> Fund:
    """An amount for some days, counted from the first of January."""
    begin = FIRST + timedelta(days=first)
    return Fund(amount, begin, FIRST + timedelta(days=last), begin, 0.0)


@pytest.mark.parametrize(
    ("chances", "told"),
    [
        ([], False),
        ([0.9], False),
        ([0.9, 0.7], True),
        ([0.9, 0.69], False),
        ([0.9, 0.1, 0.9], False),
        ([0.9, 0.9, 0.5, 0.3, 0.2], True),
        ([0.9, 0.9, 0.19], False),
        ([0.9, 0.9, 0.1, 0.9], False),
        ([0.9, 0.9, 0.1, 0.9, 0.9], True),
    ],
)
def test_it_is_told_when_sure_on_two_days_and_until_unsure(chances: list[float], told: bool) -> None:
    """Seven tenths to begin, two tenths to end."""
    assert is_told(chances) is told


def test_a_steady_use_ends_on_the_day_that_it_ends_on() -> None:
    """A hundred a day for a hundred days."""
    use = use_of([100.0] * 60)
    (*_, now) = prospects(use, fund(10_000.0, last=120))
    assert now.exhausted_on(0.5) == FIRST + timedelta(days=99)
    assert now.chance_to_spend(10_000.0) > 0.9
    assert now.spent_at_end(0.5) == pytest.approx(12_100, rel=0.001)


def test_weekends_count() -> None:
    """From a Monday on, five days of work are used up on Friday and not on the Wednesday after."""
    cost = [0.0 if (FIRST + timedelta(days=n)).weekday() >= 5 else 100.0 for n in range(67)]
    use = use_of(cost)
    assert use.day(66).weekday() == 6
    now = read_prospect(use, fund(sum(cost) + 499.0, last=120), 66)
    assert now is not None
    assert now.exhausted_on(0.5) == use.day(66) + timedelta(days=5)


def test_a_term_that_has_not_begun_counts_only_its_own_days() -> None:
    """What is used before its first day is no part of it."""
    now = read_prospect(use_of([100.0] * 40), fund(1_000.0, first=50, last=80), 39)
    assert now is not None
    assert (now.spent, now.exhausted_on(0.5)) == (0.0, FIRST + timedelta(days=59))


def test_an_unsettled_day_that_has_used_more_than_usual_counts() -> None:
    """It can only grow; one that has used less says nothing yet."""
    high = prospects(use_of([100.0] * 60 + [400.0], unsettled=1), fund(10_000.0, last=120))[-1]
    low = prospects(use_of([100.0] * 60 + [10.0], unsettled=1), fund(10_000.0, last=120))[-1]
    assert high.exhausted_on(0.5) == FIRST + timedelta(days=96)
    assert low.exhausted_on(0.5) == FIRST + timedelta(days=99)


def test_a_passing_spike_does_not_become_a_habit_of_the_whole_year() -> None:
    """One day of five times the cost moves the end of a year by days, not by months."""
    spiked = [100.0] * 60
    spiked[55] = 500.0
    usual = read_burn_rate(np.array([100.0] * 60), np.ones(60, np.bool_), 0)
    after = read_burn_rate(np.array(spiked), np.ones(60, np.bool_), 0)
    assert usual is not None
    assert after is not None
    assert after.level == pytest.approx(usual.level, rel=0.1)


def test_a_new_level_counts_once_it_has_held_for_three_weeks() -> None:
    """From then on the whole of it."""
    rate = read_burn_rate(np.array([100.0] * 60 + [160.0] * 21), np.ones(81, np.bool_), 0)
    assert rate is not None
    assert rate.level == pytest.approx(160.0, rel=0.03)


def test_steady_growth_goes_on() -> None:
    """Two percent a month, for eight months, is expected of the ninth."""
    days = np.arange(240)
    rate = read_burn_rate(100 * 1.02 ** (days / 28), np.ones(240, np.bool_), 0)
    assert rate is not None
    assert np.exp(rate.growth) == pytest.approx(1.02, abs=0.004)
    following = (100 * 1.02 ** (np.arange(240, 268) / 28)).sum()
    assert rate.ahead(0, 28).sums[-1] == pytest.approx(following, rel=0.01)


@pytest.mark.parametrize("days", [0, 6, 13])
def test_less_than_two_weeks_say_nothing(days: int) -> None:
    """Neither of a new account nor of one whose last weeks are unknown."""
    known = np.zeros(60, np.bool_)
    known[60 - days :] = True
    assert read_burn_rate(np.full(60, 100.0), known, 0) is None


@given(
    st.lists(st.floats(0.0, 1e6), min_size=20, max_size=90),
    st.floats(1.0, 1e8),
    st.integers(0, 200),
)
def test_the_interval_is_ordered_and_the_future_never_reaches_back(
    cost: list[float], amount: float, ahead: int
) -> None:
    """Early is before late, less is below more, and days after the judged one change nothing."""
    column = len(cost) - 1
    one = read_prospect(use_of(cost), fund(amount, last=column + ahead), column)
    longer = read_prospect(use_of([*cost, *[1e5] * 5]), fund(amount, last=column + ahead), column)
    if one is None:
        assert longer is None
        return
    assert longer is not None
    ends = [one.exhausted_on(quantile) or date.max for quantile in (0.1, 0.5, 0.9)]
    sums = [one.spent_at_end(quantile) for quantile in (0.1, 0.5, 0.9)]
    assert ends == sorted(ends)
    assert sums == sorted(sums)
    assert 0.0 <= one.chance_to_spend(amount) <= 1.0
    assert [longer.spent_at_end(quantile) for quantile in (0.1, 0.5, 0.9)] == sums
