"""The binding properties of a forecast."""

from dataclasses import fields
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sentinel.domain.periods import Period, PeriodKind, period_of
from sentinel.evaluate.forecast import DailyCosts, Forecasts, forecast_totals, probability_above

FIRST_DAY = date(2025, 1, 6)
FEW = settings(max_examples=25, deadline=None)
PERIODS = (
    period_of(PeriodKind.MONTH, date(2025, 7, 9)),
    period_of(PeriodKind.WEEK, date(2025, 7, 9)),
    period_of(PeriodKind.QUARTER, date(2025, 7, 9)),
    period_of(PeriodKind.YEAR, date(2025, 7, 9)),
    Period(date(2025, 7, 3), date(2025, 8, 20)),
)


def costs_of(cost: NDArray[np.float64], *, unsettled: int = 0) -> DailyCosts:
    """Return costs that are all covered, and settled but for the last days."""
    covered = np.ones(cost.shape, np.bool_)
    settled = covered.copy()
    settled[:, cost.shape[1] - unsettled :] = False
    return DailyCosts(FIRST_DAY, cost, covered, settled)


def singles(series: int) -> list[NDArray[np.int64]]:
    """Return one scope a series."""
    return [np.array([row]) for row in range(series)]


def cut(costs: DailyCosts, days: int) -> DailyCosts:
    """Return the first days alone."""
    return DailyCosts(costs.first_day, costs.cost[:, :days], costs.covered[:, :days], costs.settled[:, :days])


def column(day: date) -> int:
    """Return the column of a day."""
    return (day - FIRST_DAY).days


def assert_same(forecasts: Forecasts, others: Forecasts) -> None:
    """Fail unless every figure of the two is equal, NaN included."""
    for field in fields(Forecasts):
        np.testing.assert_array_equal(getattr(forecasts, field.name), getattr(others, field.name), err_msg=field.name)


