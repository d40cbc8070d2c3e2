"""What a method answers for one block, and how the shown bounds are made to agree with the score."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.detector.panel import Flags, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A method's answer for one block, all [judged days, scopes].

    judged: enough days for a verdict. told: the first day of a level that a person called normal.
    The others as in Verdicts, with any value where not judged.
    """

    expected: Floats
    lower: Floats
    upper: Floats
    score: Floats
    used: NDArray[np.int32]
    left_out: NDArray[np.int32]
    judged: Flags
    told: Flags
    basis: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Bounds:
    """The band around the expected cost: a cost is outside exactly where |score| is above z."""

    lower: Floats
    upper: Floats


def agreeing_bounds(judgement: Judgement, cost: Floats, z: float) -> Bounds:
    """Return the bounds around the expected cost, moved by a rounding error where they contradict the score.

    Bound and score are two roundings of one formula; the score decides, since it does not know z.
    """
    above, below = judgement.score > z, judgement.score < -z
    just_under, just_over = np.nextafter(cost, -np.inf), np.nextafter(cost, np.inf)
    upper = np.maximum(judgement.upper, judgement.expected)
    lower = np.minimum(judgement.lower, judgement.expected)
    upper = np.where(above, np.minimum(upper, just_under), np.maximum(upper, cost))
    lower = np.where(below, np.maximum(lower, just_over), np.minimum(lower, cost))
    return Bounds(lower=np.maximum(lower, 0.0), upper=upper)
