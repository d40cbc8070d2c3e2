"""How budgets ask for forecasts: no more than it takes, and never with another answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sentinel.domain.periods import PeriodKind, period_of
from sentinel.evaluate import Survey, budgets_now
from sentinel.evaluate.budgets.alarms import LOOKS_BACK, read_alarms
from sentinel.evaluate.budgets.within_reach import within_reach
from sentinel.evaluate.forecast import Forecasts, alarm_states, probability_above
from sentinel.evaluate.foretold import FEW_SERIES, Foretold
from tests.evaluate.budgets.stories import rules_of
from tests.evaluate.history import History, at, series

BEGIN = 40
LEVELS = np.array([[100.0], [120.0]])


def forecasts_of(total: NDArray[np.float64]) -> Forecasts:
    """Forecasts of these totals ([scopes, asked]), ten to either side."""
    none = np.zeros(total.shape)
    days = np.zeros(total.shape, np.int64)
    return Forecasts(total, total - 10, total + 10, none, none, none, days + 99, days, days[0])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([80.0, 95.0, 100.0, 104.0, 110.0, 125.0]), min_size=1, max_size=LOOKS_BACK[-1]),
    st.data(),
)
def test_an_alarm_is_read_from_few_days_as_from_all(totals: list[float], data: st.DataObject) -> None:
    """What was before does not matter once it is known how it stands; days that are not settled change nothing."""
    settled = np.array([data.draw(st.lists(st.booleans(), min_size=len(totals), max_size=len(totals)))])
    course = np.array([totals])
    asked: list[int] = []

    def ask(places: NDArray[np.int64], columns: Sequence[int]) -> Forecasts:
        asked.extend(columns)
        return forecasts_of(course[places][:, [column - BEGIN for column in columns]])

    read = read_alarms(ask, np.arange(1), LEVELS, settled, BEGIN)
    stop = int(np.flatnonzero(settled[0])[-1]) + 1 if settled.any() else 0
    for level, on in zip(LEVELS[:, 0], read[:, 0], strict=True):
        chance = np.where(settled, probability_above(forecasts_of(course), level), np.nan)[:, :stop]
        states = alarm_states(chance, np.zeros(chance.shape, np.bool_), range(1, stop + 1))
        assert on == (bool(states[0, -1]) if stop else False)
    assert all(BEGIN <= column < BEGIN + stop for column in asked)


def test_a_clear_course_is_read_from_its_last_days_alone() -> None:
    """Two likely days in a row need no third."""
    asked: list[int] = []

    def ask(places: NDArray[np.int64], columns: Sequence[int]) -> Forecasts:
        asked.extend(columns)
        return forecasts_of(np.full((len(places), len(columns)), 150.0))

    read = read_alarms(ask, np.arange(1), LEVELS, np.ones((1, 25), np.bool_), BEGIN)
    assert read.tolist() == [[True], [True]]
    assert asked == [BEGIN + 22, BEGIN + 23, BEGIN + 24]


MARCH = date(2026, 3, 1)
TODAY = date(2026, 3, 14)


def many(count: int, seed: int) -> History:
    """So many clusters with three months of lively cost."""
    generator = np.random.default_rng(seed)
    first = MARCH - timedelta(days=90)
    days = (TODAY - first).days + 1
    cost = generator.uniform(5, 50, (count, 1)) * np.exp(generator.normal(0, 0.3, (count, days)))
    cost[:, 60:] *= generator.choice([0.5, 1, 1, 2], (count, 1))
    cost[generator.random(cost.shape) < 0.02] *= 4
    history = History(first)
    for row in range(count):
        history.spend(series(f"c{row}"), first, cost[row].tolist())
    return history


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_is_likely_is_within_reach(seed: int) -> None:
    """No scope that will probably exceed its level is left out for being far from it."""
    history = many(60, seed)
    matrix = history.seen_at(at(TODAY), [at(TODAY - timedelta(days=n)) for n in range(100, -1, -1)])
    rules = rules_of(per=["cluster"], forecast=["100%"])
    groups = Survey(matrix, rules).groups(rules.budgets[0], matrix)
    period = period_of(PeriodKind.MONTH, TODAY)
    told = Foretold(matrix).at(matrix, period, groups.members, np.arange(60), [matrix.days - 1])
    for share in (0.7, 0.9, 1.0, 1.1):
        level = told.total[:, 0] * share
        likely = (probability_above(told, level[:, None])[:, 0] >= 0.7) & (told.spent[:, 0] <= level)
        reach = within_reach(matrix, groups, groups.cost, period, level[None])
        assert reach[likely].all()
    assert not within_reach(matrix, groups, groups.cost, period, 5 * told.total.T).any()


def test_of_very_many_scopes_those_far_from_their_level_are_not_forecast() -> None:
    """Only what could exceed it is worth the time; the others say nothing, and stand as they are."""
    history = many(FEW_SERIES + 1, 3)
    moment = at(TODAY)
    matrix = history.seen_at(moment, [at(TODAY - timedelta(days=n)) for n in range(100, -1, -1)])
    standing = list(budgets_now(matrix, rules_of(per=["cluster"], forecast=["100%"], amount=2000), moment))
    forecast = [now.forecast for now in standing if now.forecast is not None]
    assert 0 < len(forecast) < len(standing) / 2
    assert max(one.total for one in forecast) > 1500


def test_a_part_of_a_history_is_foretold_as_it_would_be_alone() -> None:
    """What is kept from one evaluation to the next, or worked out ahead of it, is the same."""
    history = many(5, 7)
    whole = history.seen_at(at(TODAY), [at(TODAY - timedelta(days=n)) for n in range(100, -1, -1)])
    shared = Foretold(whole)
    period, places = period_of(PeriodKind.MONTH, TODAY), np.array([3, 0])
    members = [np.array([row]) for row in range(5)]
    for stop in range(92, whole.days):
        part = whole.part(0, stop)
        columns = [stop - 1, stop - 2]
        alone = Foretold(replace(part)).at(part, period, members, places, columns)
        told = shared.at(part, period, members, places, columns)
        np.testing.assert_array_equal(told.total, alone.total)
        np.testing.assert_array_equal(told.upper, alone.upper)
        np.testing.assert_array_equal(told.days_left, alone.days_left)
