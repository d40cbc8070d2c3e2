"""What became of a pull."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """`stored`: its answer is history. `kept_aside`: it looked wrong and changed nothing. `failed`: no usable answer."""

    STORED = "stored"
    KEPT_ASIDE = "kept_aside"
    FAILED = "failed"
