"""The table of reports that are due again and again."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlmodel import Field, SQLModel

from sentinel.store.database.base import UtcMoment, table_of


class ReportProgress(SQLModel, table=True):
    """How far the reports of one name have come: what was due up to `made_until` was made, or is not to be told.

    `schedule` is by what it was due; the outbox knows what was sent, but may forget it.
    """

    __tablename__: ClassVar[str] = "report_progress"
    __table_args__: ClassVar[dict[str, bool]] = {"sqlite_with_rowid": False}

    report: str = Field(primary_key=True)
    schedule: str
    made_until: datetime = Field(sa_type=UtcMoment)


report_progress = table_of(ReportProgress)
