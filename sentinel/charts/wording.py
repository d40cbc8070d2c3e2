"""Words in pictures: plain text of one line, whatever a cluster is called."""

from __future__ import annotations

from datetime import date

from sentinel.domain.scopes import Dimension, Scope

_KNOWN_BY_NAME = (Dimension.CLUSTER, Dimension.PRODUCT_FAMILY, Dimension.PRODUCT)
_ACCOUNT_WIDE = (Dimension.ACCOUNT, Dimension.TENANT)


def plain(text: str) -> str:
    """The text with a space for each character that cannot be seen: a picture's XML would not hold it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def called(scope: Scope, rule: str = "") -> str:
    """`orders-prod, Uncompressed GiB written`, `workspace production`; a whole account is called by its rule."""
    finest = [found for found in map(scope.get, _KNOWN_BY_NAME) if found is not None]
    if not finest:
        finest = [place for place in scope.places if place.dimension not in _ACCOUNT_WIDE][-1:]
    if not finest and rule:
        return plain(rule)
    named = (place if place.dimension in _KNOWN_BY_NAME else f"{place.dimension} {place}" for place in finest)
    return plain(", ".join(map(str, named))) or "everything"


def a_day(day: date) -> str:
    """`Tue 3 Mar 2026`."""
    return f"{day:%a} {day.day} {day:%b} {day.year}"


def a_date(day: date) -> str:
    """`3 Mar 2026`: of a day that is only likely the weekday says nothing."""
    return f"{day.day} {day:%b} {day.year}"


def days(count: int) -> str:
    """`1 day`, `8 days`."""
    return f"{count} day" if count == 1 else f"{count} days"
