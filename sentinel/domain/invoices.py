"""What an invoice says: the charges of a billing period, each rounded to cents."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel.domain.periods import Period


@dataclass(frozen=True, slots=True, order=True)
class ChargeKey:
    """What an invoice and a history both tell the cost of: one product of one cluster.

    A credit or support charge of the whole account has no tenant, workspace and cluster.
    """

    tenant: str
    workspace: str
    cluster: str
    product: str


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """What an invoice charges for one product of one cluster; `cost` is in 1e-8 currency units.

    `parts` counts the invoice's own lines behind it, each rounded to a cent: a product stands there once for each of
    its unit prices.
    """

    key: ChargeKey
    cost: int
    parts: int


@dataclass(frozen=True, slots=True)
class Invoice:
    """One invoice of one account: what is charged for the days of `period`, one line for each key.

    `total` is the invoice's own, in 1e-8 currency units. `pending`: the period still runs, the figures grow.
    """

    period: Period
    lines: tuple[InvoiceLine, ...]
    total: int
    pending: bool = False
