"""Rolling budgets: the spend of so many days up to each day, judged day by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.findings import RuleKind
from sentinel.domain.moments import moment_of
from sentinel.domain.periods import Period
from sentinel.evaluate.budgets.amounts import Amounts, amounts_in
from sentinel.evaluate.budgets.spend import period_spend
from sentinel.evaluate.budgets.standing import lowest_levels, read_standing
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.tracks import DayVerdict, Track
from sentinel.rules.model import Budget

EPISODE = "rolling"
"""Its period never ends, so an episode ends only when the spend has fallen."""

_SMALL_CHANGE = 1e-3
"""In currency: far more than the rounding errors of a running sum."""


def judge_windows(
    rule: Budget, context: Context, around: RuleContext, groups: Groups, spend: NDArray[np.float64]
) -> Iterator[Track]:
    """A track of every scope that has lately reached a threshold, or has an open alert: one verdict for each day."""
    ends = [context.matrix.day(column) for column in _end_columns(context, around)]
    periods = [rule.period_on(day, context.rules.settings.week_start) for day in ends]
    windows = [period for period in periods if period is not None]
    if not windows:
        return
    amounts = amounts_in(rule, windows[-1], context, groups, spend)
    followed = groups.rows_of(around.open_scope_keys(EPISODE))
    for row in sorted({*_may_fire(rule, context, groups, spend, windows, amounts), *followed}):
        verdicts = tuple(_verdicts(rule, context, groups, spend, row, windows, amounts))
        if row in followed or any(verdict.finding for verdict in verdicts):
            yield Track(
                rule=rule.name,
                kind=RuleKind.BUDGET,
                scope=groups.scopes[row],
                episode=EPISODE,
                verdicts=verdicts,
                rolling=True,
            )


def _end_columns(context: Context, around: RuleContext) -> range:
    matrix = context.matrix
    return range(max(0, matrix.column(around.judge_from)), min(matrix.days, matrix.column(context.today) + 1))


def _may_fire(
    rule: Budget,
    context: Context,
    groups: Groups,
    spend: NDArray[np.float64],
    windows: list[Period],
    amounts: Amounts,
) -> list[int]:
    """The rows of which a window comes near the lowest threshold."""
    matrix = context.matrix
    sums = np.cumsum(np.where(groups.covered, spend, 0.0), axis=1)
    sums = np.concatenate([np.zeros((sums.shape[0], 1)), sums], axis=1)
    stops = [matrix.column(window.last) + 1 for window in windows]
    firsts = [max(0, matrix.column(window.first)) for window in windows]
    highest = (sums[:, stops] - sums[:, firsts]).max(axis=1)
    return np.flatnonzero(highest > lowest_levels(rule, amounts) - _SMALL_CHANGE).tolist()


def _verdicts(
    rule: Budget,
    context: Context,
    groups: Groups,
    spend: NDArray[np.float64],
    row: int,
    windows: list[Period],
    amounts: Amounts,
) -> Iterator[DayVerdict]:
    """The verdict on each window whose last day is known, by that day."""
    for window in windows:
        so_far = period_spend(context, groups, spend, row, window)
        if so_far is not None and so_far.newest == window.last:
            verdict = read_standing(rule, context, groups, row, so_far, amounts)
            yield replace(verdict, settled_at=_settled_at(context, groups, row, window))


def _settled_at(context: Context, groups: Groups, row: int, window: Period) -> datetime | None:
    """When the last of a window's days became settled; days that stayed unknown for long are not waited for."""
    matrix = context.matrix
    first, stop = max(0, matrix.column(window.first)), matrix.column(window.last) + 1
    covered, moments = groups.covered[row, first:stop], groups.settled_at[row, first:stop]
    unknown = np.flatnonzero(~covered)
    if unknown.size and _may_still_come(matrix.day(first + int(unknown[-1])), context):
        return None
    return moment_of(moments[covered].max())


def _may_still_come(day: date, context: Context) -> bool:
    return context.today <= day + timedelta(days=context.rules.settings.restate_days)
