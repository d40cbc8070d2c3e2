"""The tables of the cost history.

A `day` in the large tables is the proleptic ordinal of a UTC charge day, the number that `date.toordinal` gives: three
bytes, and the order of the days. People look at the view `daily_cost_named`, which shows dates, names and currency.
A `cost` is in 1e-8 currency units.

The tables that an answer fills by the ten thousand have no foreign keys: each would cost a look-up for every row. One
function writes them, in one transaction, and `sentinel db check` looks for rows that refer to nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from sentinel.store.database.base import UtcMoment, table_of

NO_ROWID = {"sqlite_with_rowid": False}
"""The primary key is the table: half the size and no second tree to write."""


class Place(SQLModel, table=True):
    """A cluster, or a workspace where `cluster` is empty, by the ids that the billing API gives them."""

    __tablename__: ClassVar[str] = "place"
    __table_args__ = (UniqueConstraint("account", "tenant", "workspace", "cluster"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    account: str
    tenant: str
    workspace: str
    cluster: str


class PlaceName(SQLModel, table=True):
    """What a place was called from a moment on, and its regions: sorted, joined by commas, empty for a workspace."""

    __tablename__: ClassVar[str] = "place_name"
    __table_args__ = NO_ROWID

    place_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seen_at: datetime = Field(primary_key=True, sa_type=UtcMoment)
    name: str
    regions: str


class Series(SQLModel, table=True):
    """A product of a cluster, by a number that the large tables use."""

    __tablename__: ClassVar[str] = "series"
    __table_args__ = (UniqueConstraint("place_id", "product"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    place_id: int
    product: str


class DailyCost(SQLModel, table=True):
    """What a series cost on a day, as last pulled. No row on a covered day is zero."""

    __tablename__: ClassVar[str] = "daily_cost"
    __table_args__ = NO_ROWID

    day: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    series_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    cost: int = Field(sa_type=BigInteger)
    quantity: float


class DailyVector(SQLModel, table=True):
    """The rows of one account and day again, as arrays: little-endian int32 ids, int64 costs, float64 quantities.

    Written with the rows and read twenty times as fast. `sentinel db check` compares the two.
    """

    __tablename__: ClassVar[str] = "daily_vector"

    account: str = Field(primary_key=True)
    day: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    series: bytes
    cost: bytes
    quantity: bytes


class Pull(SQLModel, table=True):
    """One attempt to learn an account's costs: `outcome` is one of `Outcome`.

    `asked_*` is the window that was wanted, empty for an import; `answered_*` the answer's own, empty for a failure.
    """

    __tablename__: ClassVar[str] = "pull"
    __table_args__ = (Index(None, "account", "pulled_at"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str
    pulled_at: datetime = Field(sa_type=UtcMoment)
    asked_first: date | None
    asked_stop: date | None
    answered_first: date | None
    answered_stop: date | None
    outcome: str
    error_kind: str | None
    error: str | None = Field(sa_type=Text)
    rows_new: int
    rows_changed: int
    rows_unchanged: int
    rows_vanished: int
    rows_grown: int
    rows_restated: int


class PullDay(SQLModel, table=True):
    """A day that a stored pull covered; what is covered, settled, and known at some moment follows from it."""

    __tablename__: ClassVar[str] = "pull_day"
    __table_args__ = NO_ROWID

    account: str = Field(primary_key=True)
    day: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    pull_id: int = Field(primary_key=True, foreign_key="pull.id", index=True, sa_column_kwargs={"autoincrement": False})


class PullLoss(SQLModel, table=True):
    """Why an answer was kept aside: on this day it had `kept` of the `known` clusters."""

    __tablename__: ClassVar[str] = "pull_loss"
    __table_args__ = NO_ROWID

    pull_id: int = Field(primary_key=True, foreign_key="pull.id", sa_column_kwargs={"autoincrement": False})
    day: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    known: int
    kept: int


class PullBody(SQLModel, table=True):
    """The start of an answer that was not stored as costs, compressed by zlib; `size` is that of the whole answer."""

    __tablename__: ClassVar[str] = "pull_body"

    pull_id: int = Field(primary_key=True, foreign_key="pull.id", sa_column_kwargs={"autoincrement": False})
    size: int
    body: bytes


class Revision(SQLModel, table=True):
    """What a series cost on a day before a pull changed it; empty where it had no row."""

    __tablename__: ClassVar[str] = "revision"
    __table_args__ = NO_ROWID

    day: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    series_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    pull_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    old_cost: int | None = Field(sa_type=BigInteger)
    old_quantity: float | None


class AccountCharge(SQLModel, table=True):
    """A credit or support charge from one pull on, until a later pull says otherwise; an empty cost: it is gone.

    `day` is empty where the answer dates the charge only by its billing month, whose first day is `month`. Then the row
    is what this one pull said of the days that it asked for, changed or not.
    """

    __tablename__: ClassVar[str] = "account_charge"
    __table_args__ = (Index(None, "account", "month"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str
    month: date
    day: date | None
    product: str
    pull_id: int = Field(foreign_key="pull.id", index=True)
    cost: int | None = Field(sa_type=BigInteger)


class Account(SQLModel, table=True):
    """What was learned of an account: whether `date_end` belongs to the window asked for, and which method works."""

    __tablename__: ClassVar[str] = "account"

    name: str = Field(primary_key=True)
    end_inclusive: bool | None
    method: str | None


place = table_of(Place)
series = table_of(Series)
place_name = table_of(PlaceName)
daily_cost = table_of(DailyCost)
daily_vector = table_of(DailyVector)
pull = table_of(Pull)
pull_day = table_of(PullDay)
pull_loss = table_of(PullLoss)
pull_body = table_of(PullBody)
revision = table_of(Revision)
account_charge = table_of(AccountCharge)
account = table_of(Account)
