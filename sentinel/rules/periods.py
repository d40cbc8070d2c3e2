"""The periods of a budget: the calendar's, with a beginning of their own, rolling, or a term that comes once."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag

from sentinel.domain.periods import Period, PeriodKind, days_to, month_of, quarter_of, week_of, year_of
from sentinel.rules.entries import DayRange, Entry
from sentinel.rules.values import Duration, NotBoolean

_LONGEST_WINDOW = timedelta(days=366)
_SHORTEST_WINDOW = timedelta(days=2)


class Weekday(StrEnum):
    """The days of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """Counted from Monday = 0."""
        return list(Weekday).index(self)


class MonthName(StrEnum):
    """The months of the year."""

    JANUARY = "january"
    FEBRUARY = "february"
    MARCH = "march"
    APRIL = "april"
    MAY = "may"
    JUNE = "june"
    JULY = "july"
    AUGUST = "august"
    SEPTEMBER = "september"
    OCTOBER = "october"
    NOVEMBER = "november"
    DECEMBER = "december"

    @property
    def number(self) -> int:
        """Counted from January = 1."""
        return list(MonthName).index(self) + 1


class SpeltPeriod(Entry):
    """A period that one word does not tell."""

    @property
    @abstractmethod
    def kind(self) -> PeriodKind | None:
        """Whose kind it is, with a beginning of its own; None where it is none of the calendar's."""

    @property
    def calendar_months(self) -> bool:
        """Whether it begins on the first and ends on the last day of a month."""
        return False

    @abstractmethod
    def on(self, day: date) -> Period | None:
        """The period that a day lies in; None where it lies in none."""


class Term(DayRange, SpeltPeriod):
    """The days from..to, which do not come again."""

    @property
    def kind(self) -> PeriodKind | None:
        """It is none of the calendar's."""
        return None

    @property
    def calendar_months(self) -> bool:
        """Whether it begins on the first and ends on the last day of a month."""
        return self.from_.day == 1 and (self.to + timedelta(days=1)).day == 1

    def on(self, day: date) -> Period | None:
        """The term itself, on its days."""
        return self.days if day in self.days else None

    def __str__(self) -> str:
        return f"from {self.from_} to {self.to}"


def _whole_days(span: timedelta) -> timedelta:
    if not _SHORTEST_WINDOW <= span <= _LONGEST_WINDOW or span % timedelta(days=1):
        raise ValueError(f"must be whole days, from {_SHORTEST_WINDOW.days} to {_LONGEST_WINDOW.days}")
    return span


class Rolling(SpeltPeriod):
    """So many days up to each day: judged anew every day."""

    rolling: Annotated[Duration, AfterValidator(_whole_days)]

    @property
    def kind(self) -> PeriodKind | None:
        """It is none of the calendar's."""
        return None

    def on(self, day: date) -> Period | None:
        """The days up to this one."""
        return days_to(day, self.rolling.days)

    def __str__(self) -> str:
        return f"in any {self.rolling.days} days"


class WeekFrom(SpeltPeriod):
    """Weeks that begin on a weekday of their own."""

    week_from: Weekday

    @property
    def kind(self) -> PeriodKind:
        """A week."""
        return PeriodKind.WEEK

    def on(self, day: date) -> Period | None:
        """The week that a day lies in."""
        return week_of(day, self.week_from.number)

    def __str__(self) -> str:
        return f"a week from {self.week_from.value}"


class MonthFrom(SpeltPeriod):
    """Months that begin on a day of their own, as an invoice may; in a shorter month on its last day."""

    month_from: Annotated[int, Field(ge=1, le=31), NotBoolean]

    @property
    def kind(self) -> PeriodKind:
        """A month."""
        return PeriodKind.MONTH

    @property
    def calendar_months(self) -> bool:
        """Whether they are those of the calendar."""
        return self.month_from == 1

    def on(self, day: date) -> Period | None:
        """The month that a day lies in."""
        return month_of(day, self.month_from)

    def __str__(self) -> str:
        return f"a month from day {self.month_from}"


class QuarterFrom(SpeltPeriod):
    """Quarters of which one begins in a month of its own."""

    quarter_from: MonthName

    @property
    def kind(self) -> PeriodKind:
        """A quarter."""
        return PeriodKind.QUARTER

    @property
    def calendar_months(self) -> bool:
        """They are made of months."""
        return True

    def on(self, day: date) -> Period | None:
        """The quarter that a day lies in."""
        return quarter_of(day, self.quarter_from.number)

    def __str__(self) -> str:
        return f"a quarter from {self.quarter_from.value}"


class YearFrom(SpeltPeriod):
    """Years that begin in a month of their own."""

    year_from: MonthName

    @property
    def kind(self) -> PeriodKind:
        """A year."""
        return PeriodKind.YEAR

    @property
    def calendar_months(self) -> bool:
        """They are made of months."""
        return True

    def on(self, day: date) -> Period | None:
        """The year that a day lies in."""
        return year_of(day, self.year_from.number)

    def __str__(self) -> str:
        return f"a year from {self.year_from.value}"


_FORMS = (
    f"must be one of {', '.join(PeriodKind)}, or one of {{from: ..., to: ...}}, {{rolling: 30 days}}, "
    "{week_from: sunday}, {month_from: 15}, {quarter_from: february}, {year_from: april}"
)
_BY_KEY = {
    "from": "term",
    "to": "term",
    "rolling": "rolling days",
    "week_from": "own week",
    "month_from": "own month",
    "quarter_from": "own quarter",
    "year_from": "own year",
}
"""The tag of a form by its key; tags bear no key's name, since errors tell both in one path."""


def _form(value: object) -> str | None:
    if isinstance(value, SpeltPeriod):
        keys = [info.alias or name for name, info in type(value).model_fields.items()]
    elif isinstance(value, Mapping):
        keys = [str(key) for key in value]
    else:
        return "kind"
    return next((_BY_KEY[key] for key in keys if key in _BY_KEY), None)


def _calendar(value: object) -> object:
    if value not in tuple(PeriodKind):
        raise ValueError(_FORMS)
    return value


BudgetPeriod = Annotated[
    Annotated[PeriodKind, BeforeValidator(_calendar), Tag("kind")]
    | Annotated[Term, Tag("term")]
    | Annotated[Rolling, Tag("rolling days")]
    | Annotated[WeekFrom, Tag("own week")]
    | Annotated[MonthFrom, Tag("own month")]
    | Annotated[QuarterFrom, Tag("own quarter")]
    | Annotated[YearFrom, Tag("own year")],
    Discriminator(_form, custom_error_type="period_form", custom_error_message=_FORMS),
]
