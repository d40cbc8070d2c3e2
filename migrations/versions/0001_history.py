"""The cost history."""

import sqlalchemy as sa
from alembic import op

from sentinel.store.database.base import UtcMoment

revision = "0001"
down_revision = None


def upgrade() -> None:
    _series()
    _pulls()
    _charges()
    day_of_row = "date(c.day + 1721424.5)" if _is_sqlite() else "date '0001-01-01' + (c.day - 1)"
    op.execute(_NAMED_VIEW.replace("DAY_OF_ROW", day_of_row))


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _series() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("cluster", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_place"),
        sa.UniqueConstraint(
            "account", "tenant", "workspace", "cluster", name="uq_place_account_tenant_workspace_cluster"
        ),
    )
    op.create_table(
        "place_name",
        sa.Column("place_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at", UtcMoment(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("regions", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("place_id", "seen_at", name="pk_place_name"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("place_id", "product", name="uq_series_place_id_product"),
    )


def _pulls() -> None:
    op.create_table(
        "account",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("end_inclusive", sa.Boolean(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_account"),
    )
    op.create_table(
        "pull",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("pulled_at", UtcMoment(), nullable=False),
        sa.Column("asked_first", sa.Date(), nullable=True),
        sa.Column("asked_stop", sa.Date(), nullable=True),
        sa.Column("answered_first", sa.Date(), nullable=True),
        sa.Column("answered_stop", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("error_kind", sa.String(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("rows_new", sa.Integer(), nullable=False),
        sa.Column("rows_changed", sa.Integer(), nullable=False),
        sa.Column("rows_unchanged", sa.Integer(), nullable=False),
        sa.Column("rows_vanished", sa.Integer(), nullable=False),
        sa.Column("rows_grown", sa.Integer(), nullable=False),
        sa.Column("rows_restated", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pull"),
    )
    op.create_index("ix_pull_account_pulled_at", "pull", ["account", "pulled_at"])
    op.create_table(
        "pull_day",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pull_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name="fk_pull_day_pull_id"),
        sa.PrimaryKeyConstraint("account", "day", "pull_id", name="pk_pull_day"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_pull_day_pull_id", "pull_day", ["pull_id"])
    op.create_table(
        "pull_loss",
        sa.Column("pull_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name="fk_pull_loss_pull_id"),
        sa.PrimaryKeyConstraint("pull_id", "day", name="pk_pull_loss"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pull_body",
        sa.Column("pull_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name="fk_pull_body_pull_id"),
        sa.PrimaryKeyConstraint("pull_id", name="pk_pull_body"),
    )


def _charges() -> None:
    op.create_table(
        "daily_cost",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("series_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("day", "series_id", name="pk_daily_cost"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "daily_vector",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("series", sa.LargeBinary(), nullable=False),
        sa.Column("cost", sa.LargeBinary(), nullable=False),
        sa.Column("quantity", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account", "day", name="pk_daily_vector"),
    )
    if not _is_sqlite():
        for column in ("series", "cost", "quantity"):  # compressing numbers costs time and gains nothing
            op.execute(f"ALTER TABLE daily_vector ALTER COLUMN {column} SET STORAGE EXTERNAL")
    op.create_table(
        "revision",
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("series_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("pull_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("old_cost", sa.BigInteger(), nullable=True),
        sa.Column("old_quantity", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("day", "series_id", "pull_id", name="pk_revision"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "account_charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("pull_id", sa.Integer(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["pull_id"], ["pull.id"], name="fk_account_charge_pull_id"),
        sa.PrimaryKeyConstraint("id", name="pk_account_charge"),
    )
    op.create_index("ix_account_charge_account_month", "account_charge", ["account", "month"])
    op.create_index("ix_account_charge_pull_id", "account_charge", ["pull_id"])


_NAMED_VIEW = """
    CREATE VIEW daily_cost_named AS
    SELECT DAY_OF_ROW AS day, p.account, p.tenant,
           (SELECT n.name FROM place_name n WHERE n.place_id = w.id ORDER BY n.seen_at DESC LIMIT 1) AS workspace,
           (SELECT n.name FROM place_name n WHERE n.place_id = p.id ORDER BY n.seen_at DESC LIMIT 1) AS cluster,
           s.product, c.cost / 100000000.0 AS cost, c.quantity
    FROM daily_cost c
    JOIN series s ON s.id = c.series_id
    JOIN place p ON p.id = s.place_id
    JOIN place w ON w.account = p.account AND w.tenant = p.tenant AND w.workspace = p.workspace AND w.cluster = ''
"""
"""The history as people read it: dates, the last names, currency."""
