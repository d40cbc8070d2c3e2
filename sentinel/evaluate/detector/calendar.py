"""What the calendar repeats: moves at the same day of earlier months, and 14 or 28 days ago.

A monthly fee, a fortnightly job or a tier that starts anew on the 1st moves the cost each time. Today's move is
allowed for as far as an earlier one of the same sign reached: (earlier move + 0.65 sigma) / 0.75. The same day
of the month counts with its neighbours, as months and weekends shift such days.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.panel import Flags
from sentinel.evaluate.detector.selection import Singles
from sentinel.evaluate.detector.windows import Track, last

MONTHS = 3
CYCLE_DAYS = (14, 28)

SETTLED_AGE = 97
"""Known days from which a monthly move must stand in two of the last three months."""

CYCLE_WEIGHT = 0.88
"""A move 14 or 28 days ago may be a coincidence."""

NOTABLE = 2.8
"""A move below this many sigma is noise that says nothing of today."""

SLACK, REACHED = 0.65, 0.75
"""Today may exceed the earlier move by a third and a sigma: fees grow, and both days carry noise."""

YEAR_END = {(12, day) for day in range(23, 32)} | {(1, 1), (1, 2)}
"""Month and day of the days on which many businesses rest."""

Days = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The calendar of some days, arrays [days].

    months_back: for one, two and three months, the days back to the same day of that month.
    day_of_month: 1 to 31. year_end: 23 December to 2 January.
    """

    months_back: tuple[Days, ...]
    day_of_month: Days
    year_end: Flags

    def last(self, days: int) -> "Calendar":
        """Return the calendar of the last days alone."""
        return Calendar(
            months_back=tuple(last(back, days) for back in self.months_back),
            day_of_month=last(self.day_of_month, days),
            year_end=last(self.year_end, days),
        )


@lru_cache(maxsize=4)
def read_calendar(first_day: date, days: int) -> Calendar:
    """Return the calendar of `days` days from `first_day` on."""
    dates = [first_day + timedelta(days=day) for day in range(days)]
    return Calendar(
        months_back=tuple(
            np.array([(day - _same_day(day, months)).days for day in dates], np.int64)
            for months in range(1, MONTHS + 1)
        ),
        day_of_month=np.array([day.day for day in dates], np.int64),
        year_end=np.array([(day.month, day.day) in YEAR_END for day in dates], np.bool_),
    )


def explained_move(moves: Track[np.float32], calendar: Calendar, tolerance: Singles, age: NDArray[np.int32]) -> Singles:
    """Return up to what size the calendar's days' moves are no news; moves are towards one side, NaN for none.

    [days, scopes], 0 where nothing explains a move. The moves may begin before the calendar's days.
    """
    around = Track(np.fmax(np.fmax(moves.ago(0), moves.ago(1)), moves.ago(2)), np.nan)
    first, second, third = (around.at(back - 1) for back in calendar.months_back)
    two_of_three = np.fmax(np.fmin(first, second), np.fmin(np.fmax(first, second), third))
    any_month = np.fmax(np.fmax(first, second), third)
    earlier = np.where(age >= SETTLED_AGE, two_of_three, any_month)
    for days in CYCLE_DAYS:
        earlier = np.fmax(earlier, np.float32(CYCLE_WEIGHT) * last(moves.ago(days), len(age)))
    explained = (earlier + np.float32(SLACK) * tolerance) * np.float32(1 / REACHED)
    return np.where(earlier > np.float32(NOTABLE) * tolerance, explained, np.float32(0.0))


def expected_move(moves: Track[np.float32], calendar: Calendar, tolerance: Singles) -> Singles:
    """Return the move that came on the very day of both the last two months or cycles, 0 where none did."""
    first, second = (moves.at(back) for back in calendar.months_back[:2])
    cycles = (last(moves.ago(days), len(tolerance)) for days in CYCLE_DAYS)
    twice = np.fmax(np.minimum(first, second), np.minimum(*cycles))
    return np.where(twice > np.float32(NOTABLE) * tolerance, twice, np.float32(0.0))


def _same_day(day: date, months: int) -> date:
    """Return the same day `months` earlier, the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    month_end = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, month_end))
