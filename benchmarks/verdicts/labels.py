"""The words of the benchmark: a labelled series, its events, and a corpus of them on one calendar."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Kind(StrEnum):
    """What can happen to a series."""

    SPIKE = "spike"
    LEVEL_UP = "level up"
    LEVEL_DOWN = "level down"
    RAMP = "ramp"
    SLOW_RAMP = "slow ramp"
    DROP = "drop to zero"
    NEW = "new series"
    WEEKDAY_BREAK = "weekday break"
    LABEL = "labelled by people"


class Part(StrEnum):
    """Where a series comes from; figures are given for each part."""

    SYNTHETIC = "synthetic"
    REAL = "real, injected"
    LABELLED = "real, labelled"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that a person wants to hear of.

    onset, last: the first and the last day that differ, counted from the corpus' first day; a change for
    good has the series' last day. size: the factor on the cost, 0 for a drop.
    """

    kind: Kind
    onset: int
    last: int
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSeries:
    """One daily series: cost is [days] from column `begin` of the corpus on, NaN where unknown."""

    part: Part
    background: str
    begin: int
    cost: Floats
    events: tuple[Event, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Series on one calendar: cost and known are [series, days]; row i belongs to series[i]."""

    first_day: date
    series: tuple[LabelledSeries, ...]
    cost: Floats
    known: Flags


def corpus_of(first_day: date, series: list[LabelledSeries]) -> Corpus:
    """Lay the series beside one another; a day that is NaN or outside its series is unknown."""
    days = max(one.begin + len(one.cost) for one in series)
    cost = np.full((len(series), days), np.nan)
    for row, one in enumerate(series):
        cost[row, one.begin : one.begin + len(one.cost)] = one.cost
    known = np.isfinite(cost)
    return Corpus(first_day, tuple(series), np.where(known, cost, 0.0), known)
