"""Which scheduled reports were made."""

import sqlalchemy as sa
from alembic import op

from sentinel.store.database.base import UtcMoment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "report_progress",
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("schedule", sa.String(), nullable=False),
        sa.Column("made_until", UtcMoment(), nullable=False),
        sa.PrimaryKeyConstraint("report", name="pk_report_progress"),
        sqlite_with_rowid=False,
    )
