"""Fees: an excess that recurs on the same day of the month."""

import numpy as np

from sentinel.evaluate.forecast.excess import Excess
from sentinel.evaluate.forecast.history import Columns, Floats, History, same_days

MONTHS = 6
FEE_SHARE = 0.6
FEE_TIMES = 2
"""A fee has come twice, and in 60% of the last six months; on the 1st, where fees are usual, once suffices.

Of other large days nothing is expected: the likeliest month has none.
"""


def past_fees(history: History, excess: Excess) -> Floats:
    """[days, series]: the fee that each day was expected to bring, by what was known the day before."""
    rows = np.arange(history.days)
    return _fees(history, excess, rows, rows - 1)


def fees_ahead(history: History, excess: Excess, rows: Columns, origin: int) -> Floats:
    """[series]: the fees expected on some days ahead, by what is known at the end of the day `origin`."""
    return np.asarray(_fees(history, excess, rows, np.full(len(rows), origin)).sum(axis=0))


def _fees(history: History, excess: Excess, rows: Columns, newest: Columns) -> Floats:
    past = same_days(history.first_day, rows, newest, MONTHS)
    total = np.zeros((len(rows), excess.size.shape[1]))
    times, chances = np.zeros_like(total), np.zeros_like(total)
    for month in past:
        there = (month >= 0)[:, None] & history.known[month]
        size = np.where(there, excess.size[month], 0.0)
        total += size
        times += size > 0
        chances += there
    is_fee = (times >= FEE_TIMES) & (times >= FEE_SHARE * chances)
    is_first = np.array([history.day(row).day == 1 for row in rows.tolist()], np.bool_)
    is_fee[is_first] |= ((times > 0) & (chances == 1))[is_first]
    return np.where(is_fee, total / np.maximum(chances, 1), 0.0)
