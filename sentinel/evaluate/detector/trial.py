"""One test of one side, and how several are read as one score and one band.

Towards a side (costs mirrored for drops) a test fires when today and the days before it that belong to the
test all lie beyond `reference` by more than z / 3.5 x `step`. So it is a bound on today's cost, in force
where the days before have met it, and its score is 3.5 x the least distance / step.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.panel import Expectation
from sentinel.evaluate.detector.selection import Singles
from sentinel.evaluate.detector.windows import last

Scalar = TypeVar("Scalar", bound=np.generic)

DEFAULT_Z = 3.5
"""The z at which a step is exactly the tuned threshold."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """One test of every day, [days, scopes], in log cost towards a side; NaN where it cannot be made.

    reference: where today's distance is 0. earlier: the least distance of the days before; None: today alone
    counts. step: the distance at which it fires with z = 3.5. level: what the cost would usually be.
    """

    reference: Singles
    earlier: Singles | None
    step: Singles
    level: Singles
    basis: NDArray[np.uint8] | Expectation

    def last(self, days: int) -> "Trial":
        """Return the trial of the last days alone."""
        return Trial(
            reference=last(self.reference, days),
            earlier=None if self.earlier is None else last(self.earlier, days),
            step=last(self.step, days),
            level=last(self.level, days),
            basis=self.basis if isinstance(self.basis, Expectation) else last(self.basis, days),
        )

    def silenced(self, days: NDArray[np.bool_]) -> "Trial":
        """Return the trial unable to fire on some days; the test of a single day is left as it is."""
        if self.earlier is None:
            return self
        return replace(self, earlier=np.where(days, np.float32(-np.inf), self.earlier))


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the trials of one side say: score >= 0, bound and level in log cost towards the side."""

    score: Singles
    bound: Singles
    level: Singles
    basis: NDArray[np.uint8]

    def replaced(self, scopes: NDArray[np.intp], cells: NDArray[np.bool_], other: "Reading") -> "Reading":
        """Return the reading with another one's cells for some scopes; cells is [days, those scopes]."""

        def merged(mine: NDArray[Scalar], others: NDArray[Scalar]) -> NDArray[Scalar]:
            result = mine.copy()
            result[:, scopes] = np.where(cells, others, mine[:, scopes])
            return result

        return Reading(
            merged(self.score, other.score),
            merged(self.bound, other.bound),
            merged(self.level, other.level),
            merged(self.basis, other.basis),
        )


def score_of(trial: Trial, today: Singles) -> Singles:
    """Return the score of each day, 0 where the test cannot be made or nothing lies beyond."""
    distance = today - trial.reference
    if trial.earlier is not None:
        distance = np.minimum(distance, trial.earlier)
    score: Singles = np.fmax(distance / trial.step * np.float32(DEFAULT_Z), np.float32(0.0))
    return score


def read_trials(trials: Iterable[Trial], today: Singles, z: float) -> Reading:
    """Return the highest score of the trials, the level it is measured from, and the innermost bound."""
    best: Reading | None = None
    for trial in trials:
        score = score_of(trial, today)
        reach = trial.step * np.float32(z / DEFAULT_Z)
        bound = trial.reference + reach
        if trial.earlier is not None:
            bound = np.where(trial.earlier > reach, bound, np.float32(np.inf))
        bound = np.where(np.isnan(bound), np.float32(np.inf), bound)
        basis = np.broadcast_to(np.asarray(trial.basis, np.uint8), score.shape)
        if best is None:
            best = Reading(score, bound, trial.level, basis)
            continue
        higher = score > best.score
        best = Reading(
            score=np.where(higher, score, best.score),
            bound=np.minimum(bound, best.bound),
            level=np.where(higher, trial.level, best.level),
            basis=np.where(higher, basis, best.basis),
        )
    if best is None:
        raise ValueError("read_trials: no trial given")
    return best
