"""The synthetic corpus of one seed: 400 series, and pairs of tiers judged as the family that they are.

Backgrounds in equal shares, 30 to 400 days, a median spend of 5 to 3,000 a day, events in 60% of the series.
"""

from datetime import date, timedelta

import numpy as np

from benchmarks.verdicts.backgrounds import BACKGROUNDS, Days, calendar, noise, weekly
from benchmarks.verdicts.events import with_events
from benchmarks.verdicts.labels import Corpus, Floats, LabelledSeries, Part, corpus_of

SERIES = 400
FAMILIES = 20
EVENTFUL_SHARE = 0.6
LONGEST = 400
SHORTEST = 30
EPOCH = date(2021, 1, 1)


def synthetic_corpus(seed: int, *, dense: bool = False) -> Corpus:
    """Return the corpus of a seed; `dense` puts the events 8 to 70 days apart."""
    random = np.random.default_rng([seed, 20])
    first_day = EPOCH + timedelta(days=int(random.integers(0, 4 * 365)))
    days = calendar(first_day, LONGEST)
    series = [_series(random, row, days, dense=dense) for row in range(SERIES)]
    series += [_tier_family(random, days, dense=dense) for _ in range(FAMILIES)]
    return corpus_of(first_day, series)


def median_spend(random: np.random.Generator) -> float:
    """Draw a median spend from 5 to 3,000 a day, log-uniform."""
    return float(np.exp(random.uniform(np.log(5), np.log(3000))))


def _series(random: np.random.Generator, row: int, days: Days, *, dense: bool) -> LabelledSeries:
    length = int(random.integers(SHORTEST, LONGEST + 1))
    begin = int(random.integers(0, LONGEST - length + 1))
    own = Days(*(part[begin : begin + length] for part in (days.weekday, days.day_of_month, days.month)))
    background = BACKGROUNDS[row % len(BACKGROUNDS)](random, own)
    cost = median_spend(random) * background.mean * noise(random, length, background.deviation)
    return _labelled(random, background.name, begin, cost, own.weekday, dense=dense)


def _tier_family(random: np.random.Generator, days: Days, *, dense: bool) -> LabelledSeries:
    """Tier 1 until a monthly volume, then Tier 2 at 50 to 95% of the price; the family is their sum."""
    length = int(random.integers(SHORTEST * 3, LONGEST + 1))
    begin = int(random.integers(0, LONGEST - length + 1))
    own = Days(*(part[begin : begin + length] for part in (days.weekday, days.day_of_month, days.month)))
    usage = weekly(random, own).mean if random.random() < 0.5 else np.ones(length)
    volume = usage * noise(random, length, random.uniform(0.02, 0.1))
    limit, price = random.uniform(6, 25), random.uniform(0.5, 0.95)
    so_far = np.zeros(length)
    for day in range(length):
        before = so_far[day - 1] if day and own.day_of_month[day] != 1 else 0.0
        so_far[day] = before + volume[day]
    dearer = np.clip(limit - (so_far - volume), 0, volume)
    cost = median_spend(random) * (dearer + price * (volume - dearer))
    return _labelled(random, "tier family", begin, cost, own.weekday, dense=dense)


def _labelled(
    random: np.random.Generator, name: str, begin: int, cost: Floats, weekday: Floats, *, dense: bool
) -> LabelledSeries:
    if random.random() >= EVENTFUL_SHARE:
        return LabelledSeries(Part.SYNTHETIC, name, begin, cost, ())
    changed = with_events(random, cost, weekday, begin, dense=dense)
    return LabelledSeries(Part.SYNTHETIC, name, begin, changed.cost, changed.events)
