from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.suspicion import ClustersKept, PoorAnswer, confirms, losses

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
DAY_1, DAY_2 = date(2026, 3, 1), date(2026, 3, 2)

counts = st.builds(
    lambda day, known, kept: ClustersKept(day, known, min(known, kept)),
    st.dates(date(2026, 3, 1), date(2026, 3, 31)),
    st.integers(0, 50),
    st.integers(0, 50),
)


@pytest.mark.parametrize(
    ("known", "kept", "suspicious"),
    [
        (10, 10, False),
        (10, 6, False),
        (10, 5, True),
        (10, 0, True),
        (3, 2, False),
        (3, 1, True),
        (1, 0, True),
        (0, 0, False),
    ],
)
def test_half_of_the_clusters_of_a_day_is_too_much_to_lose(known: int, kept: int, suspicious: bool) -> None:
    """An empty answer included; a day on which nothing was known has nothing to lose."""
    day = ClustersKept(DAY_1, known, kept)
    assert losses([day]) == ((day,) if suspicious else ())


def test_days_are_judged_one_by_one() -> None:
    """An answer that breaks off in mid-month still has every cluster somewhere."""
    whole, lost = ClustersKept(DAY_1, 20, 20), ClustersKept(DAY_2, 20, 0)
    assert losses([whole, lost]) == (lost,)


@pytest.mark.parametrize(("hours", "confirmed"), [(0, False), (5.99, False), (6, True), (48, True)])
def test_a_second_answer_confirms_after_six_hours(hours: float, confirmed: bool) -> None:
    """The same loss, seen again."""
    lost = (ClustersKept(DAY_1, 20, 3),)
    assert confirms(PoorAnswer(NOON + timedelta(hours=hours), lost), PoorAnswer(NOON, lost)) is confirmed


@pytest.mark.parametrize(
    ("later", "confirmed"),
    [
        ([ClustersKept(DAY_1, 20, 3)], True),
        ([ClustersKept(DAY_1, 20, 8)], True),
        ([ClustersKept(DAY_1, 20, 2)], False),
        ([ClustersKept(DAY_1, 20, 3), ClustersKept(DAY_2, 20, 0)], False),
        ([ClustersKept(DAY_2, 20, 3)], False),
    ],
)
def test_a_later_answer_agrees_that_has_lost_nothing_more(later: list[ClustersKept], confirmed: bool) -> None:
    """One that has lost more, or on other days, is a new fault."""
    earlier = PoorAnswer(NOON, (ClustersKept(DAY_1, 20, 3),))
    assert confirms(PoorAnswer(NOON + timedelta(hours=7), tuple(later)), earlier) is confirmed


@given(st.lists(counts))
def test_an_answer_agrees_with_itself_later(days: list[ClustersKept]) -> None:
    """A fault that stays becomes the truth, whatever it is."""
    unique = losses({day.day: day for day in days}.values())
    assert confirms(PoorAnswer(NOON + timedelta(hours=6), unique), PoorAnswer(NOON, unique))
