"""What is foreseen of a budget's period: the total of each scope, and the levels that it is likely to exceed.

A level is foreseen by what `alarm_states` says of the settled days of the period, judged one after the other by what
was settled on each. A restated day changes what is read of it and of all days after it, as it does with every verdict:
so what is foreseen follows from the history alone, and an alert needs no memory of its own. The figures that are told
are those of the newest covered day: the running totals of unsettled days can only raise them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.forecasts import BudgetForecast, TooYoung
from sentinel.domain.periods import Period
from sentinel.evaluate.budgets.alarms import first_look, read_alarms
from sentinel.evaluate.budgets.amounts import Amounts
from sentinel.evaluate.budgets.within_reach import within_reach
from sentinel.evaluate.context import Context
from sentinel.evaluate.forecast import REARMED_BELOW, SETTLED_DAYS, Forecasts, probability_above
from sentinel.evaluate.foretold import FEW_SERIES
from sentinel.evaluate.groups import Groups
from sentinel.rules.model import Budget

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Foresight:
    """What is foreseen, by the scope's row.

    `foreseen` are the names of the levels that are not reached and likely to be exceeded, the highest first.
    A row without a forecast that is not `too_young` was not looked at: its period is over, it has no amount, or, of
    many scopes, its levels are reached or far out of reach.
    """

    forecasts: Mapping[int, BudgetForecast] = field(default_factory=dict)
    too_young: Mapping[int, TooYoung] = field(default_factory=dict)
    foreseen: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


NOTHING_FORESEEN = Foresight()


def foresee(
    rule: Budget, context: Context, groups: Groups, spend: Floats, period: Period, amounts: Amounts
) -> Foresight:
    """Forecast the scopes of a budget whose period has begun and is not settled up to its last day.

    `spend` is [scopes, days]. Credits and support count as they stand: usage alone is foretold.
    """
    matrix = context.matrix
    first, stop = max(0, matrix.column(period.first)), min(matrix.days, matrix.column(period.last) + 1)
    if not rule.is_foreseeable or first >= stop:
        return NOTHING_FORESEEN
    names, levels = _levels(rule, amounts)
    covered, settled = groups.covered[:, first:stop], groups.settled[:, first:stop]
    runs = covered.any(axis=1) & ~np.isnan(amounts.values)
    if matrix.day(stop - 1) == period.last:
        runs &= ~settled[:, -1]
    few = sum(map(len, groups.members)) <= FEW_SERIES
    if not few:
        runs &= within_reach(matrix, groups, spend, period, levels)
    rows = np.flatnonzero(runs)
    if rows.size == 0:
        return NOTHING_FORESEEN
    credit = np.sum((spend - groups.cost)[rows, first:stop], axis=1, where=covered[rows])
    spent = np.sum(spend[rows, first:stop], axis=1, where=covered[rows])
    ahead = levels[:, rows] - credit

    members = [groups.members[row] for row in rows]

    everyone = np.arange(rows.size)

    def ask(places: NDArray[np.int64], columns: Sequence[int]) -> Forecasts:
        return context.survey.foretold.at(matrix, period, members, places, columns)

    newest = first + int(np.flatnonzero(covered[rows].any(axis=0))[-1])
    if few and rule.forecast:
        # What the alarms will ask for first: reading the history once for all of it is half of the work.
        ask(everyone, [newest, *range(*first_look(settled[rows], first))])
    now = ask(everyone, [newest])
    alarms = np.zeros(ahead.shape, np.bool_)
    if rule.forecast:
        # Running totals only raise a forecast: what is unlikely with them was so on the newest settled day.
        likely = np.flatnonzero(probability_above(now, ahead.min(axis=0)[:, None])[:, 0] >= REARMED_BELOW)
        alarms[:, likely] = read_alarms(ask, likely, ahead[:, likely], settled[rows[likely]], first)
    alarms &= levels[:, rows] > spent
    shown = _shown(alarms, levels[:, rows], spent)
    weighed = levels[shown, rows]
    chances = probability_above(now, (weighed - credit)[:, None])[:, 0]
    told = np.flatnonzero(~now.refused[:, 0]).tolist()
    return Foresight(
        forecasts={
            int(rows[place]): BudgetForecast(
                total=float(now.total[place, 0] + credit[place]),
                lower=float(now.lower[place, 0] + credit[place]),
                upper=float(now.upper[place, 0] + credit[place]),
                level=float(weighed[place]),
                chance=float(chances[place]),
                fees=float(now.fees[place, 0]),
                shape=float(now.shape[place, 0]),
                days_left=int(now.days_left[0]),
                missing_days=int(now.missing_days[place, 0]),
            )
            for place in told
        },
        too_young={
            int(rows[place]): TooYoung(int(now.settled_days[place, 0]), SETTLED_DAYS)
            for place in np.flatnonzero(now.refused[:, 0])
        },
        foreseen={
            int(rows[place]): tuple(names[level] for level in np.flatnonzero(alarms[:, place])[::-1])
            for place in told
            if alarms[:, place].any()
        },
    )


def _levels(rule: Budget, amounts: Amounts) -> tuple[tuple[str, ...], Floats]:
    """The names of the levels, and [levels, scopes] what they are; the amount itself where the rule names none."""
    if not rule.forecast:
        return ("100%",), amounts.values[None]
    shares = np.array([[threshold.percent or np.nan] for threshold in rule.forecast])
    fixed = np.array([[threshold.amount or np.nan] for threshold in rule.forecast])
    unknown = np.isnan(amounts.values)
    levels = np.where(np.isnan(fixed), shares * amounts.values, np.where(unknown, np.nan, fixed))
    return tuple(map(str, rule.forecast)), np.asarray(levels, np.float64)


def _shown(alarms: NDArray[np.bool_], levels: Floats, spent: Floats) -> NDArray[np.int64]:
    """[scopes]: which level the probability is told of: the highest foreseen one, else the next, else the highest."""
    heights = np.where(alarms, levels, -np.inf)
    ahead = np.where(levels > spent, levels, np.inf)
    following = np.where(np.isinf(ahead).all(axis=0), levels.argmax(axis=0), ahead.argmin(axis=0))
    return np.asarray(np.where(alarms.any(axis=0), heights.argmax(axis=0), following), np.int64)
