"""Invoices, in every version that was answered."""

import sqlalchemy as sa
from alembic import op

from sentinel.store.database.base import UtcMoment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("seen_at", UtcMoment(), nullable=False),
        sa.Column("checked_at", UtcMoment(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invoice"),
        sa.UniqueConstraint("account", "first", "seen_at", name="uq_invoice_account_first_seen_at"),
    )
    op.create_table(
        "invoice_line",
        sa.Column("invoice_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("cluster", sa.String(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name="fk_invoice_line_invoice_id"),
        sa.PrimaryKeyConstraint("invoice_id", "tenant", "workspace", "cluster", "product", name="pk_invoice_line"),
        sqlite_with_rowid=False,
    )
