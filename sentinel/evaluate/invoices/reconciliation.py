"""An invoice against the stored days that it bills: line by line, by tenant, workspace, cluster and product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from sentinel.domain.invoices import ChargeKey, Invoice, InvoiceLine
from sentinel.domain.matrix import CostMatrix
from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.domain.scopes import Dimension, Place, Scope, product_family

HALF_A_CENT = UNITS_PER_CURRENCY // 200
"""What the rounding of one invoice line to cents can make of it."""


@dataclass(frozen=True, slots=True)
class ReconciledLine:
    """One product of one cluster, or of the account itself: what is stored of it and what was invoiced.

    Amounts are in 1e-8 currency units. `scope` bears the names that the history knows. `parts` counts the invoice's
    own lines behind it.
    """

    scope: Scope
    stored: int
    invoiced: int
    parts: int

    @property
    def difference(self) -> int:
        """Stored minus invoiced."""
        return self.stored - self.invoiced

    @property
    def agrees(self) -> bool:
        """Whether the two differ by no more than half a cent for each line of the invoice: its rounding."""
        return abs(self.difference) <= HALF_A_CENT * max(self.parts, 1)


@dataclass(frozen=True)
class Reconciled:
    """One invoice against the stored days of its period.

    `lines` are sorted by the size of their difference, the largest first. `uncovered` are the days of the period whose
    cost is unknown, `unsettled` those that can still grow, both without those to come; `to_come` counts these.
    """

    account: str
    invoice: Invoice
    lines: tuple[ReconciledLine, ...]
    uncovered: tuple[date, ...]
    unsettled: tuple[date, ...]
    to_come: int

    @cached_property
    def differing(self) -> tuple[ReconciledLine, ...]:
        """The lines that differ by more than rounding."""
        return tuple(line for line in self.lines if not line.agrees)

    @property
    def is_complete(self) -> bool:
        """Whether every day of the period is settled, so that a difference is one."""
        return not (self.uncovered or self.unsettled or self.to_come)

    @property
    def stored(self) -> int:
        """The sum of the stored costs, in 1e-8 units."""
        return sum(line.stored for line in self.lines)

    @property
    def invoiced(self) -> int:
        """The sum of the invoice's lines, in 1e-8 units."""
        return sum(line.invoiced for line in self.lines)

    @property
    def billed(self) -> int:
        """The sum of the invoice's lines without their sign: credits do not make an invoice small."""
        return sum(abs(line.invoiced) for line in self.lines)

    @property
    def in_all(self) -> int:
        """The differences beyond rounding, added up without their sign: two that cancel out are still two."""
        return sum(abs(line.difference) for line in self.differing)

    @property
    def unexplained(self) -> int:
        """What the invoice's own total has more than its lines, where rounding does not explain it; else 0."""
        more = self.invoice.total - self.invoiced
        parts = sum(line.parts for line in self.lines)
        return more if abs(more) > HALF_A_CENT * (parts + 1) else 0


def reconcile(matrix: CostMatrix, account: str, invoice: Invoice, tier_pattern: str, today: date) -> Reconciled:
    """Compare an invoice with the stored days of its period; `matrix` reaches over them as far as they are known.

    A cluster's products are matched by their names. Where one side alone splits a product into tiers, as by
    `tier_pattern`, the product is compared whole.
    """
    stored = _stored(matrix, account, invoice)
    invoiced = {line.key: line for line in invoice.lines}
    renamed = _whole_products(frozenset(stored), frozenset(invoiced), tier_pattern)
    amounts: Counter[ChargeKey] = Counter()
    for key, cost in stored.items():
        amounts[renamed.get(key, key)] += cost
    bills: dict[ChargeKey, InvoiceLine] = {}
    for key, line in invoiced.items():
        place = renamed.get(key, key)
        before = bills.get(place, InvoiceLine(place, 0, 0))
        bills[place] = InvoiceLine(place, before.cost + line.cost, before.parts + line.parts)
    names = _Names(matrix, account)
    lines = [
        ReconciledLine(names.scope(key), amounts[key], bill.cost, bill.parts)
        for key in sorted({*amounts, *bills})
        for bill in (bills.get(key, InvoiceLine(key, 0, 0)),)
    ]
    days = _days(matrix, account, invoice, today)
    return replace(days, lines=tuple(sorted(lines, key=lambda line: -abs(line.difference))))


