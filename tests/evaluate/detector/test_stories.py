"""What the detector says of the things that happen to a bill."""

from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from sentinel.evaluate.detector import Expectation, Panel, ReasonCode, Verdicts, judge

FIRST_DAY = date(2025, 1, 1)
DAYS = 400
Floats = NDArray[np.float64]


@pytest.fixture
def steady() -> Floats:
    """A cost near 200 a day with 3% of noise."""
    return 200 * np.exp(0.03 * np.random.default_rng(7).standard_normal(DAYS))


def day_of_month(days: int = DAYS) -> NDArray[np.int64]:
    """Return the day of the month of each column."""
    return np.array([(FIRST_DAY + timedelta(days=day)).day for day in range(days)])


def verdicts_of(cost: Floats, *, normal_from: int = 0) -> Verdicts:
    """Judge every day of one scope."""
    rows = cost[None, :]
    panel = Panel(
        FIRST_DAY, rows, np.ones(rows.shape, np.bool_), np.zeros(rows.shape, np.bool_), np.array([normal_from])
    )
    return judge(panel, 0, cost.size)


def found(cost: Floats, verdicts: Verdicts) -> list[int]:
    """Return the columns on which the cost lies outside its band."""
    return [int(day) for day in np.flatnonzero((cost > verdicts.upper[0]) | (cost < verdicts.lower[0]))]


def test_a_steady_cost_is_silent(steady: Floats) -> None:
    """Nothing happens, nothing is found."""
    assert found(steady, verdicts_of(steady)) == []


def test_a_spike_is_found_on_its_day_and_its_end_is_not(steady: Floats) -> None:
    """Twice the cost for two days is a finding on both, and the way back is none."""
    steady[200:202] *= 2
    verdicts = verdicts_of(steady)
    assert found(steady, verdicts) == [200, 201]
    assert verdicts.expected[0, 201] == pytest.approx(200, rel=0.1)


def test_a_weekend_is_expected(steady: Floats) -> None:
    """Saturdays at a third are no drops, and a Saturday at the week's level is a finding."""
    weekday = np.array([(FIRST_DAY + timedelta(days=day)).weekday() for day in range(DAYS)])
    cost = np.where(weekday >= 5, steady / 3, steady)
    saturday = int(np.flatnonzero(weekday == 5)[40])
    cost[saturday] = steady[saturday]
    verdicts = verdicts_of(cost)
    assert found(cost, verdicts) == [saturday]
    assert verdicts.expected[0, saturday] == pytest.approx(200 / 3, rel=0.1)
    assert verdicts.basis[0, saturday] == Expectation.WEEKDAY


def test_a_monthly_fee_is_expected_once_it_has_come_twice(steady: Floats) -> None:
    """A first fee after some months is news and so is a second; the third is part of what is expected."""
    fee = day_of_month() == 12
    fee[:150] = False
    cost = np.where(fee, 3 * steady, steady)
    verdicts = verdicts_of(cost)
    days = np.flatnonzero(fee)
    assert found(cost, verdicts) == list(days[:2])
    assert verdicts.expected[0, days[2]] == pytest.approx(600, rel=0.15)
    assert verdicts.basis[0, days[2]] == Expectation.CALENDAR
    assert verdicts.expected[0, days[2] + 1] == pytest.approx(200, rel=0.1)


def test_a_missing_fee_is_no_drop(steady: Floats) -> None:
    """Where a fee was expected and does not come, nothing is found."""
    fee = day_of_month() == 12
    fee[250:] = False
    cost = np.where(fee, 3 * steady, steady)
    assert [day for day in found(cost, verdicts_of(cost)) if day > 100] == []


def test_a_fortnightly_job_is_no_news(steady: Floats) -> None:
    """A job every 14 days is silent from its third run on."""
    cost = steady + 300 * (np.arange(DAYS) % 14 == 5)
    assert [day for day in found(cost, verdicts_of(cost)) if day > 40] == []


def test_tiers_that_start_anew_each_month_are_silent(steady: Floats) -> None:
    """A price that falls after the 12th and is back on the 1st is silent after two months."""
    cost = np.where(day_of_month() > 12, 0.5 * steady, steady)
    assert [day for day in found(cost, verdicts_of(cost)) if day > 62] == []


