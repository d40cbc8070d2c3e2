"""The report itself: everything that is told of a period, read from one history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

import numpy as np

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import Alert
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.periods import Period
from sentinel.domain.pictures import PeriodCourse
from sentinel.domain.reports import AccountAge, Due, Report
from sentinel.evaluate.context import Context
from sentinel.evaluate.report.budgets import budget_lines
from sentinel.evaluate.report.inquiry import Inquiry, TwoPeriods
from sentinel.evaluate.report.moves import compare, picture_of_moves
from sentinel.evaluate.report.part import Part
from sentinel.evaluate.survey import Survey
from sentinel.rules.model import Notify, Route, Rules

SHOWN_DAYS = 60
"""So many days a picture of the course shows at least."""


def first_day_told(periods: TwoPeriods) -> date:
    """The first day that a report on these periods reads, beside what its budgets read."""
    return _shown(periods).first


def make_report(
    inquiry: Inquiry,
    periods: TwoPeriods,
    matrix: CostMatrix,
    rules: Rules,
    accounts: Mapping[str, AccountState],
    alerts: Iterable[Alert],
    moment: datetime,
    due: Due | None = None,
) -> Report:
    """What is told of two periods, as it is known at a moment; `alerts` are the open ones."""
    tier_pattern = rules.settings.tier_pattern
    part = Part.of(matrix, inquiry, tier_pattern)
    context = Context(matrix, rules, accounts, (), moment, Survey(matrix, rules))
    currency = context.currency_of(part.accounts)
    compared = compare(part, periods, tier_pattern)
    return Report(
        name=inquiry.name,
        kind=inquiry.kind,
        so_far=periods.so_far,
        part=inquiry.part,
        series=int(part.mask.sum()),
        currency=currency,
        spend=part.sum_of(periods.told, context.today),
        before=part.sum_of(periods.before, context.today),
        compared=compared,
        budgets=budget_lines(context, part, periods.told),
        alerts=_in_part(inquiry, rules, alerts),
        accounts=tuple(_ages(part, accounts)),
        course=PeriodCourse(
            title=f"Cost a day{inquiry.part}",
            currency=currency,
            days=part.days(_shown(periods)),
            told=periods.told,
            before=periods.before,
            told_as=f"this {inquiry.kind.value}",
            before_as=f"the {inquiry.kind.value} before",
        ),
        top=None if compared is None else picture_of_moves(compared, inquiry.kind.value, currency),
        made_at=moment,
        due=due,
    )


def _shown(periods: TwoPeriods) -> Period:
    first = periods.told.last - timedelta(days=SHOWN_DAYS - 1)
    return Period(min(first, periods.before.first), periods.told.last)


def _in_part(inquiry: Inquiry, rules: Rules, alerts: Iterable[Alert]) -> tuple[Alert, ...]:
    """The alerts of the part that are told themselves, the gravest first."""
    inside = Route(where=inquiry.where, except_=inquiry.except_, notify=Notify())
    told = [alert for alert in alerts if alert.inhibited_by is None and _is_about(inside, alert, rules)]
    return tuple(sorted(told, key=lambda alert: (-alert.severity.rank, -abs(alert.impact), alert.id or 0)))


def _is_about(inside: Route, alert: Alert, rules: Rules) -> bool:
    rule = rules.named(alert.rule)
    return inside.takes_all_of_a_rule or (rule is not None and inside.matches(alert, rule, rules.settings.tier_pattern))


def _ages(part: Part, states: Mapping[str, AccountState]) -> Iterator[AccountAge]:
    matrix = part.matrix
    for row, account in enumerate(matrix.accounts):
        if account in part.accounts:
            state = states.get(account, AccountState(account, ready=True))
            known, settled = np.flatnonzero(matrix.covered[row]), np.flatnonzero(matrix.settled[row])
            yield AccountAge(
                account=account,
                newest_known=matrix.day(int(known[-1])) if known.size else None,
                newest_settled=matrix.day(int(settled[-1])) if settled.size else None,
                failing_since=state.failing_since,
                error=state.error,
            )
