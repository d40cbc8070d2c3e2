"""Where every budget stands now, crossed or not: what a person asks first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.forecasts import BudgetForecast, TooYoung
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.periods import Period
from sentinel.domain.scopes import Scope
from sentinel.evaluate.budgets.amounts import NoAmount, amounts_in
from sentinel.evaluate.budgets.foresight import foresee
from sentinel.evaluate.budgets.spend import PeriodSpend, account_charges, counted_spend, period_spend
from sentinel.evaluate.context import Context
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.survey import Survey
from sentinel.rules.model import Budget, Rules


@dataclass(frozen=True, slots=True)
class UsageAndNet:
    """One period's spend, in currency: the cluster charges alone, and with the account's credits and support."""

    usage: float
    net: float


@dataclass(frozen=True, slots=True)
class BudgetNow:
    """One scope's spend in a budget's running period, in `currency`.

    `amount` is None where the budget cannot be judged, which `missing` explains; `made_of` says what the amount was
    made of, "" where the rule itself names it. `both` is None where account charges are not known, or there are none.
    `forecast` is None where the period cannot be foretold (days, rolling periods), where it is settled to its end,
    where the scope is `too_young`, and, of many scopes, where the amount is far out of reach.
    """

    budget: Budget
    scope: Scope
    so_far: PeriodSpend
    currency: str
    amount: float | None
    missing: NoAmount | None = None
    made_of: str = ""
    both: UsageAndNet | None = None
    forecast: BudgetForecast | None = None
    too_young: TooYoung | None = None

    @property
    def share(self) -> float | None:
        """The part of the amount that is spent; above 1 when it is exceeded."""
        return None if self.amount is None else self.so_far.spent / self.amount


def budgets_now(matrix: CostMatrix, rules: Rules, moment: datetime) -> Iterator[BudgetNow]:
    """The running period of every budget and scope, in the order of the rules."""
    context = Context(matrix, rules, {}, (), moment, Survey(matrix, rules))
    for budget in context.rules.budgets:
        period = budget.period_on(context.today, context.rules.settings.week_start)
        if period is None:
            continue
        groups = context.groups(budget)
        spend = counted_spend(budget, context.matrix, groups)
        amounts = amounts_in(budget, period, context, groups, spend)
        foresight = foresee(budget, context, groups, spend, period, amounts)
        charges = account_charges(matrix, groups) if budget.knows_net else None
        for row, scope in enumerate(groups.scopes):
            so_far = period_spend(context, groups, spend, row, period)
            if so_far is not None:
                yield BudgetNow(
                    budget=budget,
                    scope=scope,
                    so_far=so_far,
                    currency=context.currency_of(groups.accounts[row]),
                    amount=amounts.of(row),
                    missing=amounts.missing(row),
                    made_of=amounts.made_of(row),
                    both=None if charges is None else _usage_and_net(context, groups, charges, row, period),
                    forecast=foresight.forecasts.get(row),
                    too_young=foresight.too_young.get(row),
                )


def _usage_and_net(
    context: Context, groups: Groups, charges: NDArray[np.float64], row: int, period: Period
) -> UsageAndNet | None:
    first = max(0, context.matrix.column(period.first))
    if not charges[row, first:].any():
        return None
    usage = period_spend(context, groups, groups.cost, row, period)
    net = period_spend(context, groups, groups.cost + charges, row, period)
    return UsageAndNet(usage.spent, net.spent) if usage and net else None
