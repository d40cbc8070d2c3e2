"""What became of a pull."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """`stored`: its answer is history. `kept_aside`: it looked wrong and changed nothing. `failed`: no usable answer.

    `retried`: no usable answer either, but the same question was asked again at once; what came of it is the next pull.
    """

    STORED = "stored"
    KEPT_ASIDE = "kept_aside"
    FAILED = "failed"
    RETRIED = "retried"
