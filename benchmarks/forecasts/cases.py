"""The cases: months of single series, of groups of 5 to 30, and of whole accounts, from the corpora of the verdicts.

An account covers every day: a series that has not begun yet, or has ended, costs nothing there. A single series and the
members of a group live until the month's end; the series of an account come and go.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from benchmarks.verdicts.corpus import median_spend
from benchmarks.verdicts.labels import Corpus, Flags, Floats, LabelledSeries, Part, corpus_of
from benchmarks.verdicts.real import RealSeries
from sentinel.domain.periods import Period, PeriodKind, period_of

MONTHS = 4
SINGLES = 16
GROUPS = 8
ACCOUNTS = 2
GROUP_SIZES = (5, 31)
ACCOUNT_SIZE = 100
MEMORY = 400
MATURE_DAYS = 45
FEWEST = 5
"""A month with fewer scopes is passed over."""

LEAST_DAYS = 60
"""The corpus has so many days before the first month that is forecast."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope of a world: its class, the series that it sums, and its age in days at the month's start."""

    kind: str
    name: str
    members: NDArray[np.int64]
    age: int
    total: float

    @property
    def mature(self) -> bool:
        """Whether it has 45 days before the month."""
        return self.age >= MATURE_DAYS


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """One month of one corpus: cost and known are [series, days], and end with the month's last day."""

    first_day: date
    period: Period
    cost: Floats
    known: Flags
    scopes: tuple[Scope, ...]

    def column(self, day: int) -> int:
        """The column of a day of the month."""
        return (self.period.first - self.first_day).days + day - 1


def worlds_of(corpus: Corpus, seed: int, months: int = MONTHS, fewest: int = FEWEST) -> Iterator[World]:
    """Some months of a corpus, each with its scopes."""
    random = np.random.default_rng([seed, 50])
    periods = [period for period in _whole_months(corpus) if _alive(corpus, period).size]
    if not periods:
        return
    alive = np.array([_alive(corpus, period).size for period in periods], float)
    order = random.choice(len(periods), len(periods), replace=False, p=alive / alive.sum())
    worlds = (_world(corpus, periods[place], random) for place in order.tolist())
    yield from islice((world for world in worlds if len(world.scopes) >= fewest), months)


def real_worlds(real: list[RealSeries], seed: int, months: int = MONTHS) -> Iterator[World]:
    """Some months of each source of real series, on their own calendar, rescaled to bills; no events are added."""
    random = np.random.default_rng([seed, 51])
    for source in sorted({one.source for one in real}):
        family = [one for one in real if one.source == source]
        first_day = min(one.first_day for one in family)
        series = []
        for one in family:
            value = one.value * median_spend(random) / max(float(np.nanmedian(one.value)), 1e-9)
            series.append(LabelledSeries(Part.REAL, source, (one.first_day - first_day).days, value, ()))
        yield from worlds_of(corpus_of(first_day, series), seed, months, fewest=1)


def _whole_months(corpus: Corpus) -> list[Period]:
    days = [corpus.first_day + timedelta(days=column) for column in range(LEAST_DAYS, corpus.cost.shape[1])]
    periods = sorted({period_of(PeriodKind.MONTH, day) for day in days})
    return [period for period in periods if period.first >= days[0] and period.last <= days[-1]]


def _alive(corpus: Corpus, period: Period) -> NDArray[np.int64]:
    """The series that have begun by the 5th of the month, and are known until its end."""
    start, stop = (period.first - corpus.first_day).days, (period.last - corpus.first_day).days + 1
    begun = np.array(
        [one.begin < start + 5 and bool((one.cost[: start + 5 - one.begin] > 0).any()) for one in corpus.series]
    )
    ends = np.array([one.begin + len(one.cost) for one in corpus.series])
    known = np.array(
        [
            bool(np.isfinite(one.cost[max(0, start - one.begin) : max(0, stop - one.begin)]).all())
            for one in corpus.series
        ]
    )
    return np.flatnonzero(begun & known & (ends >= stop))


def _world(corpus: Corpus, period: Period, random: np.random.Generator) -> World:
    start, stop = (period.first - corpus.first_day).days, (period.last - corpus.first_day).days + 1
    begin = max(0, start - MEMORY)
    inside = np.zeros(corpus.cost.shape, np.bool_)
    for row, one in enumerate(corpus.series):
        inside[row, one.begin : one.begin + len(one.cost)] = True
    cost, known = corpus.cost[:, :stop], (corpus.known | ~inside)[:, :stop]
    first = np.array([np.argmax(row > 0) if (row > 0).any() else stop for row in cost])
    alive = _alive(corpus, period)
    chosen: list[tuple[str, NDArray[np.int64]]] = []
    chosen += [("single", np.array([row])) for row in random.permutation(alive)[:SINGLES]]
    for _ in range(GROUPS if len(alive) >= GROUP_SIZES[0] else 0):
        size = min(int(random.integers(*GROUP_SIZES)), len(alive))
        chosen.append(("group", np.sort(random.permutation(alive)[:size])))
    if len(cost) >= ACCOUNT_SIZE:
        chosen += [("account", part) for part in np.array_split(random.permutation(len(cost)), ACCOUNTS)]
    scopes = []
    for kind, members in chosen:
        total = float(cost[members, start:stop].sum())
        if total <= 0 or not known[members, start:stop].all():
            continue
        name = corpus.series[members[0]].background if kind == "single" else kind
        scopes.append(Scope(kind, name, members, start - int(first[members].min()), total))
    return World(corpus.first_day + timedelta(days=begin), period, cost[:, begin:], known[:, begin:], tuple(scopes))
