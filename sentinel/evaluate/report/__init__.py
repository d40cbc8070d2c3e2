"""Reports: what a part of the spend has cost in a period, against the one before and against its budgets."""

from sentinel.evaluate.report.content import first_day_told, make_report
from sentinel.evaluate.report.inquiry import Inquiry, TwoPeriods, latest, on_day

__all__ = ["Inquiry", "TwoPeriods", "first_day_told", "latest", "make_report", "on_day"]
