"""Whether a credit still comes: by day, by month, and with a habit of neither."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from sentinel.domain.matrix import DatedCharge
from sentinel.evaluate.prepaid.arrivals import Absence, find_absence

FIRST = date(2026, 1, 1)
DAYS = 90
"""January, February and March."""


def credits_on(*days: int, cost: float = -10.0) -> list[DatedCharge]:
    """Credits dated by their days, counted from the first of January."""
    dates = [FIRST + timedelta(days=day) for day in days]
    return [DatedCharge("main", "credit", day.replace(day=1), day, cost) for day in dates]


def credits_of(*months: int) -> list[DatedCharge]:
    """Credits dated only by the number of their month."""
    return [DatedCharge("main", "credit", date(2026, month, 1), None, -300.0) for month in months]


def absence(
    credits_: list[DatedCharge], *, known: int = DAYS, unsettled: int = 0, after: int = 3, gaps: tuple[int, ...] = ()
) -> Absence | None:
    """What is found when so many days are known, the last of them unsettled, and gaps not covered."""
    settled = np.zeros(known, np.bool_)
    settled[: known - unsettled] = True
    settled[list(gaps)] = False
    return find_absence(credits_, FIRST, settled, timedelta(days=after))


def span(found: Absence | None) -> tuple[int, int] | None:
    """The first and the last missing day, counted from the first of January."""
    return None if found is None else ((found.since - FIRST).days, (found.last - FIRST).days)


@pytest.mark.parametrize(
    ("came", "known", "unsettled", "after", "found"),
    [
        (range(60), 60, 0, 3, None),
        (range(60), 62, 0, 3, None),
        (range(60), 63, 0, 3, (60, 62)),
        (range(60), 64, 2, 3, None),
        (range(60), 65, 2, 3, (60, 62)),
        (range(60), 63, 0, 4, None),
        (range(13), 20, 0, 3, None),
        (range(14), 20, 0, 3, (14, 19)),
        (set(range(60)) - {40, 47}, 63, 0, 3, (60, 62)),
        (set(range(60)) - {40, 43, 47}, 63, 0, 3, None),
        ((), 63, 0, 3, None),
    ],
    ids=[
        "it comes",
        "two days are too few",
        "three settled days",
        "the last two can still bring it",
        "three settled days before two that grow",
        "the rule allows more",
        "too short a habit",
        "two weeks are a habit",
        "two quiet days in four weeks",
        "three quiet days in four weeks are no daily habit",
        "it never came",
    ],
)
def test_a_credit_of_every_day(
    came: range, known: int, unsettled: int, after: int, found: tuple[int, int] | None
) -> None:
    """Missing after so many settled days without it, if it came on nine of ten before."""
    assert span(absence(credits_on(*came), known=known, unsettled=unsettled, after=after)) == found


def test_an_unknown_day_is_no_missing_one() -> None:
    """Only days that an answer covers can lack it."""
    assert absence(credits_on(*range(60)), known=64, gaps=(60, 61)) is None
    found = absence(credits_on(*range(60)), known=65, gaps=(60, 61))
    assert span(found) == (62, 64)


def test_what_is_missed_is_the_usual_amount() -> None:
    """Ten a day for three days."""
    found = absence(credits_on(*range(60)), known=63)
    assert found is not None
    assert (found.days, found.expected, found.sentence) == (3, pytest.approx(30.0), "it came every day before")


@pytest.mark.parametrize(
    ("months", "known", "found"),
    [
        ((1, 2, 3), 90, None),
        ((1, 2), 89, None),
        ((1, 2), 90, (59, 89)),
        ((1,), 90, None),
        ((2, 3), 90, None),
        ((), 90, None),
    ],
    ids=["it comes", "March is not over", "March has none", "one month is no habit", "it is new", "never"],
)
def test_a_credit_of_every_month(months: tuple[int, ...], known: int, found: tuple[int, int] | None) -> None:
    """Missing when a whole month has settled without it, if it came in each of two before."""
    assert span(absence(credits_of(*months), known=known)) == found


def test_a_credit_of_the_first_days_of_each_month_is_one_of_every_month() -> None:
    """A week a month is no daily habit: nothing is missing until the month is over."""
    first_week = [*range(7), *range(31, 38)]
    assert absence(credits_on(*first_week), known=80) is None
    assert span(absence(credits_on(*first_week), known=90)) == (59, 89)
