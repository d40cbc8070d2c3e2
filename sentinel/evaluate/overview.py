"""Where every budget stands now, crossed or not: what a person asks first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sentinel.domain.matrix import CostMatrix
from sentinel.domain.scopes import Scope
from sentinel.evaluate.budgets import PeriodSpend, counted_spend, period_spend
from sentinel.evaluate.context import Context
from sentinel.evaluate.survey import Survey
from sentinel.rules.model import Budget, Rules


@dataclass(frozen=True, slots=True)
class BudgetNow:
    """One scope's spend in a budget's running period, in `currency`."""

    budget: Budget
    scope: Scope
    so_far: PeriodSpend
    currency: str

    @property
    def share(self) -> float:
        """The part of the amount that is spent; above 1 when it is exceeded."""
        return self.so_far.spent / self.budget.amount


def budgets_now(matrix: CostMatrix, rules: Rules, moment: datetime) -> Iterator[BudgetNow]:
    """The running period of every budget and scope, in the order of the rules."""
    context = Context(matrix, rules, {}, (), moment, Survey(matrix, rules))
    for budget in context.rules.budgets:
        period = budget.period_on(context.today, context.rules.settings.week_start)
        if period is None:
            continue
        groups = context.groups(budget)
        spend = counted_spend(budget, context.matrix, groups)
        for row, scope in enumerate(groups.scopes):
            so_far = period_spend(context, groups, spend, row, period)
            if so_far is not None:
                yield BudgetNow(budget, scope, so_far, context.currency_of(groups.accounts[row]))
