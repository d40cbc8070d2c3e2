"""New-spend rules: the first charges of something after thirty days without one."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.alerts import AlertDay
from sentinel.domain.findings import Basis, Direction, Finding, RuleKind
from sentinel.domain.moments import moment_of
from sentinel.evaluate.context import OPENS_WITHIN_DAYS, Context, RuleContext
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.tracks import DayVerdict, Track
from sentinel.rules.model import NewSpend

QUIET_DAYS = 30
"""So many covered days without a charge come before a first one."""

NEW_FOR_DAYS = OPENS_WITHIN_DAYS
"""A first day is often a fraction of one: what is new may pass `min_daily` only on a later day of its first week."""


def judge_new_spend(rule: NewSpend, context: Context, around: RuleContext) -> Iterator[Track]:
    """Tracks of every scope whose first charge lies in the judged days."""
    matrix = context.matrix
    groups = context.groups(rule)
    judged = max(0, matrix.column(around.judge_from) - NEW_FOR_DAYS)
    read = max(0, judged - QUIET_DAYS)
    begins = first_charges(groups.cost[:, read:], groups.covered[:, read:])
    muted = context.muted(rule).wholly
    for row, begin in np.argwhere(begins[:, judged - read :]).tolist():
        track = _track(rule, context, groups, row, begin + judged, muted[row])
        if any(v.finding for v in track.verdicts) or track.scope.key in around.open_scope_keys(track.episode):
            yield track


def first_charges(cost: NDArray[np.float64], covered: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """[scopes, days]: the days with a charge after `QUIET_DAYS` covered days without one.

    A first charge at the edge of the history, or after a gap in it, is not known to be new.
    """
    quiet = covered & (cost == 0)
    counts = np.concatenate([np.zeros((cost.shape[0], 1), np.int64), np.cumsum(quiet, axis=1)], axis=1)
    begins = np.zeros(cost.shape, np.bool_)
    if cost.shape[1] > QUIET_DAYS:
        all_quiet = counts[:, QUIET_DAYS:-1] - counts[:, : -QUIET_DAYS - 1] == QUIET_DAYS
        begins[:, QUIET_DAYS:] = all_quiet & (cost[:, QUIET_DAYS:] > 0) & covered[:, QUIET_DAYS:]
    return begins


def _track(rule: NewSpend, context: Context, groups: Groups, row: int, begin: int, muted: NDArray[np.bool_]) -> Track:
    matrix = context.matrix
    stop = min(begin + NEW_FOR_DAYS, matrix.days)
    columns = [column for column in range(begin, stop) if groups.covered[row, column]]
    return Track(
        rule=rule.name,
        kind=RuleKind.NEW_SPEND,
        scope=groups.scopes[row],
        episode=matrix.day(begin).isoformat(),
        verdicts=tuple(_verdict(rule, context, groups, row, column, muted=bool(muted[column])) for column in columns),
        closed=stop < matrix.days,
        ready=groups.accounts[row] <= context.ready_accounts,
    )


def _verdict(rule: NewSpend, context: Context, groups: Groups, row: int, column: int, *, muted: bool) -> DayVerdict:
    observed = float(groups.cost[row, column])
    # A charge of min_daily itself fires, so the bound is the largest number below it.
    upper = math.nextafter(rule.min_daily, 0.0)
    settled_at = moment_of(groups.settled_at[row, column])
    figures = AlertDay(
        day=context.matrix.day(column), observed=observed, expected=0.0, lower=0.0, upper=upper, score=0.0
    )
    if not observed > upper:
        return DayVerdict(figures, None, settled_at)
    finding = Finding(
        rule=rule.name,
        kind=RuleKind.NEW_SPEND,
        scope=groups.scopes[row],
        day=figures.day,
        direction=Direction.UP,
        severity=rule.severity,
        observed=observed,
        expected=0.0,
        lower=0.0,
        upper=upper,
        score=0.0,
        basis=Basis.SETTLED if settled_at else Basis.UNSETTLED,
        currency=context.currency_of(groups.accounts[row]),
        regions=groups.regions[row],
        muted=muted,
    )
    return DayVerdict(figures, finding, settled_at)
