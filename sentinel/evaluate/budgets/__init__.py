"""Budget rules: what a period has cost so far, against the amount that may be spent in it."""

from sentinel.evaluate.budgets.amounts import Amounts, NoAmount, amounts_in, unjudged_budgets
from sentinel.evaluate.budgets.foresight import Foresight, foresee
from sentinel.evaluate.budgets.judge import judge_budgets, merge_days
from sentinel.evaluate.budgets.overview import BudgetNow, budgets_now
from sentinel.evaluate.budgets.reach import first_day_read
from sentinel.evaluate.budgets.spend import PeriodSpend, account_charges, counted_spend, period_spend, to_the_unit
from sentinel.evaluate.budgets.standing import read_standing

__all__ = [
    "Amounts",
    "BudgetNow",
    "Foresight",
    "NoAmount",
    "PeriodSpend",
    "account_charges",
    "amounts_in",
    "budgets_now",
    "counted_spend",
    "first_day_read",
    "foresee",
    "judge_budgets",
    "merge_days",
    "period_spend",
    "read_standing",
    "to_the_unit",
    "unjudged_budgets",
]
