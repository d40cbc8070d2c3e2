"""The small values that rules.yaml is made of: durations, percents, amounts, names, days.

Each reader raises ValueError in plain words and never repeats the value: the loader adds it where that is safe.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    StringConstraints,
    WithJsonSchema,
)

NEVER = timedelta.max
"""A duration that does not end."""

_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "d": timedelta(days=1),
    "day": timedelta(days=1),
    "w": timedelta(weeks=1),
    "week": timedelta(weeks=1),
}
_DURATION = re.compile(r"(\d{1,7})\s*(s|m|min|h|hours?|d|days?|w|weeks?)", re.ASCII)
_PERCENT = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)\s*%", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Share(float):
    """A part of a whole that was written as a percent: `25%` is 0.25."""

    __slots__ = ()


def within(low: timedelta, high: timedelta) -> AfterValidator:
    """The bound of a duration, both ends included."""

    def check(value: timedelta) -> timedelta:
        if not low <= value <= high:
            raise ValueError(f"must be between {format_duration(low)} and {format_duration(high)}")
        return value

    return AfterValidator(check)


def within_or_never(low: timedelta, high: timedelta) -> AfterValidator:
    """The bound of an interval: `never`, or between these, both ends included."""

    def check(value: timedelta) -> timedelta:
        if value != NEVER and not low <= value <= high:
            raise ValueError(f"must be between {format_duration(low)} and {format_duration(high)}, or never")
        return value

    return AfterValidator(check)


def percent(text: object) -> Share:
    """The share that a text like `25%` means; a bare number is refused, for 25 and 0.25 both look right."""
    if isinstance(text, Share):
        return text
    if isinstance(text, (int, float)):
        raise ValueError("must be a percent with its sign, like 25%")  # noqa: TRY004 - pydantic collects ValueErrors
    found = _PERCENT.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError("must be a percent, like 25%")
    return Share(float(found[1]) / 100)


def duration(text: object) -> timedelta:
    """The time that a text like `6h`, `36h`, `3 days` or `2w` means."""
    if isinstance(text, timedelta):
        return text
    found = _DURATION.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError("must be a duration with its unit, like 30m, 6h or 3 days")
    unit = found[2]
    return int(found[1]) * _UNITS.get(unit, _UNITS.get(unit.rstrip("s"), timedelta()))


def duration_or_never(text: object) -> timedelta:
    """The time that a text means; `never` is longer than any other."""
    if text == "never":
        return NEVER
    try:
        return duration(text)
    except ValueError as error:
        raise ValueError(f"{error}, or never") from None


def format_duration(span: timedelta) -> str:
    """A duration as rules.yaml writes it: `36h`, `3 days`, `90s`, `never`."""
    if span == NEVER:
        return "never"
    seconds = round(span.total_seconds())
    if seconds and seconds % 86400 == 0 and seconds > 2 * 86400:
        return f"{seconds // 86400} days"
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def format_percent(share: float) -> str:
    """A share as rules.yaml writes it: 0.25 is `25%`."""
    return f"{round(share * 100, 6):g}%"


def _not_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic collects ValueErrors
    return value


def _day(value: object) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else value
    except ValueError as error:
        raise ValueError("must be a day of the calendar, like 2026-03-01") from error
    if not isinstance(day, date) or isinstance(day, datetime) or not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError("must be a day, like 2026-03-01")
    return day


def _one_line(value: str) -> str:
    if value != value.strip() or _CONTROL.search(value):
        raise ValueError("must be one line without spaces around it")
    return value


def _address(value: str) -> str:
    local, at, host = value.rpartition("@")
    if not (local and at and host) or re.search(r"[\s<>,;@]", local + host) or _CONTROL.search(value):
        raise ValueError("must be an e-mail address, like owners@example.com")
    return value


def is_currency(text: str) -> bool:
    """Whether a text has the form of a currency code: `USD`."""
    return re.fullmatch(r"[A-Z]{3}", text, re.ASCII) is not None


def _currency(value: str) -> str:
    if not is_currency(value):
        raise ValueError("must be a currency code of three capital letters, like USD")
    return value


def _patterns(value: object) -> object:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, Mapping) or value == []:
        raise ValueError("must be a value or a list of values")
    return value


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


NotBoolean = BeforeValidator(_not_boolean)
"""Refuses true and false where a number is meant; Python takes them for 1 and 0."""

_PERCENT_SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?\s*%$", "examples": ["25%"]})

Percent = Annotated[float, Field(gt=0), BeforeValidator(percent), PlainSerializer(format_percent), _PERCENT_SCHEMA]
PercentFloor = Annotated[float, BeforeValidator(percent), PlainSerializer(format_percent), _PERCENT_SCHEMA]
Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    PlainSerializer(format_duration),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d+\s*(s|m|min|h|hours?|d|days?|w|weeks?)$", "examples": ["6h", "3 days"]}
    ),
]
Interval = Annotated[
    timedelta,
    BeforeValidator(duration_or_never),
    PlainSerializer(format_duration),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^(\d+\s*(s|m|min|h|hours?|d|days?|w|weeks?)|never)$",
            "examples": ["3 days", "never"],
        }
    ),
]
"""A duration, or `never`."""
Amount = Annotated[float, Field(gt=0, allow_inf_nan=False), NotBoolean]
Floor = Annotated[float, Field(ge=0, allow_inf_nan=False), NotBoolean]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_one_line)]
Address = Annotated[str, StringConstraints(max_length=254), AfterValidator(_address)]
Currency = Annotated[str, AfterValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]
Secret = Annotated[SecretStr, Field(min_length=1)]
Patterns = Annotated[
    tuple[Name, ...],
    BeforeValidator(_patterns),
    AfterValidator(_distinct),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
            ]
        }
    ),
]
