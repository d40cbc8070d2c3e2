"""Reconciliation: does the invoice bill what the history holds?"""

from __future__ import annotations

from typing import Literal

from sentinel.domain.findings import RuleKind
from sentinel.domain.money import format_money
from sentinel.rules.rule import Rule
from sentinel.rules.values import Floor, Percent, Share, format_percent


class InvoiceCheck(Rule):
    """Tells when the invoice of a closed period differs from its stored days, by more than both of its limits."""

    kind = RuleKind.RECONCILIATION

    name: Literal["reconciliation"] = "reconciliation"
    tolerance: Percent = Share(0.005)
    """The part of what was invoiced that may differ."""
    min_difference: Floor = 1.0
    """What may differ in currency, however small the invoice."""

    @property
    def reminds(self) -> bool:
        """Nothing changes until a new invoice comes, which is told."""
        return False

    def watches(self, currency: str) -> str:
        """`invoices that differ from the history by more than 0.5% and $1`."""
        least = f"{format_percent(self.tolerance)} and {format_money(self.min_difference, currency)}"
        return f"invoices that differ from the history by more than {least}"