@pytest.mark.parametrize("factor", [1.6, 0.4])
def test_a_new_level_is_found_and_then_accepted(steady: Floats, factor: float) -> None:
    """A shift is found within two days, is the new normal within a week, and its end is no news."""
    steady[200:] *= factor
    verdicts = verdicts_of(steady)
    days = found(steady, verdicts)
    assert 200 <= days[0] <= 202
    assert days[-1] < 208
    assert verdicts.expected[0, 210] == pytest.approx(200 * factor, rel=0.1)


def test_the_end_of_a_stop_is_no_spike(steady: Floats) -> None:
    """Ten days without cost are found as a drop at once; that the cost comes back is no finding."""
    steady[200:210] = 0
    days = found(steady, verdicts_of(steady))
    assert days[0] == 200
    assert max(days) < 210


def test_a_stop_is_found_where_the_calendar_explains_drops(steady: Floats) -> None:
    """A small cost that falls by tiers each month is found on the day it stops."""
    cost = np.where(day_of_month() > 12, 0.02 * steady, 0.06 * steady)
    cost[300:] = 0
    assert min(day for day in found(cost, verdicts_of(cost)) if day > 62) == 300


def test_a_slow_rise_is_found_once(steady: Floats) -> None:
    """A cost that triples over four weeks is found while it rises."""
    steady *= 3 ** np.clip((np.arange(DAYS) - 200) / 28, 0, 1)
    days = found(steady, verdicts_of(steady))
    assert 200 < days[0] < 230
    assert max(days) < 250


def test_a_level_that_a_person_called_normal_is_normal_from_the_next_day_on(steady: Floats) -> None:
    """After the person's word neither the level nor the old one's memory is a finding; a new rise is."""
    steady[200:] *= 2
    told = verdicts_of(steady, normal_from=201)
    assert told.code[0, 201] == ReasonCode.TOLD_NORMAL
    assert [day for day in found(steady, told) if day > 201] == []
    assert told.expected[0, 203] == pytest.approx(400, rel=0.1)
    steady[230] = 1000
    assert 230 in found(steady, verdicts_of(steady, normal_from=201))


def test_sparse_charges_are_compared_with_charges(steady: Floats) -> None:
    """Days without a charge are no drops where they are usual; a charge of four times the usual is found."""
    cost = np.where(np.arange(DAYS) % 5 == 0, steady, 0.0)
    cost[300] *= 4
    verdicts = verdicts_of(cost)
    assert [day for day in found(cost, verdicts) if day > 60] == [300]
    assert verdicts.basis[0, 300] == Expectation.SPARSE
    assert verdicts.expected[0, 300] == pytest.approx(200, rel=0.1)


def test_a_charge_that_comes_every_fifth_day_is_missed_two_days_after_it_was_due(steady: Floats) -> None:
    """Where gaps have a rhythm one need not wait until a gap is longer than chance."""
    cost = np.where(np.arange(DAYS) % 5 == 0, steady, 0.0)
    cost[301:] = 0
    verdicts = verdicts_of(cost)
    assert next(day for day in found(cost, verdicts) if day > 60) == 307
    assert verdicts.lower[0, 307] > 0


def test_a_gap_longer_than_any_before_is_found(steady: Floats) -> None:
    """Where charges come after four or eight days, a stop is found once it lasts far longer than that."""
    cost = np.where(np.isin(np.arange(DAYS) % 12, (0, 4)), steady, 0.0)
    cost[301:] = 0
    assert 310 < next(day for day in found(cost, verdicts_of(cost)) if day > 60) < 320


def test_a_scope_that_slept_begins_anew(steady: Floats) -> None:
    """After more than 60 days without a charge the next one is a first charge, not a spike."""
    steady[200:280] = 0
    codes = verdicts_of(steady).code[0]
    assert codes[280] == ReasonCode.FIRST_CHARGE
    assert codes[270] == ReasonCode.NOT_STARTED


def test_the_first_month_start_is_no_spike(steady: Floats) -> None:
    """Nobody can know a fee on the 1st before a 1st was seen: a young scope is not judged upwards there."""
    cost = steady[:40].copy()
    cost[31] *= 5
    verdicts = verdicts_of(cost)
    assert day_of_month(40)[31] == 1
    assert 100 * cost[31] < verdicts.upper[0, 31] < np.inf
    assert found(cost, verdicts) == []
