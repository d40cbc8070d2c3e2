"""Stage 3: pure functions, arrays in, findings and transitions out."""

from sentinel.evaluate.decide import Decision, decide, first_day_needed
from sentinel.evaluate.overview import BudgetNow, budgets_now
from sentinel.evaluate.survey import Survey

__all__ = ["BudgetNow", "Decision", "Survey", "budgets_now", "decide", "first_day_needed"]
