"""Stage 3: pure functions, arrays in, findings and transitions out."""

from sentinel.evaluate.decide import Decision, decide, first_day_needed
from sentinel.evaluate.explain import explain
from sentinel.evaluate.explanation import Course, Explanation, Why
from sentinel.evaluate.overview import BudgetNow, budgets_now
from sentinel.evaluate.survey import Survey

__all__ = [
    "BudgetNow",
    "Course",
    "Decision",
    "Explanation",
    "Survey",
    "Why",
    "budgets_now",
    "decide",
    "explain",
    "first_day_needed",
]
