"""Invoices held against the days that they bill."""

from sentinel.evaluate.invoices.checks import (
    account_scope,
    allowed,
    judge_invoices,
    read_differences,
    reconciled_invoice,
)
from sentinel.evaluate.invoices.reconciliation import Reconciled, ReconciledLine, reconcile

__all__ = [
    "Reconciled",
    "ReconciledLine",
    "account_scope",
    "allowed",
    "judge_invoices",
    "read_differences",
    "reconcile",
    "reconciled_invoice",
]
