"""Small phrases: days, money, percents and places as people read them."""

from __future__ import annotations

import re
from datetime import date

from sentinel.domain.money import format_money
from sentinel.domain.periods import Period, PeriodKind, period_of
from sentinel.domain.scopes import Dimension, Place, Scope

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_SPOKEN_BY_NAME = (Dimension.CLUSTER, Dimension.PRODUCT_FAMILY, Dimension.PRODUCT)
"""A cluster or a product is known by its name alone; a `production` needs the word workspace before it."""

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Controls, line and paragraph separators, marks that turn the direction of writing, halves of surrogate pairs."""

UNCHANGED_BELOW = 0.005
"""A change that would be written as 0% is no change."""


def one_line(text: str) -> str:
    """The text without anything that could break a line, a header or a terminal: each such character is a space."""
    return _UNPRINTABLE.sub(" ", text)


def a_day(day: date, today: date) -> str:
    """`Tue 3 Mar`; with its year when that is not the running one."""
    text = f"{day:%a} {day.day} {day:%b}"
    return text if day.year == today.year else f"{text} {day.year}"


def begun(sentence: str) -> str:
    """The sentence with a capital at its beginning: `The week of Mon 2 Mar is over`."""
    return sentence[:1].upper() + sentence[1:]


def days(count: int) -> str:
    """`1 day`, `8 days`."""
    return f"{count} day" if count == 1 else f"{count} days"


def ordinal(count: int) -> str:
    """`second`, `11th`."""
    if count <= len(_ORDINALS):
        return _ORDINALS[count - 1]
    ending = "th" if count % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


def bare(amount: float) -> str:
    """An amount without its currency, for a range behind one that has it."""
    return format_money(amount, "").rstrip()


def period_name(period: Period, today: date) -> str:
    """`November`, `the week of Mon 2 Mar`, `Tue 3 Mar`, or both ends."""
    year = "" if period.first.year == today.year else f" {period.first.year}"
    if period.days == 1:
        return a_day(period.first, today)
    if period == period_of(PeriodKind.MONTH, period.first):
        return f"{period.first:%B}{year}"
    if period == period_of(PeriodKind.QUARTER, period.first):
        return f"Q{(period.first.month + 2) // 3} {period.first.year}"
    if period == period_of(PeriodKind.YEAR, period.first):
        return f"{period.first.year}"
    if period.days == 7:  # noqa: PLR2004 - a week
        return f"the week of {a_day(period.first, today)}"
    return f"{a_day(period.first, today)} to {a_day(period.last, today)}"


def signed(amount: float, currency: str) -> str:
    """An amount with its sign: `+$430`, `-$20`."""
    text = format_money(amount, currency)
    return text if text.startswith("-") else f"+{text}"


def percent(share: float) -> str:
    """A change with its sign: 2.05 is `+205%`."""
    return f"{share * 100:+,.0f}%"


def place(where: Place) -> str:
    """One place in a sentence: `orders-prod`, `workspace production`."""
    name = one_line(str(where))
    return name if where.dimension in _SPOKEN_BY_NAME else f"{where.dimension.replace('_', ' ')} {name}"


def finest(scope: Scope) -> tuple[Place, ...]:
    """What a scope is known by: its cluster and product, else the last of its other places."""
    known = tuple(found for found in map(scope.get, _SPOKEN_BY_NAME) if found is not None)
    return known or scope.places[-1:]


def scope_name(scope: Scope) -> str:
    """A scope in a sentence: `orders-prod, Uncompressed GiB written`; "" for everything."""
    return ", ".join(place(where) for where in finest(scope))
