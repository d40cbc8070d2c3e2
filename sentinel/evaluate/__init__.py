"""Stage 3: pure functions, arrays in, findings and transitions out."""

from sentinel.evaluate.commitments import CommitmentNow, Doubt, Fate, spell_missing
from sentinel.evaluate.credits import Balance
from sentinel.evaluate.decide import Decision, decide, first_day_needed
from sentinel.evaluate.explain import explain
from sentinel.evaluate.explanation import Course, Explanation, Why
from sentinel.evaluate.moves import moves_of
from sentinel.evaluate.overview import BudgetNow, budgets_now
from sentinel.evaluate.pictures import Picture, picture_of, pictures_of
from sentinel.evaluate.prepaid import CreditNow, PrepaidNow, prepaid_now
from sentinel.evaluate.reconciliation import Reconciled, ReconciledLine, reconcile
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
