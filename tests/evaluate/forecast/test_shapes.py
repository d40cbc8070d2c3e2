"""What a forecast knows of the shape of a month: each row is a series, and how near its total must come."""

from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from sentinel.domain.periods import PeriodKind, period_of
from sentinel.evaluate.forecast import DailyCosts, forecast_totals

FIRST_DAY = date(2025, 1, 6)
DAYS = (date(2025, 7, 31) - FIRST_DAY).days + 1
JULY = period_of(PeriodKind.MONTH, date(2025, 7, 1))
DATES = [FIRST_DAY + timedelta(days=day) for day in range(DAYS)]
WEEKDAY = np.array([day.weekday() for day in DATES])
DAY_OF_MONTH = np.array([day.day for day in DATES])
SINCE_JULY = np.array([(day - JULY.first).days + 1 for day in DATES])

SERIES = {
    "weekends at a third": np.where(WEEKDAY >= 5, 100.0, 300.0),
    "a fee on the 1st": np.where(DAY_OF_MONTH == 1, 900.0, 100.0),
    "a fee on the 20th": np.where(DAY_OF_MONTH == 20, 900.0, 100.0),
    "half the price from the 15th on": np.where(DAY_OF_MONTH >= 15, 100.0, 200.0),
    "a job every fortnight": np.where(np.arange(DAYS) % 14 == 3, 500.0, 100.0),
    "2% more each month": 100.0 * 1.02 ** (np.arange(DAYS) / 30.4),
}


def noisy(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the cost with 3% of noise."""
    return cost * np.exp(0.03 * np.random.default_rng(5).standard_normal(DAYS))


def july_total(cost: NDArray[np.float64], day: int) -> float:
    """Return the total of July as forecast at the end of one of its days; 0 is the last day of June."""
    column = int(np.flatnonzero(day == SINCE_JULY)[0])
    known = np.ones((1, DAYS), np.bool_)
    told = forecast_totals(DailyCosts(FIRST_DAY, cost[None], known, known), [np.array([0])], JULY, [column])
    return float(told.total[0, 0])


@pytest.mark.parametrize("day", [0, 5, 12, 18, 25])
@pytest.mark.parametrize("name", list(SERIES))
def test_a_month_with_a_shape_is_foretold(name: str, day: int) -> None:
    """From half a year of history the total of the month comes within 6%, on every day of it."""
    cost = noisy(SERIES[name])
    assert july_total(cost, day) == pytest.approx(cost[SINCE_JULY >= 1].sum(), rel=0.06)


def test_one_day_far_above_its_level_raises_no_other_day() -> None:
    """A spike of five days' cost counts once, and at most one more day's cost for all days left."""
    cost = noisy(np.full(DAYS, 100.0))
    spiked = cost.copy()
    spiked[SINCE_JULY == 10] += 500.0
    later = [july_total(spiked, day) - july_total(cost, day) - 500.0 for day in (12, 15)]
    assert max(np.abs(later)) < 100.0


def test_a_level_that_has_held_for_five_days_is_believed() -> None:
    """After a week at twice the cost the days left are forecast near twice the cost."""
    cost = noisy(np.where(SINCE_JULY >= 8, 200.0, 100.0))
    assert july_total(cost, 14) == pytest.approx(cost[SINCE_JULY >= 1].sum(), rel=0.1)


@pytest.mark.parametrize("day", [0, 5, 12, 18, 25])
def test_a_charge_on_every_fifth_day_is_foretold_roughly(day: int) -> None:
    """A series that mostly costs nothing has a level, but no rhythm: its total comes within a fifth."""
    cost = noisy(np.where(np.arange(DAYS) % 5 == 0, 100.0, 0.0))
    assert july_total(cost, day) == pytest.approx(cost[SINCE_JULY >= 1].sum(), rel=0.2)
