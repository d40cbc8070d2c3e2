"""Reports: what is told of the spend on a schedule, whatever it is."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    StrictBool,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from sentinel.domain.periods import PeriodKind
from sentinel.domain.schedules import Schedule
from sentinel.rules.entries import Entry, Where, spell_part
from sentinel.rules.matching import nearest_spelling
from sentinel.rules.periods import Weekday
from sentinel.rules.values import Name

_EVERY = re.compile(r"(?P<day>[a-z]+|\d{1,2}(?:st|nd|rd|th))\s+(?P<hour>\d{2}):(?P<minute>\d{2})", re.ASCII)
_FORM = "must be a day and a time, like day 08:00, monday 09:00 or 1st 09:00"
_LONGEST_MONTH = 31
_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def read_schedule(text: object) -> Schedule:
    """The schedule that a text like `day 08:00`, `monday 09:00` or `1st 09:00` means."""
    if isinstance(text, Schedule):
        return text
    found = _EVERY.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError(_FORM)
    hour, minute = int(found["hour"]), int(found["minute"])
    if hour > 23 or minute > 59:  # noqa: PLR2004 - the hours of a day and the minutes of an hour
        raise ValueError(f"{_FORM}; times are from 00:00 to 23:59")
    at, day = time(hour, minute), found["day"]
    if day == "day":
        return Schedule(at)
    if day[0].isdigit():
        return Schedule(at, month_day=_month_day(day))
    if day not in tuple(Weekday):
        near = nearest_spelling(day, Weekday)
        raise ValueError(f"{_FORM}; did you mean {near}?" if near else _FORM)
    return Schedule(at, weekday=Weekday(day).number)


def _month_day(text: str) -> int:
    number = int(text[:-2])
    if not 1 <= number <= _LONGEST_MONTH:
        raise ValueError(f"{_FORM}; days of a month are from 1st to 31st")
    if text != _ordinal(number):
        raise ValueError(f"{_FORM}; did you mean {_ordinal(number)}?")
    return number


def _ordinal(number: int) -> str:
    return f"{number}{_ENDINGS.get(number, 'th')}"


def spell_schedule(schedule: Schedule) -> str:
    """A schedule as rules.yaml writes it: `monday 09:00`."""
    if schedule.weekday is not None:
        day: str = list(Weekday)[schedule.weekday].value
    else:
        day = "day" if schedule.month_day is None else _ordinal(schedule.month_day)
    return f"{day} {schedule.at:%H:%M}"


def _zone(name: str) -> str:
    if name != "UTC" and name not in (known := available_timezones()):
        near = nearest_spelling(name, known)
        hint = f"; did you mean {near}?" if near else ""
        raise ValueError(f"must be the name of a time zone, like UTC or Europe/Berlin{hint}")
    return name


TimeZone = Annotated[str, AfterValidator(_zone)]
"""The IANA name of a time zone."""

Every = Annotated[
    Schedule,
    BeforeValidator(read_schedule),
    PlainSerializer(spell_schedule),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": rf"^(day|{'|'.join(Weekday)}|\d{{1,2}}(st|nd|rd|th))\s+\d{{2}}:\d{{2}}$",
            "examples": ["day 08:00", "monday 09:00", "1st 09:00"],
        }
    ),
]


class ScheduledReport(Entry):
    """A report that is sent on a schedule, by the clock of the settings' `timezone`.

    It tells of the last period that has ended; with `so_far` of the running one up to the day before.
    """

    name: Name
    every: Every
    """When: `day 08:00`, `monday 09:00`, `1st 09:00` (in a shorter month `31st` is its last day)."""
    period: Annotated[Literal["day", "week", "month"] | None, Field(validate_default=True)] = None
    """What it tells of; left out it is as long as it is from one report to the next."""
    so_far: StrictBool = False
    """The running period up to yesterday, against as many days of the one before."""
    where: Where = Where()
    except_: Annotated[Where, Field(alias="except")] = Where()
    notify: tuple[Name, ...]

    @field_validator("period")
    @classmethod
    def _as_long_as_the_schedule(
        cls, value: Literal["day", "week", "month"] | None, info: ValidationInfo
    ) -> Literal["day", "week", "month"]:
        every = info.data.get("every")
        if value is not None or not isinstance(every, Schedule):
            return value or "day"
        return "week" if every.weekday is not None else "month" if every.month_day is not None else "day"

    @field_validator("so_far")
    @classmethod
    def _has_a_part(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("period") == "day":
            raise ValueError("needs period week or month: of a running day too little is known")
        return value

    @property
    def kind(self) -> PeriodKind:
        """The kind of its period."""
        return PeriodKind(self.period or PeriodKind.DAY)

    @property
    def part(self) -> str:
        """The part of the spend that it tells of, for people: ` where workspace production`."""
        return spell_part(self.where, self.except_)

    def __str__(self) -> str:
        """`the last week, monday 09:00 where workspace production`."""
        which = f"the {self.kind.value} so far" if self.so_far else f"the last {self.kind.value}"
        return f"{which}{self.part}, every {spell_schedule(self.every)}"
