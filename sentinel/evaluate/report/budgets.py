"""The budgets that lie in a report's part: how they ended, how they stand, and where they are likely to end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.periods import Period
from sentinel.domain.reports import BudgetLine, BudgetLines
from sentinel.evaluate.budgets import amounts_in, counted_spend, period_spend
from sentinel.evaluate.context import Context
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.report.outlook import foretell
from sentinel.evaluate.report.part import Part
from sentinel.rules.model import Budget, CostBasis

SHOWN = 8
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Watched:
    """The scopes of a budget that lie wholly in the part: `rows` of `groups`; `spend` is [scopes, days]."""

    budget: Budget
    groups: Groups
    spend: NDArray[np.float64]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    line: BudgetLine
    budget: Budget
    members: NDArray[np.int64]


def budget_lines(context: Context, part: Part, told: Period) -> BudgetLines:
    """Each budget in its period that the last told day lies in, and in the running one where that is another.

    Of a daily budget the told days that were over it count. They come in the order of the rules, ended periods first,
    then the fullest first.
    """
    found: list[_Candidate] = []
    for budget in context.rules.budgets:
        candidates = _candidates(context, part, budget, told)
        found += sorted(candidates, key=lambda one: (one.line.running, -(one.line.share or 0.0)))
    shown = _fullest(found)
    lines = [one.line for one in shown]
    for period in dict.fromkeys(line.period for line in lines if line.running):
        places = [place for place, one in enumerate(shown) if one.line.period == period and _can_be_foretold(one)]
        foretold = foretell(context, [shown[place].members for place in places], period, _amounts(lines, places))
        for place, forecast in zip(places, foretold, strict=True):
            lines[place] = replace(lines[place], forecast=forecast)
    return BudgetLines(tuple(lines), len(found) - len(shown))


def _fullest(found: Sequence[_Candidate]) -> list[_Candidate]:
    """The fullest line of each budget, then the fullest of all, in the order in which they are told."""
    first: dict[tuple[str, bool], int] = {}
    for place, one in enumerate(found):
        first.setdefault((one.line.rule, one.line.running), place)
    leading = set(first.values())
    ordered = sorted(range(len(found)), key=lambda place: (place not in leading, -(found[place].line.share or 0.0)))
    return [found[place] for place in sorted(ordered[:SHOWN])]


def _amounts(lines: Sequence[BudgetLine], places: Sequence[int]) -> list[float]:
    return [lines[place].amount or 0.0 for place in places]


def _can_be_foretold(one: _Candidate) -> bool:
    """A forecast is one of usage."""
    return one.line.running and one.line.amount is not None and one.budget.cost is CostBasis.USAGE


def _candidates(context: Context, part: Part, budget: Budget, told: Period) -> Iterator[_Candidate]:
    groups = context.groups(budget)
    inside = tuple(row for row, members in enumerate(groups.members) if part.mask[members].all())
    watched = _Watched(budget, groups, counted_spend(budget, context.matrix, groups), inside)
    if budget.is_daily:
        yield from _daily(context, watched, told)
        return
    week_start = context.rules.settings.week_start
    days = (told.last,) if budget.is_rolling else (told.last, context.today)
    periods = dict.fromkeys(budget.period_on(day, week_start) for day in days)
    for period in periods:
        if period is not None:
            yield from _standing(context, watched, period)


def _standing(context: Context, watched: _Watched, period: Period) -> Iterator[_Candidate]:
    """How the scopes of a budget stand in one period."""
    amounts = amounts_in(watched.budget, period, context, watched.groups, watched.spend)
    for row in watched.rows:
        so_far = period_spend(context, watched.groups, watched.spend, row, period)
        if so_far is None:
            continue
        line = BudgetLine(
            rule=watched.budget.name,
            scope=watched.groups.scopes[row],
            period=period,
            running=period.last >= context.today and not watched.budget.is_rolling,
            spent=so_far.spent,
            amount=amounts.of(row),
            missing=amounts.hindrance(row),
            unknown_days=so_far.unknown_days,
        )
        yield _Candidate(line, watched.budget, watched.groups.members[row])


def _daily(context: Context, watched: _Watched, told: Period) -> Iterator[_Candidate]:
    """How many of the told days were over a daily budget; the figures are those of the dearest day."""
    by_scope: dict[str, list[_Candidate]] = {}
    for number in range(told.days):
        day = told.first + _DAY * number
        for one in _standing(context, watched, Period(day, day)):
            by_scope.setdefault(one.line.scope.key, []).append(one)
    for of_days in by_scope.values():
        judged = [one.line for one in of_days if one.line.amount is not None]
        over = [line for line in judged if (line.share or 0.0) >= 1.0]
        if over:
            dearest = max(over, key=lambda line: (line.share or 0.0, line.period.first))
            unknown = told.days - len(of_days)
            line = replace(dearest, running=False, over=len(over), judged=len(judged), unknown_days=unknown)
            yield replace(of_days[0], line=line)
