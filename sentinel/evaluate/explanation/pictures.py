"""What a picture of a verdict shows: read from the explanation of its day, so that what is drawn is what decided."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert, Mark
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.pictures import BurnDown, BurnUp, SpendCourse, SpendDay
from sentinel.evaluate.explanation.answer import Course, Explanation
from sentinel.evaluate.explanation.burning import with_forecast
from sentinel.evaluate.explanation.scopes import explain
from sentinel.evaluate.survey import Survey
from sentinel.rules.model import Commitment, Rule, Rules, ScopedRule

Picture = SpendCourse | BurnUp | BurnDown


def picture_of(rule: Rule, one: Explanation) -> Picture | None:
    """The picture of an explained day; None where no cost is known, and for rules that are not about costs."""
    if one.burn is not None:
        return one.burn
    if not np.isfinite(one.course.cost).any():
        return None
    return SpendCourse(rule.name, rule.kind, one.scope, one.currency, tuple(_days(one.course)), one.course.level)


def pictures_of(
    alerts: Sequence[Alert],
    matrix: CostMatrix,
    rules: Rules,
    marks: tuple[Mark, ...],
    accounts: Mapping[str, AccountState],
    moment: datetime,
    survey: Survey,
) -> dict[int, Picture]:
    """The pictures of alerts by their ids, as the days stand at a moment; alerts without one are left out.

    `survey` is that of the matrix. Only the series of these alerts are judged again.
    """
    pictures: dict[int, Picture] = {}
    for (name, stop), told in _together(alerts, matrix).items():
        rule = rules.named(name)
        if not isinstance(rule, ScopedRule | Commitment):
            continue
        by_key = {alert.scope.key: alert for alert in told if alert.id is not None}
        part = _only(rule, by_key, matrix, survey).part(0, stop)
        for one in explain(rule, part, rules, marks, accounts, moment):
            alert, picture = by_key.get(one.scope.key), picture_of(rule, one)
            if alert is not None and alert.id is not None and picture is not None:
                pictures[alert.id] = _as_told(picture, alert)
    return pictures


def _as_told(picture: Picture, alert: Alert) -> Picture:
    """The forecast that decided was made of all the rule's scopes, and not of these alone."""
    standing = alert.finding.budget
    if standing is None or not isinstance(picture, BurnUp):
        return picture
    return with_forecast(picture, standing.forecast)


def _together(alerts: Sequence[Alert], matrix: CostMatrix) -> dict[tuple[str, int], list[Alert]]:
    """The alerts that one look explains: those of one rule whose pictures end before the same column.

    A picture ends with the newest covered day, or with its budget's period.
    """
    covered = np.flatnonzero(matrix.covered.any(axis=0))
    newest = int(covered[-1]) if covered.size else -1
    together: dict[tuple[str, int], list[Alert]] = {}
    for alert in alerts:
        budget = alert.finding.budget
        lasting = budget is not None and budget.period.days > 1
        last = min(newest, matrix.column(budget.period.last)) if budget is not None and lasting else newest
        if last >= 0:
            together.setdefault((alert.rule, last + 1), []).append(alert)
    return together


def _only(rule: ScopedRule | Commitment, keys: Collection[str], matrix: CostMatrix, survey: Survey) -> CostMatrix:
    """The series of some scopes of a rule, with all days."""
    groups = survey.groups(rule, matrix)
    rows = [groups.members[row] for row in groups.rows_of(keys)]
    members = np.sort(np.concatenate(rows)) if rows else np.zeros(0, np.int64)
    return replace(
        matrix,
        series=tuple(matrix.series[member] for member in members.tolist()),
        account_of=matrix.account_of[members],
        cost=matrix.cost[members],
        quantity=matrix.quantity[members],
    )


def _days(course: Course) -> Iterator[SpendDay]:
    judged = np.isfinite(course.upper) if course.level is None else np.zeros(course.cost.shape, np.bool_)
    for place in range(course.cost.size):
        known = bool(np.isfinite(course.cost[place]))
        yield SpendDay(
            day=course.day(place),
            cost=float(course.cost[place]) if known else None,
            expected=float(course.expected[place]) if judged[place] else None,
            lower=float(course.lower[place]) if judged[place] else None,
            upper=float(course.upper[place]) if judged[place] else None,
            settled=bool(course.settled[place]),
            fires=bool(course.fires[place]),
            muted=bool(course.muted[place]),
        )
