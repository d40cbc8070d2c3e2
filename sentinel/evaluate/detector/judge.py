"""The door: cut the panel into blocks, judge each, and make what is shown agree with what decided."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.classic import judge_classic
from sentinel.evaluate.detector.history import History, read_history
from sentinel.evaluate.detector.judgement import Judgement, agreeing_bounds
from sentinel.evaluate.detector.panel import Expectation, Panel, ReasonCode, Verdicts
from sentinel.evaluate.detector.robust import judge_robust
from sentinel.evaluate.detector.windows import Counts

MEMORY_DAYS = 399
"""A verdict reads at most this many days before the judged one."""

BLOCK_CELLS = 1 << 17
"""Scopes times days handled at once: bounds the memory and keeps the work in the processor's cache."""

YOUNG_DAYS = 28
"""Known days from which a scope without a verdict lacks usable days, not age."""

Method = Literal["robust", "classic"]


def judge(
    panel: Panel,
    first: int,
    stop: int,
    *,
    z: float = 3.5,
    method: Method = "robust",
    window: int = 28,
) -> Verdicts:
    """Judge the columns [first, stop) of every scope, each from the 399 columns before it and itself.

    `z` says how unusual a finding must be; the baseline does not depend on it. `window` is the number of
    days that `classic` looks back; `robust` has windows of its own.
    Raises ValueError when the columns are not within the panel, or z or window are not positive.
    """
    scopes, days = panel.cost.shape
    if not 0 <= first <= stop <= days:
        msg = f"judge: columns [{first}, {stop}) are not within the panel's {days} days"
        raise ValueError(msg)
    if not (z > 0 and 2 <= window < MEMORY_DAYS):  # noqa: PLR2004 - two days are the least that have a spread
        msg = f"judge: z must be above 0 and window from 2 to {MEMORY_DAYS - 1}, got {z} and {window}"
        raise ValueError(msg)
    verdicts = _blank(scopes, stop - first)
    begin = max(0, first - MEMORY_DAYS)
    step = max(1, BLOCK_CELLS // max(1, stop - begin))
    for top in range(0, scopes, step):
        rows = slice(top, min(top + step, scopes))
        history = read_history(panel, rows, begin, first, stop)
        judgement = judge_robust(history, z) if method == "robust" else judge_classic(history, z, window)
        _write(verdicts, rows, history, judgement, z)
    return verdicts


def _blank(scopes: int, days: int) -> Verdicts:
    shape = (scopes, days)
    return Verdicts(
        expected=np.full(shape, np.nan),
        lower=np.full(shape, np.nan),
        upper=np.full(shape, np.nan),
        score=np.full(shape, np.nan),
        used=np.zeros(shape, np.int32),
        left_out=np.zeros(shape, np.int32),
        code=np.full(shape, ReasonCode.JUDGED, np.uint8),
        basis=np.full(shape, Expectation.NONE, np.uint8),
    )


def _write(verdicts: Verdicts, rows: slice, history: History, judgement: Judgement, z: float) -> None:
    cost = history.cost[len(history.cost) - history.judged :]
    code = _reasons(history, judgement)
    silent = code != ReasonCode.JUDGED
    bounds = agreeing_bounds(judgement, cost, z)
    for target, values in (
        (verdicts.expected, np.maximum(judgement.expected, 0.0)),
        (verdicts.lower, bounds.lower),
        (verdicts.upper, bounds.upper),
        (verdicts.score, judgement.score),
    ):
        target[rows] = np.where(silent, np.nan, values).T
    verdicts.used[rows] = judgement.used.T
    verdicts.left_out[rows] = judgement.left_out.T
    verdicts.code[rows] = code.T
    verdicts.basis[rows] = np.where(silent, Expectation.NONE, judgement.basis).T


def _reasons(history: History, judgement: Judgement) -> NDArray[np.uint8]:
    """Return the first reason that holds against a verdict, for each day and scope."""
    judged = slice(len(history.cost) - history.judged, None)
    cost, begun = history.cost[judged], history.begun[judged]
    young = Counts(history.counted).before(YOUNG_DAYS)[judged] < YOUNG_DAYS
    return np.select(
        [
            ~history.known[judged],
            cost < 0,
            ~begun & (cost == 0),
            ~begun,
            judgement.told,
            ~judgement.judged & young,
            ~judgement.judged,
        ],
        [
            ReasonCode.UNKNOWN_DAY,
            ReasonCode.NEGATIVE_COST,
            ReasonCode.NOT_STARTED,
            ReasonCode.FIRST_CHARGE,
            ReasonCode.TOLD_NORMAL,
            ReasonCode.TOO_YOUNG,
            ReasonCode.TOO_FEW_DAYS,
        ],
        ReasonCode.JUDGED,
    ).astype(np.uint8)
