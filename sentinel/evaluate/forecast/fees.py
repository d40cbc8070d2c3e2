"""Fees: an excess that recurs on the same day of the month; and what other spikes cost on a usual day."""

from dataclasses import dataclass
from itertools import count, dropwhile, islice, takewhile

import numpy as np

from sentinel.evaluate.forecast.excess import Excess
from sentinel.evaluate.forecast.history import Floats, History, decayed_sum, months_before

MONTHS = 6
FEE_SHARE = 0.6
FEE_TIMES = 2
"""A fee has come twice, and in 60% of the last six months; on the 1st, where fees are usual, once suffices."""

RARE_KEEP = 0.995
"""Spikes without a rhythm are spread over some two hundred days."""


@dataclass(frozen=True, slots=True, eq=False)
class Fees:
    """[days, series] each: the fee that every day was expected to bring, and what other spikes cost a day."""

    past: Floats
    rate: Floats


def read_fees(history: History, excess: Excess) -> Fees:
    """The fees of the days of the history."""
    past = np.zeros_like(excess.size)
    for row in range(28, history.days):
        past[row] = fee_on(history, excess, row, row - 1)
    rate = decayed_sum(np.maximum(excess.size - past, 0.0), RARE_KEEP) * (1 - RARE_KEEP)
    return Fees(past, rate)


def fee_on(history: History, excess: Excess, row: int, origin: int) -> Floats:
    """[series]: the fee expected on a day, which may lie ahead, by what is known at the end of the day `origin`."""
    day = history.day(row)
    rows = (row - (day - months_before(day, back)).days for back in count(1))
    ended = dropwhile(lambda past: past > origin, rows)
    past = list(takewhile(lambda past: past >= 0, islice(ended, MONTHS)))
    sizes, known = excess.size[past], history.known[past]
    times, chances = np.count_nonzero(sizes > 0, axis=0), np.count_nonzero(known, axis=0)
    is_fee = (times >= FEE_TIMES) & (times >= FEE_SHARE * chances)
    if day.day == 1:
        is_fee |= (times > 0) & (chances == 1)
    return np.where(is_fee, sizes.sum(axis=0) / np.maximum(chances, 1), 0.0)
