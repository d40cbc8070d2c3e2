"""The robust method: level, weekday habit and calendar give what is expected; runs of days are tested on it.

All of it happens in the log of 1 + cost, so that moves are relative for large costs and absolute for small ones.
"""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.detector.calendar import read_calendar
from sentinel.evaluate.detector.charges import Charges, read_charges
from sentinel.evaluate.detector.drift import drift_trial
from sentinel.evaluate.detector.history import History
from sentinel.evaluate.detector.judgement import Judgement
from sentinel.evaluate.detector.level import levels_towards, usual_level
from sentinel.evaluate.detector.panel import Flags
from sentinel.evaluate.detector.runs import RUNS, Setting, Side, run_trial
from sentinel.evaluate.detector.scale import noise_of
from sentinel.evaluate.detector.sparse import SPARSE_SHARE, gap_score, sparse_trials
from sentinel.evaluate.detector.trial import DEFAULT_Z, Reading, Trial, read_trials, score_of
from sentinel.evaluate.detector.weekday import Weekdays, weekday_habits
from sentinel.evaluate.detector.windows import Counts, Track, last

BASELINE_DAYS = 35
"""The days that `used` and `left_out` count: the five weeks that levels are read from."""

FEWEST_DAYS, WITHIN_DAYS = 8, 28
"""A verdict needs eight usable days of the last four weeks."""

TRIAL_DAYS = 240
"""Days before the judged ones that tests are made on: 35 in which a rise is told, before them 86 of records,
and before those 94 of the calendar; the rest is spare."""

DRIFT_QUIET_DAYS = 63
"""Days after a level was called normal in which a slow rise would be measured from the level before it."""

GAP_LOWER = 0.5
"""A gap that is too long is shown as a cost below half the expected one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Both:
    """The readings of both sides for the judged days; `down` is mirrored."""

    up: Reading
    down: Reading


@dataclass(frozen=True, slots=True, eq=False)
class _Trials:
    """The tests of both sides for the judged days and the five weeks before.

    notable: the days that the default z finds notable in the baseline.
    """

    up: list[Trial]
    down: list[Trial]
    notable: Flags


def judge_robust(history: History, z: float) -> Judgement:
    """Judge the last days of the block."""
    charges = read_charges(history)
    weekdays = weekday_habits(charges.path)
    days = history.judged + TRIAL_DAYS
    return _judge_tried(history.last(days), charges.last(days), weekdays.last(days), z)


def _judge_tried(history: History, charges: Charges, weekdays: Weekdays, z: float) -> Judgement:
    rows = slice(len(history.cost) - history.judged, None)
    trials = _run_trials(history, charges, weekdays)
    today = charges.today[rows]
    both = _Both(
        read_trials([trial.last(history.judged) for trial in trials.up], today, z),
        read_trials([trial.last(history.judged) for trial in trials.down], -today, z),
    )
    sparse = charges.empty_share[rows] > SPARSE_SHARE
    both = _with_sparse(both, charges, sparse, z)
    in_gap = charges.habitual[rows] | (sparse & charges.empty[rows])
    gap = np.where(in_gap, gap_score(charges)[rows], np.float32(0.0))
    upwards = both.up.score >= both.down.score
    expected = np.expm1(np.where(upwards, both.up.level, -both.down.level).astype(np.float64))
    gap_lower = np.where(gap < -z, GAP_LOWER * expected, 0.0)
    used = Counts(last(history.usable, len(trials.notable)) & ~trials.notable).before(BASELINE_DAYS)
    used = last(used, history.judged)
    since_told = history.days_since_told()
    told = np.zeros(used.shape, np.bool_) if since_told is None else since_told[rows] == 0
    enough = Counts(history.usable).before(WITHIN_DAYS)[rows] >= FEWEST_DAYS
    return Judgement(
        expected=expected,
        lower=np.where(in_gap, gap_lower, np.expm1(np.maximum(-both.down.bound.astype(np.float64), 0.0))),
        upper=np.expm1(both.up.bound.astype(np.float64)),
        score=np.where(in_gap, gap, np.where(upwards, both.up.score, -both.down.score)).astype(np.float64),
        used=used,
        left_out=Counts(history.counted).before(BASELINE_DAYS)[rows] - used,
        judged=enough & ~told & np.isfinite(expected),
        told=told,
        basis=np.where(upwards, both.up.basis, both.down.basis),
    )


def _run_trials(history: History, charges: Charges, weekdays: Weekdays) -> _Trials:
    days = min(len(history.cost), history.judged + BASELINE_DAYS)
    path = charges.path.now
    flat = path - weekdays.habit
    level = usual_level(Track(flat, np.nan), history.normal_from)
    noise = noise_of(flat - level, charges.age)
    setting = Setting(charges, noise, read_calendar(history.first_day, len(history.cost)))
    since_told = history.days_since_told()
    trials: dict[int, list[Trial]] = {}
    notable: dict[int, Flags] = {}
    for sign in (-1, 1):
        side = Side(
            sign=sign,
            path=path * np.float32(sign),
            habit=weekdays.habit * np.float32(sign),
            held=weekdays.towards(sign),
            levels=levels_towards(sign, flat, level, noise.tolerance, since_told),
        )
        trials[sign] = [run_trial(run, side, setting, days) for run in RUNS]
        if since_told is not None:
            since = last(since_told, days)
            trials[sign] = [
                trial.silenced((since >= 0) & (since < run.days)) for run, trial in zip(RUNS, trials[sign], strict=True)
            ]
        lately = last(side.path, days)
        notable[sign] = np.logical_or.reduce([score_of(trial, lately) > DEFAULT_Z for trial in trials[sign]])
    drift = drift_trial(side, setting, notable[1])
    if since_told is not None:
        since = last(since_told, days)
        drift = drift.silenced((since >= 0) & (since < DRIFT_QUIET_DAYS))
    return _Trials([*trials[1], drift], trials[-1], notable[1] | notable[-1])


def _with_sparse(both: _Both, charges: Charges, sparse: Flags, z: float) -> _Both:
    """Return the readings with those of sparse scopes in their place."""
    scopes = np.flatnonzero(sparse.any(axis=0))
    if not len(scopes):
        return both
    trials = sparse_trials(charges.charged[:, scopes], charges.path.now[:, scopes])
    days = len(sparse)
    today, cells = last(charges.today, days)[:, scopes], sparse[:, scopes]
    return _Both(
        both.up.replaced(scopes, cells, read_trials([trial.last(days) for trial in trials.up], today, z)),
        both.down.replaced(scopes, cells, read_trials([trial.last(days) for trial in trials.down], -today, z)),
    )
