"""Budgets of periods that begin and end: one track for each scope and period, one for all days of a daily budget."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.findings import RuleKind
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.periods import Period
from sentinel.evaluate.budgets.amounts import Amounts, amounts_in
from sentinel.evaluate.budgets.foresight import NOTHING_FORESEEN, foresee
from sentinel.evaluate.budgets.reach import judged_periods
from sentinel.evaluate.budgets.spend import counted_spend, period_spend
from sentinel.evaluate.budgets.standing import lowest_levels, read_standing
from sentinel.evaluate.budgets.windows import judge_windows
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.tracks import Track
from sentinel.rules.model import Budget

MATTERS_FROM = 0.1
"""A day a cent over its budget is told once; its excess must grow by a tenth of the amount to be told again."""

SMALL_CHANGE = 1e-3
"""In currency: far more than the rounding errors of a sum."""

DAILY = "day"
"""Days in a row over a daily budget are one alert, so its episode is not the day."""


def judge_budgets(rule: Budget, context: Context, around: RuleContext) -> Iterator[Track]:
    """Tracks of every scope that has crossed a threshold in a period that counts, or has an open alert."""
    groups = context.groups(rule)
    spend = counted_spend(rule, context.matrix, groups)
    if rule.is_rolling:
        yield from judge_windows(rule, context, around, groups, spend)
        return
    for period in judged_periods(rule, context, around):
        episode = DAILY if rule.is_daily else period.first.isoformat()
        amounts = amounts_in(rule, period, context, groups, spend)
        followed = groups.rows_of(around.open_scope_keys(episode))
        ahead = foresee(rule, context, groups, spend, period, amounts) if rule.forecast else NOTHING_FORESEEN
        may_fire = _may_fire(rule, context.matrix, groups, spend, period, amounts)
        for row in sorted({*may_fire, *ahead.foreseen, *followed}):
            so_far = period_spend(context, groups, spend, row, period)
            # Without an amount a single day is neither over its budget nor a normal day that ends an incident.
            if so_far is None or (rule.is_daily and amounts.of(row) is None):
                continue
            verdict = read_standing(rule, context, groups, row, so_far, amounts, ahead)
            if verdict.finding is None and row not in followed:
                continue
            yield Track(
                rule=rule.name,
                kind=RuleKind.BUDGET,
                scope=groups.scopes[row],
                episode=episode,
                verdicts=(verdict,),
                lasting=not rule.is_daily,
                closed=_is_closed(groups, row, period, context),
                matters_from=MATTERS_FROM * (amounts.of(row) or 0.0),
            )


def merge_days(tracks: Iterator[Track]) -> tuple[Track, ...]:
    """Join the tracks of one rule, scope and episode: the days of a daily budget become one track."""
    merged: dict[tuple[str, str, str], Track] = {}
    for track in tracks:
        known = merged.get(track.key)
        merged[track.key] = track if known is None else _joined(known, track)
    return tuple(merged.values())


def _may_fire(
    rule: Budget, matrix: CostMatrix, groups: Groups, spend: NDArray[np.float64], period: Period, amounts: Amounts
) -> list[int]:
    """The rows whose spend comes near the lowest threshold: most of a thousand clusters are far below theirs."""
    first, stop = max(0, matrix.column(period.first)), max(0, matrix.column(period.last) + 1)
    spent = np.sum(spend[:, first:stop], axis=1, where=groups.covered[:, first:stop])
    return np.flatnonzero(spent > lowest_levels(rule, amounts) - SMALL_CHANGE).tolist()


def _joined(first: Track, second: Track) -> Track:
    verdicts = tuple(sorted((*first.verdicts, *second.verdicts), key=lambda verdict: verdict.day))
    return Track(
        rule=first.rule,
        kind=first.kind,
        scope=first.scope,
        episode=first.episode,
        verdicts=verdicts,
        lasting=first.lasting,
        closed=first.closed and second.closed,
        matters_from=max(first.matters_from, second.matters_from),
    )


def _is_closed(groups: Groups, row: int, period: Period, context: Context) -> bool:
    """Every day is settled and the restatement window has passed; uncovered days cannot be waited for for ever."""
    final = period.last + timedelta(days=context.rules.settings.restate_days)
    if context.today <= final:
        return False
    matrix = context.matrix
    first, stop = max(0, matrix.column(period.first)), min(matrix.days, matrix.column(period.last) + 1)
    covered = groups.covered[row, first:stop]
    return not bool((np.isnat(groups.settled_at[row, first:stop]) & covered).any())
