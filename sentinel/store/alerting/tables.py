"""The tables of evaluations, alerts, what people say of them, and the outbox.

A `finding`, a `scope` and a `message` are JSON of the domain's values. Amounts are in currency.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from sentinel.store.database.base import UtcMoment, table_of

NO_ROWID = {"sqlite_with_rowid": False}

# A number that people or event keys refer to is never given out again, even after the newest row was pruned.
NEVER_AGAIN = {"sqlite_autoincrement": True}

_IS_OPEN = text("state = 'open'")
_IS_WAITING = text("state IN ('pending', 'sending')")
_IS_SENT = text("state = 'sent'")


class Evaluation(SQLModel, table=True):
    """One run of the rules: when, by which rules and which program."""

    __tablename__: ClassVar[str] = "evaluation"
    __table_args__ = NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    moment: datetime = Field(sa_type=UtcMoment)
    rules_hash: str
    version: str


class RuleEvaluation(SQLModel, table=True):
    """A rule that was judged in an evaluation, by the definition that the fingerprint stands for."""

    __tablename__: ClassVar[str] = "rule_evaluation"
    __table_args__ = NO_ROWID

    rule: str = Field(primary_key=True)
    evaluation_id: int = Field(
        primary_key=True, foreign_key="evaluation.id", index=True, sa_column_kwargs={"autoincrement": False}
    )
    fingerprint: str


class Alert(SQLModel, table=True):
    """An alert as it stands; at most one is open for a rule, scope and episode.

    `inhibited_by` is the alert that tells it, `tells_for` and `also_to` are JSON lists of rules and of channels.
    """

    __tablename__: ClassVar[str] = "alert"
    __table_args__ = (
        Index(
            "ix_alert_open",
            "rule",
            "scope_key",
            "episode",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index(None, "closed_at"),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    rule: str
    kind: str
    scope_key: str = Field(sa_type=Text)
    episode: str
    severity: str
    state: str
    opened_at: datetime = Field(sa_type=UtcMoment)
    closed_at: datetime | None = Field(sa_type=UtcMoment)
    told_at: datetime = Field(sa_type=UtcMoment)
    told_impact: float
    told_threshold: str | None
    rule_fingerprint: str
    scope: str = Field(sa_type=Text)
    finding: str = Field(sa_type=Text)
    inhibited_by: int | None = Field(foreign_key="alert.id")
    tells_for: str = Field(sa_type=Text)
    also_to: str = Field(sa_type=Text)


class AlertDay(SQLModel, table=True):
    """What was said of one day of an alert."""

    __tablename__: ClassVar[str] = "alert_day"
    __table_args__ = NO_ROWID

    alert_id: int = Field(primary_key=True, foreign_key="alert.id", sa_column_kwargs={"autoincrement": False})
    day: date = Field(primary_key=True)
    observed: float
    expected: float
    lower: float
    upper: float
    score: float


class Transition(SQLModel, table=True):
    """One change of an alert; `severity`, `impact` and `finding` are as they were then."""

    __tablename__: ClassVar[str] = "transition"

    id: int | None = Field(default=None, primary_key=True)
    evaluation_id: int = Field(foreign_key="evaluation.id", index=True)
    alert_id: int = Field(foreign_key="alert.id", index=True)
    kind: str
    reason: str
    moment: datetime = Field(sa_type=UtcMoment)
    severity: str
    impact: float
    finding: str = Field(sa_type=Text)


class Notification(SQLModel, table=True):
    """One message on its way to one channel: `state` is pending, sending (until `lease_until`), sent or parked.

    Or it is silenced, or folded into another one, `folded_into`, that tells what it told. `attempts` grows with each
    claim and is what a claim is known by. `delivered` is a JSON list of the parts that have arrived. `error` is what
    went wrong last; `asked_to_wait`: the receiver then said for how long.
    """

    __tablename__: ClassVar[str] = "notification"
    __table_args__ = (
        UniqueConstraint("channel", "key"),
        Index("ix_notification_waiting", "channel", "id", sqlite_where=_IS_WAITING, postgresql_where=_IS_WAITING),
        Index("ix_notification_sent", "channel", "state_since", sqlite_where=_IS_SENT, postgresql_where=_IS_SENT),
        NEVER_AGAIN,
    )

    id: int | None = Field(default=None, primary_key=True)
    channel: str
    key: str
    state: str
    state_since: datetime = Field(sa_type=UtcMoment)
    created_at: datetime = Field(sa_type=UtcMoment)
    due_at: datetime = Field(sa_type=UtcMoment)
    first_attempt_at: datetime | None = Field(sa_type=UtcMoment)
    lease_until: datetime | None = Field(sa_type=UtcMoment)
    attempts: int
    uncertain: bool
    delivered: str = Field(sa_type=Text)
    error: str | None = Field(sa_type=Text)
    asked_to_wait: bool
    folded_into: int | None = Field(foreign_key="notification.id")
    # A digest of thousands is megabytes long: as the last column it is not read where only the state is asked for.
    message: str = Field(sa_type=Text)


class NotificationAlert(SQLModel, table=True):
    """An alert that a notification tells of; a digest tells of many. What has a `silence_id` was kept back by that."""

    __tablename__: ClassVar[str] = "notification_alert"
    __table_args__ = NO_ROWID

    alert_id: int = Field(primary_key=True, foreign_key="alert.id", sa_column_kwargs={"autoincrement": False})
    notification_id: int = Field(
        primary_key=True, foreign_key="notification.id", index=True, sa_column_kwargs={"autoincrement": False}
    )
    silence_id: int | None = Field(foreign_key="silence.id")


class Receipt(SQLModel, table=True):
    """Where in a channel an alert's conversation is: the receiver's reference of its first message."""

    __tablename__: ClassVar[str] = "receipt"
    __table_args__ = NO_ROWID

    alert_id: int = Field(primary_key=True, foreign_key="alert.id", sa_column_kwargs={"autoincrement": False})
    channel: str = Field(primary_key=True)
    thread: str = Field(sa_type=Text)
    moment: datetime = Field(sa_type=UtcMoment)


class Mark(SQLModel, table=True):
    """A person's word on an alert, with the rule, scope and days that it is about."""

    __tablename__: ClassVar[str] = "mark"

    id: int | None = Field(default=None, primary_key=True)
    alert_id: int = Field(foreign_key="alert.id", index=True)
    kind: str
    rule: str
    scope_key: str = Field(sa_type=Text)
    episode: str
    first_day: date
    last_day: date
    author: str
    at: datetime = Field(sa_type=UtcMoment)
    comment: str = Field(sa_type=Text)
    until: datetime | None = Field(sa_type=UtcMoment)
    new_level: bool


class Silence(SQLModel, table=True):
    """A span in which matching alerts are not told; `matchers` is a JSON list of pairs."""

    __tablename__: ClassVar[str] = "silence"
    __table_args__ = NEVER_AGAIN

    id: int | None = Field(default=None, primary_key=True)
    matchers: str = Field(sa_type=Text)
    starts_at: datetime = Field(sa_type=UtcMoment)
    ends_at: datetime = Field(sa_type=UtcMoment)
    author: str
    comment: str = Field(sa_type=Text)


evaluation = table_of(Evaluation)
rule_evaluation = table_of(RuleEvaluation)
alert = table_of(Alert)
alert_day = table_of(AlertDay)
transition = table_of(Transition)
notification = table_of(Notification)
notification_alert = table_of(NotificationAlert)
receipt = table_of(Receipt)
mark = table_of(Mark)
silence = table_of(Silence)
