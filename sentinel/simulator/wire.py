"""The shapes of the billing API's answers, key by key, as documented."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class Breakdown(TypedDict):
    """One day [date_from, date_to) of one charge. total: in dollars, up to eight decimals."""

    date_from: str
    date_to: str
    quantity: float
    total: float


class DailyCharge(TypedDict):
    """One product at one unit price, day by day."""

    product: str
    unit_price: float
    breakdowns: list[Breakdown]


class DailyCluster(TypedDict):
    """A cluster and its charges."""

    virtual_cluster_id: str
    cluster_name: str
    cluster_regions: list[str]
    charges: list[DailyCharge]


class DailyWorkspace(TypedDict):
    """A workspace and its clusters."""

    workspace_id: str
    workspace_name: str
    clusters: list[DailyCluster]


class DailyTenant(TypedDict):
    """A tenant and its workspaces."""

    tenant_id: str
    workspaces: list[DailyWorkspace]


class AccountTotal(TypedDict):
    """A credit or support charge of the whole window, without days."""

    product: str
    total: float


class Answer(TypedDict):
    """The answer of get_invoice_breakdowns; `account_charges` are undocumented: see `ChargeShape`."""

    date_from: str
    date_to: str
    tenants: list[DailyTenant]
    account_charges: list[DailyCharge | AccountTotal]


class InvoiceCharge(TypedDict):
    """One product at one unit price over the whole period. total: in dollars, rounded to cents."""

    product: str
    unit_price: NotRequired[float]
    quantity: NotRequired[float]
    total: float


class InvoiceCluster(TypedDict):
    """A cluster's charges; an invoice carries no names."""

    virtual_cluster_id: str
    charges: list[InvoiceCharge]
    total: float


class InvoiceWorkspace(TypedDict):
    """A workspace's clusters."""

    workspace_id: str
    clusters: list[InvoiceCluster]
    total: float


class InvoiceTenant(TypedDict):
    """A tenant's workspaces."""

    tenant_id: str
    workspaces: list[InvoiceWorkspace]
    total: float


class Invoice(TypedDict):
    """The answer of get_past_invoice and get_pending_invoice."""

    date_from: str
    date_to: str
    tenants: list[InvoiceTenant]
    account_charges: list[InvoiceCharge]
    total: float
