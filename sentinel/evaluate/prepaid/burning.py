"""A commitment's term day by day: what was used of it, and what will be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np

from sentinel.domain.outlooks import Outlook
from sentinel.domain.pictures import BurnDay, BurnDown, ForecastDay, UsedUp
from sentinel.evaluate.prepaid.commitments import CommitmentNow, Doubt, Fate
from sentinel.evaluate.prepaid.drawdown import LEAST, MIDDLE, MOST, Prospect

FORECAST_DAYS = 60
"""About so many days of a forecast are given: a picture shows no more, and a term may be three years."""


def read_burn_down(now: CommitmentNow) -> BurnDown | None:
    """The term up to its newest covered day and on to its end; None where its days are not known one by one."""
    days = tuple(_days(now))
    if now.doubt in (Doubt.NOT_BEGUN, Doubt.MISSING_DAYS) or not days:
        return None
    heading = now.history and now.used_up_on is None
    outlook = now.outlook(Fate.EXHAUSTED) if heading else None
    return BurnDown(
        rule=now.rule.name,
        scope=now.scope,
        currency=now.currency,
        term=now.rule.days,
        amount=now.rule.amount,
        before=now.fund.before,
        days=days,
        forecast=tuple(_forecast(now, now.history[-1])) if heading else (),
        used_up=_used_up(now, outlook),
    )


def _days(now: CommitmentNow) -> Iterator[BurnDay]:
    use, fund = now.use, now.fund
    first, stop = max(0, use.column(fund.counted_from)), use.column(now.day) + 1
    covered = use.covered[first:stop]
    spent = fund.before + np.cumsum(np.where(covered, use.cost[first:stop], 0.0))
    settled = np.logical_and.accumulate(use.settled[first:stop] | ~covered)
    for place in range(len(covered)):
        yield BurnDay(use.day(first + place), float(spent[place]), bool(settled[place]), bool(covered[place]))


def _forecast(now: CommitmentNow, newest: Prospect) -> Iterator[ForecastDay]:
    """The days after the newest covered one, the last of them that of the term; nobody gives back what is used."""
    for day in _ahead(now.day, now.rule.to):
        median, lower, upper = (max(now.spent, newest.spent_by(day, quantile)) for quantile in (MIDDLE, LEAST, MOST))
        yield ForecastDay(day, median, lower, upper)


def _ahead(newest: date, last: date) -> Iterator[date]:
    left = (last - newest).days
    step = max(1, left // FORECAST_DAYS)
    for back in range((left - 1) // step * step, -1, -step):
        yield last - timedelta(days=back)


def _used_up(now: CommitmentNow, outlook: Outlook | None) -> UsedUp | None:
    if now.used_up_on is not None:
        return UsedUp(now.used_up_on, now.used_up_on, now.used_up_on)
    if outlook is None or outlook.exhausted_on is None or outlook.earliest is None:
        return None
    return UsedUp(outlook.exhausted_on, outlook.earliest, outlook.latest)
