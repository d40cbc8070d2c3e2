"""The tests of one, two and three days: a spike, a short shift, a new level.

The distance of a run is that of its least day from the levels before the run began. A longer run needs less
distance: 5.6, 2.9 and 1.85 sigma. The step is never below what the scope's own record, the calendar, its
youth or the month's edge explain; those are the terms of `_step`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.calendar import Calendar, expected_move, explained_move
from sentinel.evaluate.detector.charges import Charges
from sentinel.evaluate.detector.level import Levels
from sentinel.evaluate.detector.panel import Expectation
from sentinel.evaluate.detector.records import RECORD_DAYS, usual_extreme
from sentinel.evaluate.detector.scale import Noise
from sentinel.evaluate.detector.selection import Singles
from sentinel.evaluate.detector.trial import Trial
from sentinel.evaluate.detector.windows import Track, last


@dataclass(frozen=True, slots=True)
class Run:
    """A run of days: at least `sigmas` sigma and `records` times the usual extreme make it notable."""

    days: int
    sigmas: float
    records: float


RUNS = (Run(1, 5.6, 1.5), Run(2, 2.9, 1.2), Run(3, 1.85, 0.67))
"""All constants here were tuned on the benchmark's seeds 10 to 19 and 50 to 55."""

LEAST_STEP = 0.19
"""No move below 21% is notable (log 1.21)."""

DOWN_FACTOR = 1.4
"""Drops need more: costs fall for harmless reasons, holidays first."""

YOUNG_DAYS, GROWN_DAYS = 32.0, 50.0
"""Until a scope has seen a whole month nobody can know its fees, jobs and tiers: the first one is no
anomaly. The step of a young scope, below, fades between these ages."""

YOUNG_STEP = {(1, 1): 1.8, (1, 2): 0.95, (1, 3): 0.25, (-1, 1): 0.95, (-1, 2): 1.1, (-1, 3): 1.25}
"""By side and days of the run, in log cost: six times the level for one day up, a third for drops."""

FIRST_OF_MONTH_CHARGES = 41
"""Charges from which the 1st of the month has been seen; before, no single day there is judged upwards."""

MONTH_START_CHARGES, MONTH_START_STEP = 40, 1.3
"""The same for runs that begin on the 1st or 2nd: tiers start anew there."""

STOP_SHARE = 0.75
"""Where no day was without a charge, a stop is notable whatever else explains a drop: the step of a single
day is at most this share of the way to zero."""

YEAR_END_STEP = 0.66
"""Between 23 December and 2 January a drop to half is rest."""

UNSEEN_STEP = 7.0
"""In log cost, a thousand times the level: where a day is not judged upwards, the shown bound stays a number."""

SLIGHT_HABIT = 0.02
"""A weekday's habit below 2% goes without saying."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Everything towards one side: sign is 1 for up and -1 for down, all values are sign x log cost.

    path: the baseline path. habit: the weekday's; held: as much of it as is held against a day of this side.
    """

    sign: int
    path: Singles
    habit: Singles
    held: Singles
    levels: Levels


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What the tests of both sides share: the charges, the noise and the calendar of the same days."""

    charges: Charges
    noise: Noise
    calendar: Calendar

    def last(self, days: int) -> "Setting":
        """Return the setting of the last days alone."""
        return Setting(self.charges.last(days), self.noise.last(days), self.calendar.last(days))


def run_trial(run: Run, side: Side, setting: Setting, days: int) -> Trial:
    """Return the test of a run of days on one side, for the last `days` days."""
    levels, back = side.levels, run.days - 1
    earlier = None if run.days == 1 else _least_before(levels.flat, back)
    path = side.path - side.held if earlier is None else np.minimum(levels.flat.now, earlier)
    moves = Track(path - levels.usual.ago(back), np.nan)
    longer, recent = setting.last(days + RECORD_DAYS), setting.last(days)
    explained = explained_move(moves, longer.calendar, longer.noise.tolerance, longer.charges.age)
    surprise = _surprise(path - levels.beyond.ago(back), moves.now, explained)
    record = usual_extreme(surprise, run.days, longer.charges.age)
    step = _step(run, side.sign, recent, last(record, days))
    explained = last(explained, days)
    usual, beyond = last(levels.usual.ago(back), days), last(levels.beyond.ago(back), days)
    habit = last(side.habit, days)
    if earlier is not None:
        return Trial(
            reference=beyond + habit,
            earlier=last(earlier, days) - beyond,
            step=np.maximum(step, explained),
            level=usual + habit,
            basis=Expectation.RUN,
        )
    expected = np.minimum(expected_move(moves, recent.calendar, recent.noise.tolerance), explained)
    whole = np.maximum(step, explained) - expected
    if side.sign < 0:
        stop = np.maximum(np.float32(-STOP_SHARE) * beyond, np.float32(LEAST_STEP))
        whole = np.where(recent.charges.never_empty, np.minimum(whole, stop), whole)
    return Trial(
        reference=beyond + last(side.held, days) + expected,
        earlier=None,
        step=whole,
        level=usual + habit + expected,
        basis=np.select(
            [explained > step, np.abs(habit) > SLIGHT_HABIT],
            [Expectation.CALENDAR, Expectation.WEEKDAY],
            Expectation.LEVEL,
        ).astype(np.uint8),
    )


def _surprise(beyond: Singles, moves: Singles, explained: Singles) -> Singles:
    """Return how far each day lay beyond the earlier levels, 0 where the calendar explains it."""
    days = len(explained)
    surprise = np.fmax(last(beyond, days), np.float32(0.0))
    return np.where(last(moves, days) > explained, surprise, np.float32(0.0))


def _least_before(flat: Track[np.float32], days: int) -> Singles:
    least = flat.ago(1)
    for day in range(2, days + 1):
        least = np.minimum(least, flat.ago(day))
    return least


def youth_step(sign: int, days: int, age: NDArray[np.int32]) -> Singles:
    """Return the least step of a young scope, fading with its age."""
    youth = np.clip((GROWN_DAYS - age) / (GROWN_DAYS - YOUNG_DAYS), 0, 1).astype(np.float32)
    step: Singles = youth * np.float32(YOUNG_STEP[sign, days])
    return step


def _step(run: Run, sign: int, setting: Setting, record: Singles) -> Singles:
    charges, calendar = setting.charges, setting.calendar
    down = np.float32(1.0 if sign > 0 else DOWN_FACTOR)
    step = np.maximum(np.float32(run.sigmas) * setting.noise.sigma, np.float32(run.records) * record) * down
    step = np.maximum(step, np.float32(LEAST_STEP))
    step = np.maximum(step, youth_step(sign, run.days, charges.age))
    if sign < 0:
        special, least = calendar.year_end[:, None], YEAR_END_STEP
    elif run.days == 1:
        unseen = charges.charges_seen < FIRST_OF_MONTH_CHARGES
        special, least = unseen & (calendar.day_of_month == 1)[:, None], UNSEEN_STEP
    else:
        unseen = charges.charges_seen < MONTH_START_CHARGES
        special, least = unseen & (calendar.day_of_month <= run.days + 1)[:, None], MONTH_START_STEP
    raised: Singles = np.where(special, np.maximum(step, np.float32(least)), step)
    return raised
