"""The tables of invoices: every version of each, so that what was known at a moment can be told."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from sentinel.store.database.base import UtcMoment, table_of


class Invoice(SQLModel, table=True):
    """One version of an invoice of an account's days first..last, both inclusive; `total` is in 1e-8 units.

    `seen_at`: when it was first answered so, `checked_at`: when it was last answered so.
    """

    __tablename__: ClassVar[str] = "invoice"
    __table_args__ = (UniqueConstraint("account", "first", "seen_at"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str
    first: date
    last: date
    seen_at: datetime = Field(sa_type=UtcMoment)
    checked_at: datetime = Field(sa_type=UtcMoment)
    total: int = Field(sa_type=BigInteger)


class InvoiceLine(SQLModel, table=True):
    """What an invoice charges for a product of a cluster, or of the account itself, whose places are empty.

    `cost` is in 1e-8 units, `parts` counts the invoice's own lines behind it.
    """

    __tablename__: ClassVar[str] = "invoice_line"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    invoice_id: int = Field(primary_key=True, foreign_key="invoice.id", sa_column_kwargs={"autoincrement": False})
    tenant: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    cluster: str = Field(primary_key=True)
    product: str = Field(primary_key=True)
    cost: int = Field(sa_type=BigInteger)
    parts: int


invoice, invoice_line = table_of(Invoice), table_of(InvoiceLine)
