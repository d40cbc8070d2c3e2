"""What is compared: a method gives each day a score; a day is flagged where it lies above the threshold."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.verdicts.labels import Corpus, Flags, Floats
from sentinel.evaluate.detector import Panel, ReasonCode, judge

LEAST_CHANGE = 1.0
"""No method flags a day that differs by 1 currency unit or less from what it expects; a rule's min_change."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """A method's answer, [series, days]: how unusual each day is, 0 where it does not judge.

    certain: days flagged whatever the threshold (a first charge).
    """

    score: Floats
    certain: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A method and the threshold that it is used with when nobody has tuned it."""

    name: str
    threshold: float
    judge: Callable[[Corpus], Scores]
    most_series: int | None = None
    """More series than these take it too long."""

    def flagged(self, scores: Scores, threshold: float | None = None) -> Flags:
        """Return the flagged days under its own or another threshold."""
        limit = self.threshold if threshold is None else threshold
        return (scores.score > limit) | scores.certain


def sentinel(z: float = 3.5, *, method: str = "robust") -> Method:
    """Return sentinel's own verdicts; a first charge counts, as its new_spend rule tells it."""

    def verdicts(corpus: Corpus) -> Scores:
        panel = Panel(
            corpus.first_day,
            corpus.cost,
            corpus.known,
            np.zeros_like(corpus.known),
            np.zeros(len(corpus.cost), np.int64),
        )
        given = judge(panel, 0, corpus.cost.shape[1], method="classic" if method == "classic" else "robust")
        large = np.abs(corpus.cost - given.expected) > LEAST_CHANGE
        return Scores(np.where(large, np.abs(np.nan_to_num(given.score)), 0.0), given.code == ReasonCode.FIRST_CHARGE)

    return Method("sentinel" if method == "robust" else f"sentinel, {method}", z, verdicts)


def z_score(days: int = 30) -> Method:
    """Return the z-score over the days before, threshold 3."""

    def scores(cost: Floats) -> Floats:
        before = _before(cost, days)
        return _distance(cost, np.nanmean(before, 1), np.nanstd(before, 1, ddof=1))

    return Method(f"z over {days} days > 3", 3.0, _by_series(scores))


def median_mad(days: int = 28) -> Method:
    """Return the median/MAD score over the days before, threshold 3.5."""

    def scores(cost: Floats) -> Floats:
        before = _before(cost, days)
        middle = np.nanmedian(before, 1)
        return _distance(cost, middle, 1.4826 * np.nanmedian(np.abs(before - middle[:, None]), 1))

    return Method(f"median/MAD over {days} days > 3.5", 3.5, _by_series(scores))


def week_over_week() -> Method:
    """Return the change against the same weekday a week before, threshold 50%."""

    def scores(cost: Floats) -> Floats:
        week_ago = np.concatenate([np.full(7, np.nan), cost[:-7]])
        change = np.abs(cost - week_ago)
        return np.where(change > LEAST_CHANGE, 100 * change / np.maximum(week_ago, 1e-9), 0.0)

    return Method("week over week 50%", 50.0, _by_series(scores))


def per_series(
    name: str, threshold: float, scores: Callable[[Floats], Floats], *, most_series: int | None = None
) -> Method:
    """Return a method that scores one series after another, each from its first day on."""
    return Method(name, threshold, _by_series(scores), most_series)


def _by_series(scores: Callable[[Floats], Floats]) -> Callable[[Corpus], Scores]:
    def judged(corpus: Corpus) -> Scores:
        result = np.zeros(corpus.cost.shape)
        for row, series in enumerate(corpus.series):
            with np.errstate(all="ignore"), warnings.catch_warnings():
                # An empty window is NaN, and not judged; what libraries say of each other is none of ours.
                warnings.simplefilter("ignore")
                found = scores(series.cost)
            result[row, series.begin : series.begin + len(series.cost)] = np.nan_to_num(found, posinf=1e9)
        return Scores(result, np.zeros(corpus.cost.shape, np.bool_))

    return judged


def _before(cost: Floats, days: int) -> Floats:
    """Return the days before each day, [days, window], NaN where there are none."""
    padded = np.concatenate([np.full(days, np.nan), cost])
    return sliding_window_view(padded, days)[:-1]


def _distance(cost: Floats, middle: Floats, scale: Floats) -> Floats:
    distance = np.abs(cost - middle)
    return np.where(distance > LEAST_CHANGE, distance / np.maximum(scale, 1e-9), 0.0)
