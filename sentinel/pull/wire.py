"""The documented form of get_invoice_breakdowns, as far as sentinel reads it.

Keys that are not named here are ignored, `unit_price` among them: only `total` can be trusted. A field without a
default must be there. A list may be null, which is how some servers write an empty one.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Raw, Struct

Name = Annotated[str, Meta(min_length=1)]
"""An id or a product: a text that is not empty."""


class Breakdown(Struct, gc=False):
    """One day [date_from, date_to) of one charge; dates are checked where they are read."""

    date_from: str
    date_to: str
    quantity: float
    total: float


class Charge(Struct, gc=False):
    """One product at one unit price; a product may stand in a cluster more than once."""

    product: Name
    breakdowns: list[Breakdown] | None


class Cluster(Struct, gc=False):
    """A cluster and its charges; its names and regions are for people, so they may be missing."""

    virtual_cluster_id: Name
    charges: list[Charge] | None
    cluster_name: str | None = None
    cluster_regions: list[str] | None = None


class Digits(Struct, gc=False):
    """A breakdown read again for the digits of its total."""

    total: Raw


class ChargeDigits(Struct, gc=False):
    """A charge read again for the digits of its totals."""

    breakdowns: list[Digits] | None


class ClusterDigits(Struct, gc=False):
    """A cluster read again for the digits of its totals."""

    charges: list[ChargeDigits] | None


class Workspace(Struct):
    """A workspace; its clusters stay bytes until each one's turn comes."""

    workspace_id: Name
    clusters: list[Raw] | None
    workspace_name: str | None = None


class Tenant(Struct):
    """A tenant and its workspaces."""

    tenant_id: Name
    workspaces: list[Workspace] | None


class AccountBreakdown(Struct):
    """A dated part of an account charge; its total stays text, because these few are read digit by digit."""

    date_from: str
    date_to: str
    total: Raw


class AccountRow(Struct):
    """A credit or a support charge: with daily breakdowns, or with only a total; the documentation shows neither.

    Without a total, `total` is empty.
    """

    product: Name
    breakdowns: list[AccountBreakdown] | None = None
    total: Raw = Raw()


class Document(Struct):
    """A whole answer."""

    date_from: str
    date_to: str
    tenants: list[Tenant] | None
    account_charges: list[AccountRow] | None
