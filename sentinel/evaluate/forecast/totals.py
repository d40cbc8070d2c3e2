"""The door: a period's total for many scopes, as it could be told at the end of one day or of each of several."""

from collections.abc import Iterator, Sequence

import numpy as np

from sentinel.domain.periods import Period
from sentinel.evaluate.forecast.batch import read_batch
from sentinel.evaluate.forecast.distribution import SETTLED_DAYS, Forecasts
from sentinel.evaluate.forecast.history import Columns
from sentinel.evaluate.forecast.plan import DailyCosts, Plan, plan_of
from sentinel.evaluate.forecast.spread import Learned

BATCH_SCOPES = 512
"""Scopes whose past errors are held at once: bounds the memory."""


def forecast_totals(costs: DailyCosts, scopes: Sequence[Columns], period: Period, asked: Sequence[int]) -> Forecasts:
    """Forecast the total of `period` for each scope, at the end of each asked column from the columns up to it.

    `scopes` holds the rows of each scope's series. To ask for a day in the past as it was known then, ask for the last
    column that was settled on that day: the running totals of that day are no longer known.
    Raises ValueError where nothing is asked for, or a column that `costs` has not.
    """
    plan = plan_of(costs, period, asked)
    told = _blank(len(scopes), plan)
    typical = np.zeros(told.total.shape)
    is_sum = np.array([len(scope) > 1 for scope in scopes], np.bool_)
    learned = [(Learned(of_sums=False), Learned(of_sums=True)) for _ in plan.asked]
    for batch in _batches(len(scopes)):
        sums = read_batch(costs, scopes[batch], plan)
        for target, values in (
            (told.total, np.maximum(sums.expected, sums.spent)),
            (told.spent, sums.spent),
            (told.fees, sums.fees),
            (told.shape, sums.shape),
            (told.settled_days, sums.settled_days),
            (told.missing_days, sums.missing_days),
        ):
            target[batch] = values
        for place, one in enumerate(plan.asked):
            misses = sums.misses(place, one)
            typical[batch, place] = misses.typical
            for sort, one_sort in enumerate(learned[place]):
                if (chosen := is_sum[batch] == bool(sort)).any():
                    one_sort.add(misses, chosen)
    told.total[told.settled_days < SETTLED_DAYS] = np.nan
    for place, sorts in enumerate(learned):
        reaches = [one_sort.reach() for one_sort in sorts]
        down, up = (np.where(is_sum, reaches[1][side], reaches[0][side]) for side in (0, 1))
        total, spent = told.total[:, place], told.spent[:, place]
        told.lower[:, place] = np.maximum(total + down * typical[:, place], np.minimum(spent, total))
        told.upper[:, place] = total + up * typical[:, place]
    return told


def _batches(scopes: int) -> Iterator[slice]:
    return (slice(top, min(top + BATCH_SCOPES, scopes)) for top in range(0, scopes, BATCH_SCOPES))


def _blank(scopes: int, plan: Plan) -> Forecasts:
    shape = (scopes, len(plan.asked))
    return Forecasts(
        total=np.full(shape, np.nan),
        lower=np.full(shape, np.nan),
        upper=np.full(shape, np.nan),
        spent=np.zeros(shape),
        fees=np.zeros(shape),
        shape=np.zeros(shape),
        settled_days=np.zeros(shape, np.int64),
        missing_days=np.zeros(shape, np.int64),
        days_left=np.array([one.days_left for one in plan.asked]),
    )