@st.composite
def drawn_costs(draw: st.DrawFn, *, days: int = 220) -> DailyCosts:
    """Draw series with weekends, fees, tiers, spikes, shifts, zeros, gaps, late starts and unsettled days."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    series = draw(st.integers(1, 5))
    day = np.arange(days)
    dates = [FIRST_DAY + timedelta(days=int(one)) for one in day]
    of_month = np.array([one.day for one in dates])
    shape = (series, 1)
    cost = 10 ** generator.uniform(-1, 4, shape) * np.exp(
        generator.uniform(0, 0.4, shape) * generator.standard_normal((series, days))
    )
    cost *= np.where(day % 7 >= 5, generator.uniform(0.2, 1, shape), 1.0)
    cost *= np.where(of_month == 1, generator.choice([1.0, 8.0], shape), 1.0)
    cost *= np.where(of_month > 14, generator.choice([1.0, 0.5], shape), 1.0)
    cost *= np.where(generator.random(cost.shape) < 0.02, generator.choice([1.0, 6.0], shape), 1.0)
    cost *= np.where(day > generator.integers(0, 2 * days, shape), generator.choice([0.0, 0.4, 2.5], shape), 1.0)
    cost[generator.random(cost.shape) < generator.choice([0.0, 0.1, 0.8], shape)] = 0.0
    cost[day < generator.choice([0, 0, 100, days - 30, days - 5], shape)] = 0.0
    covered = np.broadcast_to(generator.random(days) >= draw(st.sampled_from([0.0, 0.1])), cost.shape).copy()
    settled = covered.copy()
    settled[:, days - draw(st.integers(0, 3)) :] = False
    return DailyCosts(FIRST_DAY, np.where(covered, cost, 0.0), covered, settled)


@FEW
@given(drawn_costs(), st.sampled_from(PERIODS), st.integers(150, 219))
def test_a_total_lies_in_its_interval_and_never_below_what_is_spent(
    costs: DailyCosts, period: Period, asked: int
) -> None:
    """Spent so far <= total, lower <= total <= upper, and spent is the plain sum of the covered days."""
    told = forecast_totals(costs, [np.arange(len(costs.cost)), *singles(len(costs.cost))], period, [asked])
    given_total = ~told.refused
    assert (told.total >= told.spent)[given_total].all()
    assert (told.lower <= told.total)[given_total].all()
    assert (told.total <= told.upper)[given_total].all()
    assert (told.lower >= told.spent)[given_total].all()
    assert np.isnan(told.total[told.refused]).all()
    ended = slice(max(0, column(period.first)), max(0, min(asked, column(period.last)) + 1))
    np.testing.assert_allclose(told.spent[0, 0], costs.cost[:, ended].sum())


@FEW
@given(drawn_costs(), st.sampled_from(PERIODS), st.integers(150, 216))
def test_later_days_change_no_forecast(costs: DailyCosts, period: Period, asked: int) -> None:
    """A forecast asked for a past column is the one made when that column was the last."""
    scopes = singles(len(costs.cost))
    assert_same(
        forecast_totals(costs, scopes, period, [asked]),
        forecast_totals(cut(costs, asked + 1), scopes, period, [asked]),
    )


@FEW
@given(drawn_costs(), st.sampled_from(PERIODS))
def test_several_columns_asked_at_once_are_each_as_asked_alone(costs: DailyCosts, period: Period) -> None:
    """A range of days is one call, and changes nothing."""
    scopes = singles(len(costs.cost))
    asked = [180, 187, 205, 219]
    together = forecast_totals(costs, scopes, period, asked)
    for place, one in enumerate(asked):
        alone = forecast_totals(costs, scopes, period, [one])
        for field in fields(Forecasts):
            np.testing.assert_array_equal(getattr(together, field.name)[..., place], getattr(alone, field.name)[..., 0])


@FEW
@given(drawn_costs(), st.sampled_from(PERIODS), st.floats(1e-3, 1e3))
def test_a_forecast_knows_no_currency(costs: DailyCosts, period: Period, factor: float) -> None:
    """The same costs in another currency have the same forecast in that currency."""
    scopes = singles(len(costs.cost))
    dearer = DailyCosts(FIRST_DAY, costs.cost * 2.0 ** round(np.log2(factor)), costs.covered, costs.settled)
    told, other = (forecast_totals(one, scopes, period, [200]) for one in (costs, dearer))
    for name in ("total", "lower", "upper"):
        expected = getattr(told, name) * 2.0 ** round(np.log2(factor))
        np.testing.assert_allclose(getattr(other, name), expected, rtol=1e-6, err_msg=name)


@FEW
@given(drawn_costs(), st.sampled_from(PERIODS))
def test_a_scope_is_the_sum_of_its_series(costs: DailyCosts, period: Period) -> None:
    """The parts of a scope are forecast one by one."""
    old = np.flatnonzero(forecast_totals(costs, singles(len(costs.cost)), period, [205]).settled_days[:, 0] >= 14)
    if old.size:
        parts = forecast_totals(costs, [np.array([row]) for row in old], period, [205])
        whole = forecast_totals(costs, [old], period, [205])
        np.testing.assert_allclose(whole.total[0], parts.total.sum(axis=0))
        np.testing.assert_allclose(whole.spent[0], parts.spent.sum(axis=0))


@FEW
@given(drawn_costs(), st.sampled_from(PERIODS), st.floats(0.1, 3), st.floats(1, 2))
def test_a_larger_amount_is_exceeded_less_likely(costs: DailyCosts, period: Period, share: float, more: float) -> None:
    """Probabilities lie from 0 to 1, fall as the amount grows, and agree with the quantiles."""
    told = forecast_totals(costs, singles(len(costs.cost)), period, [205])
    amount = share * np.nan_to_num(told.total) + 1e-9
    small, large = probability_above(told, amount), probability_above(told, amount * more)
    given_total = ~told.refused
    assert ((small >= large) & (small <= 1) & (large >= 0))[given_total].all()
    wide = given_total & (told.upper > told.total)
    np.testing.assert_allclose(probability_above(told, told.upper)[wide], 0.1, atol=1e-6)
    np.testing.assert_allclose(told.quantile(0.9)[wide], told.upper[wide])


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_a_constant_cost_has_an_exact_total(period: Period) -> None:
    """Ten a day for half a year is ten a day for the rest of the period, within a narrow interval."""
    costs = costs_of(np.full((1, 200), 10.0))
    told = forecast_totals(costs, singles(1), period, [column(max(period.first, date(2025, 7, 4)))])
    before = max(0, (FIRST_DAY - period.first).days)
    np.testing.assert_allclose(told.total, 10.0 * period.days)
    if period.days <= 92:
        assert (told.upper - told.lower)[0, 0] < 0.1 * told.total[0, 0]
    assert told.missing_days[0, 0] == before
    assert told.days_left[0] == (period.last - max(period.first, date(2025, 7, 4))).days


def test_a_scope_with_few_settled_days_is_refused() -> None:
    """From the fourteenth settled day since its first charge on a scope is forecast."""
    cost = np.zeros((1, 200))
    cost[:, 170:] = 5.0
    costs = costs_of(cost)
    told = forecast_totals(costs, singles(1), PERIODS[0], [170 + 12, 170 + 13])
    assert told.settled_days.tolist() == [[13, 14]]
    assert told.refused.tolist() == [[True, False]]
    assert np.isnan(probability_above(told, 1000.0)).tolist() == [[True, False]]


def test_what_is_spent_already_is_certain_even_where_no_forecast_is_made() -> None:
    """A young scope over its amount exceeds it with probability 1."""
    cost = np.zeros((1, 200))
    cost[:, 180:] = 5.0
    told = forecast_totals(costs_of(cost), singles(1), PERIODS[0], [185])
    assert told.refused.all()
    assert probability_above(told, 20.0).tolist() == [[1.0]]


def test_a_new_series_counts_from_its_start() -> None:
    """A cluster that began twenty days ago is forecast by its own days, not by the zeros before them."""
    cost = np.zeros((1, 196))
    cost[:, 176:] = 40.0
    told = forecast_totals(costs_of(cost), singles(1), PERIODS[0], [195])
    left = (PERIODS[0].last - FIRST_DAY).days - 195
    np.testing.assert_allclose(told.total[0, 0], told.spent[0, 0] + 40.0 * left, rtol=1e-6)


def test_an_unsettled_day_is_the_least_that_it_will_cost() -> None:
    """A low running total is filled up to the level; a high one is kept."""
    cost = np.full((2, 190), 10.0)
    cost[0, 188:] = [4.0, 1.0]
    cost[1, 188:] = [4.0, 50.0]
    told = forecast_totals(costs_of(cost, unsettled=2), singles(2), PERIODS[0], [189])
    np.testing.assert_allclose(told.total[:, 0], [310.0, 350.0], rtol=1e-6)
    assert told.missing_days[:, 0].tolist() == [2, 2]


def test_unknown_days_are_filled_and_widen_the_interval() -> None:
    """Three days that no answer covers cost what the level says, not nothing."""
    generator = np.random.default_rng(1)
    cost = 10.0 * np.exp(0.05 * generator.standard_normal((1, 190)))
    covered = np.ones(cost.shape, np.bool_)
    covered[:, 181:184] = False
    gapped = DailyCosts(FIRST_DAY, np.where(covered, cost, 0.0), covered, covered)
    known, unknown = (forecast_totals(one, singles(1), PERIODS[0], [189]) for one in (costs_of(cost), gapped))
    np.testing.assert_allclose(unknown.total, known.total, rtol=0.02)
    assert unknown.missing_days.tolist() == [[3]]
    assert (unknown.upper - unknown.lower > known.upper - known.lower).all()


def test_an_ended_period_is_its_sum() -> None:
    """Once every day is settled nothing is left to foretell."""
    generator = np.random.default_rng(2)
    cost = generator.uniform(5, 15, (1, 220))
    period = Period(date(2025, 7, 1), date(2025, 7, 20))
    told = forecast_totals(costs_of(cost), singles(1), period, [column(date(2025, 7, 22))])
    spent = cost[:, column(period.first) : column(period.last) + 1].sum()
    np.testing.assert_allclose([told.lower[0, 0], told.total[0, 0], told.upper[0, 0]], spent)


def test_a_period_to_come_is_forecast_whole() -> None:
    """On the last day of June the whole of July is still to come."""
    told = forecast_totals(costs_of(np.full((1, 190), 3.0)), singles(1), PERIODS[0], [column(date(2025, 6, 28))])
    np.testing.assert_allclose(told.total, 93.0)
    assert told.spent.tolist() == [[0.0]]


@pytest.mark.parametrize("asked", [[], [-1], [200]])
def test_a_column_that_is_not_there_is_an_error(asked: list[int]) -> None:
    """The message says what was asked for."""
    with pytest.raises(ValueError, match="asked for the columns"):
        forecast_totals(costs_of(np.ones((1, 200))), singles(1), PERIODS[0], asked)


def test_arrays_that_do_not_belong_together_are_an_error() -> None:
    """The message says which shapes were given."""
    with pytest.raises(ValueError, match="must share one"):
        DailyCosts(FIRST_DAY, np.ones((2, 9)), np.ones((2, 8), np.bool_), np.ones((2, 9), np.bool_))
