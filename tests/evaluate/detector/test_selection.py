"""Medians by networks are the medians that sorting gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.evaluate.detector.records import usual_extreme
from sentinel.evaluate.detector.selection import median_of_known, median_of_seven, third_largest_of_six


@given(st.integers(0, 2**32 - 1))
def test_the_median_of_seven_is_numpys(seed: int) -> None:
    """Whatever the order of the seven."""
    values = np.random.default_rng(seed).integers(0, 5, (7, 6, 4)).astype(np.float32)
    np.testing.assert_array_equal(median_of_seven(list(values)), np.median(values, axis=0))


@given(st.integers(0, 2**32 - 1), st.integers(2, 16), st.sampled_from([0.0, 0.3, 0.95]))
def test_the_median_of_known_values_leaves_nan_aside(seed: int, size: int, missing: float) -> None:
    """NaN counts for nothing, and all NaN give NaN."""
    generator = np.random.default_rng(seed)
    values = generator.random((size, 6, 4)).astype(np.float32)
    values[generator.random(values.shape) < missing] = np.nan
    some = np.isfinite(values).any(axis=0)
    expected = np.full(some.shape, np.nan)
    expected[some] = np.nanmedian(values[:, some], axis=0)
    np.testing.assert_allclose(median_of_known(list(values)), expected, rtol=1e-6)


@given(st.integers(0, 2**32 - 1))
def test_the_third_largest_of_six(seed: int) -> None:
    """The fourth of six in rising order."""
    values = np.random.default_rng(seed).random((6, 5, 3)).astype(np.float32)
    np.testing.assert_array_equal(third_largest_of_six(list(values)), np.sort(values, axis=0)[3])


@pytest.mark.parametrize("skip", [1, 3])
def test_the_record_is_the_third_largest_weekly_maximum_of_twelve_weeks(skip: int) -> None:
    """The weeks end `skip` days before the day."""
    moves = np.random.default_rng(5).random((200, 3)).astype(np.float32)
    age = np.full(moves.shape, 150, np.int32)
    record = usual_extreme(moves, skip, age)
    day = 150
    weeks = [moves[day - skip - 7 * week - 6 : day - skip - 7 * week + 1].max(axis=0) for week in range(12)]
    np.testing.assert_array_equal(record[day], np.sort(weeks, axis=0)[-3])
