"""Evaluations, alerts, what people say of them, and the outbox."""

import sqlalchemy as sa
from alembic import op

from sentinel.store.database.base import UtcMoment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _evaluations()
    _alerts()
    _words()
    _outbox()


def _evaluations() -> None:
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("moment", UtcMoment(), nullable=False),
        sa.Column("rules_hash", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "rule_evaluation",
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name="fk_rule_evaluation_evaluation_id"),
        sa.PrimaryKeyConstraint("rule", "evaluation_id", name="pk_rule_evaluation"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rule_evaluation_evaluation_id", "rule_evaluation", ["evaluation_id"])


def _alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("scope_key", sa.Text(), nullable=False),
        sa.Column("episode", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", UtcMoment(), nullable=False),
        sa.Column("closed_at", UtcMoment(), nullable=True),
        sa.Column("told_at", UtcMoment(), nullable=False),
        sa.Column("told_impact", sa.Float(), nullable=False),
        sa.Column("told_threshold", sa.String(), nullable=True),
        sa.Column("rule_fingerprint", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("inhibited_by", sa.Integer(), nullable=True),
        sa.Column("tells_for", sa.Text(), nullable=False),
        sa.Column("also_to", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["inhibited_by"], ["alert.id"], name="fk_alert_inhibited_by"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sqlite_autoincrement=True,
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "ix_alert_open",
        "alert",
        ["rule", "scope_key", "episode"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_alert_closed_at", "alert", ["closed_at"])
    op.create_table(
        "alert_day",
        sa.Column("alert_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("observed", sa.Float(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("lower", sa.Float(), nullable=False),
        sa.Column("upper", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_alert_day_alert_id"),
        sa.PrimaryKeyConstraint("alert_id", "day", name="pk_alert_day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "transition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("moment", UtcMoment(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("impact", sa.Float(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name="fk_transition_evaluation_id"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_transition_alert_id"),
        sa.PrimaryKeyConstraint("id", name="pk_transition"),
    )
    op.create_index("ix_transition_evaluation_id", "transition", ["evaluation_id"])
    op.create_index("ix_transition_alert_id", "transition", ["alert_id"])


def _outbox() -> None:
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", UtcMoment(), nullable=False),
        sa.Column("created_at", UtcMoment(), nullable=False),
        sa.Column("due_at", UtcMoment(), nullable=False),
        sa.Column("first_attempt_at", UtcMoment(), nullable=True),
        sa.Column("lease_until", UtcMoment(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("uncertain", sa.Boolean(), nullable=False),
        sa.Column("delivered", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("asked_to_wait", sa.Boolean(), nullable=False),
        sa.Column("folded_into", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["folded_into"], ["notification.id"], name="fk_notification_folded_into"),
        sa.PrimaryKeyConstraint("id", name="pk_notification"),
        sa.UniqueConstraint("channel", "key", name="uq_notification_channel_key"),
        sqlite_autoincrement=True,
    )
    is_waiting = sa.text("state IN ('pending', 'sending')")
    op.create_index(
        "ix_notification_waiting",
        "notification",
        ["channel", "id"],
        sqlite_where=is_waiting,
        postgresql_where=is_waiting,
    )
    is_sent = sa.text("state = 'sent'")
    op.create_index(
        "ix_notification_sent",
        "notification",
        ["channel", "state_since"],
        sqlite_where=is_sent,
        postgresql_where=is_sent,
    )
    op.create_table(
        "notification_alert",
        sa.Column("alert_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("notification_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("silence_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_notification_alert_alert_id"),
        sa.ForeignKeyConstraint(["notification_id"], ["notification.id"], name="fk_notification_alert_notification_id"),
        sa.ForeignKeyConstraint(["silence_id"], ["silence.id"], name="fk_notification_alert_silence_id"),
        sa.PrimaryKeyConstraint("alert_id", "notification_id", name="pk_notification_alert"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_notification_alert_notification_id", "notification_alert", ["notification_id"])
    op.create_table(
        "receipt",
        sa.Column("alert_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("moment", UtcMoment(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_receipt_alert_id"),
        sa.PrimaryKeyConstraint("alert_id", "channel", name="pk_receipt"),
        sqlite_with_rowid=False,
    )


def _words() -> None:
    op.create_table(
        "mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("scope_key", sa.Text(), nullable=False),
        sa.Column("episode", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", UtcMoment(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("until", UtcMoment(), nullable=True),
        sa.Column("new_level", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_mark_alert_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mark"),
    )
    op.create_index("ix_mark_alert_id", "mark", ["alert_id"])
    op.create_table(
        "silence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matchers", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcMoment(), nullable=False),
        sa.Column("ends_at", UtcMoment(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_silence"),
        sqlite_autoincrement=True,
    )
