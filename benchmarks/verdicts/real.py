"""Real daily series from a file named on the command line: with injected events, and as people labelled them.

The file has the columns source, series, date, value, label (1 an anomalous day, 0 a normal one, else empty).
It is never part of the project.
"""

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.verdicts.corpus import EVENTFUL_SHARE, LONGEST, SHORTEST, median_spend
from benchmarks.verdicts.events import with_events
from benchmarks.verdicts.labels import Corpus, Event, Flags, Floats, Kind, LabelledSeries, Part, corpus_of

GOOD_YEAR = 364
"""Moving a series by whole multiples of 364 days keeps its weekdays and nearly its season."""

FIRST_DAY = date(2007, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class RealSeries:
    """One real series from its first day on; labelled: a person looked at each day."""

    source: str
    name: str
    first_day: date
    value: Floats
    anomalous: Flags
    labelled: bool


def read_real(path: Path) -> list[RealSeries]:
    """Read a (gzipped) CSV file of real series; a day without a value is unknown."""
    opener = gzip.open if path.suffix == ".gz" else open
    rows: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["source"], row["series"]].append(row)
    return [_real_series(source, name, found) for (source, name), found in rows.items()]


def injected_corpus(real: list[RealSeries], seed: int, *, dense: bool = False) -> Corpus:
    """Return a stretch of each unlabelled series, rescaled to a bill, with events in 60% of them."""
    random = np.random.default_rng([seed, 21])
    series = []
    for one in real:
        if one.labelled:
            continue
        length = int(random.integers(SHORTEST, min(LONGEST, len(one.value)) + 1))
        start = int(random.integers(0, len(one.value) - length + 1))
        begin = ((one.first_day - FIRST_DAY).days + start) % GOOD_YEAR
        weekday = (np.arange(length) + begin + FIRST_DAY.weekday()) % 7
        cost = one.value[start : start + length]
        cost = cost * median_spend(random) / max(float(np.nanmedian(cost)), 1e-9)
        events: tuple[Event, ...] = ()
        if random.random() < EVENTFUL_SHARE:
            changed = with_events(random, cost, weekday.astype(float), begin, dense=dense)
            cost, events = changed.cost, changed.events
        series.append(LabelledSeries(Part.REAL, one.source, begin, cost, events))
    return corpus_of(FIRST_DAY, series)


def labelled_corpus(real: list[RealSeries]) -> Corpus:
    """Return the labelled series, rescaled to 100 a day; each run of labelled days is one event."""
    series = []
    for one in real:
        if not one.labelled:
            continue
        begin = (one.first_day - FIRST_DAY).days % GOOD_YEAR
        cost = 100 * one.value / max(float(np.nanmedian(one.value)), 1e-9)
        edges = np.diff(np.concatenate([[0], one.anomalous.astype(int), [0]]))
        events = tuple(
            Event(Kind.LABEL, begin + int(onset), begin + int(end) - 1, float("nan"))
            for onset, end in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
        )
        series.append(LabelledSeries(Part.LABELLED, one.source, begin, cost, events))
    return corpus_of(FIRST_DAY, series)


def _real_series(source: str, name: str, rows: list[dict[str, str]]) -> RealSeries:
    dates = [date.fromisoformat(row["date"]) for row in rows]
    first_day = min(dates)
    value = np.full((max(dates) - first_day).days + 1, np.nan)
    anomalous = np.zeros(len(value), bool)
    for day, row in zip(dates, rows, strict=True):
        value[(day - first_day).days] = float(row["value"] or "nan")
        anomalous[(day - first_day).days] = row["label"] == "1.0"
    return RealSeries(source, name, first_day, value, anomalous, any(row["label"] for row in rows))
