"""Backtest repeats what was told, and says what would have been."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentinel import __version__
from sentinel.domain.alerts import TransitionKind
from sentinel.jobs.evaluate import Told
from sentinel.jobs.replay import backtest
from sentinel.store import open_database
from tests.jobs.chronicle import RULES, Chronicle

LATER = timedelta(hours=1)


def repeat(seed: int, series: int, lived: int) -> list[Told]:
    """Live through the last days of sixty and repeat them, whole and from the middle on; what was told."""
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(f"sqlite:///{Path(folder) / 'sentinel.db'}") as database,
    ):
        chronicle = Chronicle(database, np.random.default_rng(seed), series, lived)
        chronicle.live()
        if not chronicle.moments:
            return []
        begin, end = chronicle.moments[0], chronicle.moments[-1]
        whole = backtest(database, RULES, __version__, end + LATER, first=begin.date(), last=end.date())
        told = [one for one in whole.told if one.transition.moment in chronicle.moments]
        assert told == chronicle.told
        assert (whole.recorded, whole.other_version) == (len(chronicle.moments), 0)
        middle = chronicle.moments[len(chronicle.moments) // 2].date()
        late = backtest(database, RULES, __version__, end + LATER, first=middle, last=end.date())
        assert list(late.told) == [one for one in chronicle.told if one.transition.moment.date() >= middle]
        return told


SEEDS = st.integers(0, 2**32 - 1)
SERIES = st.sampled_from(range(8, 0, -1))
"""What is tried first is the first of each: eight series have most to tell."""


@settings(max_examples=2, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, SERIES)
def test_each_recorded_evaluation_is_repeated_to_the_letter(seed: int, series: int) -> None:
    """Whatever was pulled, restated and said in between: the same transitions, ids, figures and channels."""
    repeat(seed, series, lived=14)


@pytest.mark.long
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, SERIES)
def test_many_lives_are_repeated_to_the_letter(seed: int, series: int) -> None:
    """The same, over many more that are lived from the first day on."""
    repeat(seed, series, lived=60)


def test_the_days_that_are_repeated_tell_something() -> None:
    """The comparison above is not one of two empty lists."""
    told = repeat(4, 8, lived=14)
    assert len(told) > 20
    assert sum(one.transition.alert.inhibited_by is not None for one in told) > 2
    assert sum(bool(one.transition.alert.tells_for) for one in told) > 2
    kinds = {one.transition.kind for one in told}
    assert kinds >= {TransitionKind.OPENED, TransitionKind.ESCALATED, TransitionKind.REMINDED, TransitionKind.RESOLVED}
