"""Spike rules: days whose cost is unusual, and large in currency, and large in percent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.alerts import AlertDay, Mark, MarkKind
from sentinel.domain.findings import Basis, Direction, Finding, RuleKind
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.moments import moments_of
from sentinel.evaluate.attribution import attribute
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.detector import Panel, Verdicts, judge
from sentinel.evaluate.excess import split_excess
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.lifecycle import may_be_news
from sentinel.evaluate.tracks import DayVerdict, Track
from sentinel.rules.model import Spike


@dataclass(frozen=True, slots=True, eq=False)
class JudgedDays:
    """The verdicts on the columns [first, first + judged days) and what is above or below: [scopes, judged days]."""

    groups: Groups
    verdicts: Verdicts
    first: int
    muted: NDArray[np.bool_]

    def firing(self, rule: Spike, direction: Direction) -> NDArray[np.bool_]:
        """Which days fire, mutes aside."""
        columns = slice(self.first, self.first + self.verdicts.score.shape[1])
        cost = self.groups.cost[:, columns]
        with np.errstate(invalid="ignore"):
            change = direction.sign * (cost - self.verdicts.expected)
            outside = cost > self.verdicts.upper if direction is Direction.UP else cost < self.verdicts.lower
            large = (change >= rule.min_change) & (change >= rule.min_percent * np.abs(self.verdicts.expected))
        fires = outside & large & self.groups.covered[:, columns]
        # The running total of an unsettled day only grows: it can prove a rise, never a drop.
        return fires if direction is Direction.UP else fires & ~np.isnat(self.groups.settled_at[:, columns])


def judge_spikes(rule: Spike, context: Context, around: RuleContext) -> Iterator[Track]:
    """Tracks of every scope that fires in the judged days or has an open alert."""
    matrix = context.matrix
    groups = context.groups(rule)
    if not groups.scopes:
        return
    first = max(0, matrix.column(around.judge_from))
    verdicts = verdicts_by_marks(rule, context, around.marks, first)
    judged = JudgedDays(groups, verdicts, first, context.muted(rule).wholly)
    days = np.datetime64(matrix.day(first)) + np.arange(matrix.days - first)
    news = may_be_news(days, groups.settled_at[:, first:], around)
    spoken_of = {mark.scope_key for mark in around.marks}
    for direction in filter(rule.direction.includes, Direction):
        fires = judged.firing(rule, direction)
        watched = {*groups.rows_of(around.open_scope_keys(direction.value) | spoken_of)}
        watched.update(np.flatnonzero((fires & news).any(axis=1)).tolist())
        for row in sorted({*np.flatnonzero(fires.any(axis=1)).tolist(), *watched}):
            yield _track(rule, context, judged, fires[row], row, direction, watched=row in watched)


def verdicts_by_marks(rule: Spike, context: Context, marks: Iterable[Mark], first: int) -> Verdicts:
    """The verdicts on the columns from `first` on; scopes that people called expected are judged by their word."""
    groups, matrix = context.groups(rule), context.matrix
    verdicts = context.survey.verdicts(rule, matrix, first)
    expected = [mark for mark in marks if mark.kind is MarkKind.EXPECTED]
    rows = groups.rows_of({mark.scope_key for mark in expected})
    if not rows:
        return verdicts
    panel = Panel(
        first_day=matrix.first_day,
        cost=groups.cost[rows],
        known=groups.covered[rows],
        muted=context.muted(rule).partly[rows] | _expected_days(groups, matrix, expected)[rows],
        normal_from=_normal_from(groups, matrix, expected)[rows],
    )
    judged = judge(panel, first, matrix.days, z=rule.z, method=rule.method.value, window=rule.window)
    return _replaced(verdicts, rows, judged)


def _replaced(verdicts: Verdicts, rows: list[int], others: Verdicts) -> Verdicts:
    """A copy with the verdicts on some scopes in their place."""
    arrays = {field.name: getattr(verdicts, field.name).copy() for field in fields(Verdicts)}
    for name, array in arrays.items():
        array[rows] = getattr(others, name)
    return Verdicts(**arrays)


def _track(
    rule: Spike,
    context: Context,
    judged: JudgedDays,
    fires: NDArray[np.bool_],
    row: int,
    direction: Direction,
    *,
    watched: bool,
) -> Track:
    """The track of a scope; one that is not `watched` can open no alert and has none: its findings are all of it."""
    groups, matrix, given = judged.groups, context.matrix, judged.verdicts
    columns = slice(judged.first, judged.first + fires.size)
    known = groups.covered[row, columns] & ~np.isnan(given.score[row])
    places = np.flatnonzero(known if watched else known & fires)
    figures = groups.cost[row, columns], given.expected[row], given.lower[row], given.upper[row], given.score[row]
    settled_at = moments_of(groups.settled_at[row, columns][places])
    verdicts = []
    for place, moment, *amounts in zip(
        places.tolist(), settled_at, *(array[places].tolist() for array in figures), strict=True
    ):
        day = AlertDay(matrix.day(judged.first + place), *amounts)
        finding = _finding(rule, context, judged, row, place, direction, day) if fires[place] else None
        verdicts.append(DayVerdict(day, finding, moment))
    last_two = [v for v in verdicts if v.settled_at is not None][-2:]
    return Track(
        rule=rule.name,
        kind=RuleKind.SPIKE,
        scope=groups.scopes[row],
        episode=direction.value,
        verdicts=tuple(verdicts),
        gone=direction is Direction.UP and bool(last_two) and all(v.figures.observed == 0 for v in last_two),
        ready=watched and groups.accounts[row] <= context.ready_accounts,
        matters_from=rule.min_change,
        with_causes=partial(_with_causes, context=context, groups=groups, row=row),
    )


def _finding(
    rule: Spike,
    context: Context,
    judged: JudgedDays,
    row: int,
    place: int,
    direction: Direction,
    figures: AlertDay,
) -> Finding:
    groups = judged.groups
    column = judged.first + place
    return Finding(
        rule=rule.name,
        kind=RuleKind.SPIKE,
        scope=groups.scopes[row],
        day=figures.day,
        direction=direction,
        severity=rule.severity,
        observed=figures.observed,
        expected=figures.expected,
        lower=figures.lower,
        upper=figures.upper,
        score=figures.score,
        basis=Basis.UNSETTLED if np.isnat(groups.settled_at[row, column]) else Basis.SETTLED,
        currency=context.currency_of(groups.accounts[row]),
        regions=groups.regions[row],
        days_used=int(judged.verdicts.used[row, place]),
        days_left_out=int(judged.verdicts.left_out[row, place]),
        muted=bool(judged.muted[row, column]),
    )


def _with_causes(finding: Finding, context: Context, groups: Groups, row: int) -> Finding:
    """The same, with volume and price, its largest parts, and what it is most of."""
    column = context.matrix.column(finding.day)
    members, covered = groups.members[row], groups.covered[row]
    attribution = attribute(
        context.matrix,
        context.survey.day_excess(context.matrix, column, covered),
        groups.scopes[row],
        members,
        context.survey.inside,
        context.survey.tier_pattern,
    )
    return replace(
        finding,
        excess=split_excess(context.matrix, members, column, covered, finding.expected),
        contributions=attribution.contributions,
        whole=attribution.whole,
    )


def _expected_days(groups: Groups, matrix: CostMatrix, marks: Iterable[Mark]) -> NDArray[np.bool_]:
    """[scopes, days]: the days that a person called expected; they explain themselves and are no baseline."""
    days = np.zeros(groups.cost.shape, np.bool_)
    rows = {scope.key: row for row, scope in enumerate(groups.scopes)}
    for mark in marks:
        row = rows.get(mark.scope_key)
        if mark.kind is MarkKind.EXPECTED and not mark.new_level and row is not None:
            first = max(0, matrix.column(mark.first_day))
            days[row, first : max(first, matrix.column(mark.last_day) + 1)] = True
    return days


def _normal_from(groups: Groups, matrix: CostMatrix, marks: Iterable[Mark]) -> NDArray[np.int64]:
    """[scopes]: the column from which a person called the level normal, 0 where nobody did."""
    columns = np.zeros(len(groups.scopes), np.int64)
    rows = {scope.key: row for row, scope in enumerate(groups.scopes)}
    for mark in marks:
        row = rows.get(mark.scope_key)
        if mark.kind is MarkKind.EXPECTED and mark.new_level and row is not None:
            columns[row] = min(max(columns[row], matrix.column(mark.first_day)), matrix.days)
    return columns