def _stored(matrix: CostMatrix, account: str, invoice: Invoice) -> dict[ChargeKey, int]:
    """What the history holds for the days of an invoice, in 1e-8 units."""
    first, stop = _columns(matrix, invoice)
    sums = matrix.cost[:, first:stop].sum(axis=1)
    costs: Counter[ChargeKey] = Counter()
    for row in np.flatnonzero(sums).tolist():
        one = matrix.series[row]
        if one.account == account:
            costs[ChargeKey(one.tenant, one.workspace, one.cluster, one.product)] += _units(float(sums[row]))
    for charge in matrix.account_charges:
        # An undated charge belongs to the invoice that its month begins in.
        if charge.account == account and (charge.day or charge.month) in invoice.period:
            costs[ChargeKey("", "", "", charge.product)] += _units(charge.cost)
    return dict(costs)


def _units(amount: float) -> int:
    return round(amount * UNITS_PER_CURRENCY)


def _columns(matrix: CostMatrix, invoice: Invoice) -> tuple[int, int]:
    first = max(0, matrix.column(invoice.period.first))
    return first, max(first, min(matrix.days, matrix.column(invoice.period.last) + 1))


def _whole_products(
    stored: frozenset[ChargeKey], invoiced: frozenset[ChargeKey], tier_pattern: str
) -> Mapping[ChargeKey, ChargeKey]:
    """The keys of tiers that the other side has only as the whole product, each with that product's key."""
    family = {key: replace(key, product=product_family(key.product, tier_pattern)) for key in stored | invoiced}
    return {key: whole for key, whole in family.items() if key != whole and (whole in stored) != (whole in invoiced)}


def _days(matrix: CostMatrix, account: str, invoice: Invoice, today: date) -> Reconciled:
    """What is known of the days of the period, still without lines."""
    row = matrix.accounts.index(account)
    uncovered, unsettled, to_come = [], [], 0
    for day in _each_day(invoice):
        column = matrix.column(day)
        known = 0 <= column < matrix.days
        if day > today or (day == today and not (known and matrix.covered[row, column])):
            to_come += 1
        elif not known or not matrix.covered[row, column]:
            uncovered.append(day)
        elif np.isnat(matrix.settled_at[row, column]):
            unsettled.append(day)
    return Reconciled(account, invoice, (), tuple(uncovered), tuple(unsettled), to_come)


def _each_day(invoice: Invoice) -> Iterator[date]:
    period = invoice.period
    return (date.fromordinal(number) for number in range(period.first.toordinal(), period.last.toordinal() + 1))


class _Names:
    """What the history calls the places that an invoice knows by their ids alone."""

    def __init__(self, matrix: CostMatrix, account: str) -> None:
        self._account = account
        self._clusters = {(one.tenant, one.workspace, one.cluster): one.cluster_name for one in matrix.series}
        self._workspaces = {(one.tenant, one.workspace): one.workspace_name for one in matrix.series}

    def scope(self, key: ChargeKey) -> Scope:
        """The places of a line, from the account to the product."""
        places = [Place(Dimension.ACCOUNT, self._account, self._account)]
        if key.cluster:
            workspace = self._workspaces.get((key.tenant, key.workspace), key.workspace)
            cluster = self._clusters.get((key.tenant, key.workspace, key.cluster), key.cluster)
            places += [
                Place(Dimension.TENANT, key.tenant, key.tenant),
                Place(Dimension.WORKSPACE, key.workspace, workspace),
                Place(Dimension.CLUSTER, key.cluster, cluster),
            ]
        return Scope((*places, Place(Dimension.PRODUCT, key.product, key.product)))
