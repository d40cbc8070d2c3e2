"""Stage 3: pure functions, arrays in, findings and transitions out."""

from sentinel.evaluate.budgets import BudgetNow, budgets_now
from sentinel.evaluate.decide import Decision, decide, first_day_needed
from sentinel.evaluate.explanation import Course, Explanation, Picture, Why, explain, picture_of, pictures_of
from sentinel.evaluate.invoices import Reconciled, ReconciledLine, reconcile
from sentinel.evaluate.moves import moves_of
from sentinel.evaluate.prepaid import (
    Balance,
    CommitmentNow,
    CreditNow,
    Doubt,
    Fate,
    PrepaidNow,
    prepaid_now,
    spell_missing,
)
from sentinel.evaluate.report import Inquiry, TwoPeriods, first_day_told, latest, make_report, on_day
from sentinel.evaluate.survey import Survey

__all__ = [
    "Balance",
    "BudgetNow",
    "CommitmentNow",
    "Course",
    "CreditNow",
    "Decision",
    "Doubt",
    "Explanation",
    "Fate",
    "Inquiry",
    "Picture",
    "PrepaidNow",
    "Reconciled",
    "ReconciledLine",
    "Survey",
    "TwoPeriods",
    "Why",
    "budgets_now",
    "decide",
    "explain",
    "first_day_needed",
    "first_day_told",
    "latest",
    "make_report",
    "moves_of",
    "on_day",
    "picture_of",
    "pictures_of",
    "prepaid_now",
    "reconcile",
    "spell_missing",
]
