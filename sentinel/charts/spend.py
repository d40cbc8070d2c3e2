"""Cost a day: bars, the range that was expected of each, and the days that fire."""

from __future__ import annotations

from sentinel.charts.axes import Amounts
from sentinel.charts.look import finished
from sentinel.charts.spend_layers import Frame, layers, records
from sentinel.charts.wording import a_day, called, days, plain
from sentinel.domain.messages import Chart
from sentinel.domain.money import format_money
from sentinel.domain.pictures import SpendCourse, SpendDay

_BAND_AT_MOST = 1.25
"""The range of a young scope may reach to the sky: it is drawn up to a little above the largest cost."""

_HEADROOM = 1.14
"""Room for the amounts above marked bars."""


def spend(course: SpendCourse) -> Chart:
    """The chart of a course of at least one day."""
    name = called(course.scope, course.rule)
    frame = Frame.around(course, _amounts(course))
    specification = finished(
        f"{name}: cost a day", _notes(course), tuple(layers(course, frame)), records(course, frame)
    )
    return Chart(specification, _alt(course, name))


def _amounts(course: SpendCourse) -> Amounts:
    costs = [one.cost for one in course.days if one.cost is not None]
    highest = max([0.0, *costs])
    band = max((one.upper for one in course.days if one.upper is not None), default=0.0)
    top = max(highest, min(band, _BAND_AT_MOST * highest), course.level or 0.0) or 1.0
    return Amounts(f"{course.currency} a day", min([0.0, *costs]) * _HEADROOM, top * _HEADROOM)


def _notes(course: SpendCourse) -> list[str]:
    notes = [f"{course.currency}, {days(len(course.days))} to {a_day(course.days[-1].day)}, rule {plain(course.rule)}"]
    if any(one.cost is not None and not one.settled for one in course.days):
        notes[0] += ". Pale bars can still grow."
    return notes


def _alt(course: SpendCourse, name: str) -> str:
    newest = course.days[-1]
    marked = sum(one.fires and not one.muted for one in course.days)
    unknown = sum(one.cost is None for one in course.days)
    return (
        f"Bar chart of what {name} cost on {days(len(course.days))} up to {a_day(newest.day)}: "
        f"{_said(newest, course.currency)}; {days(marked)} marked" + (f", {days(unknown)} unknown" if unknown else "")
    )


def _said(one: SpendDay, currency: str) -> str:
    if one.cost is None:
        return "unknown on the last"
    seen = f"{format_money(one.cost, currency)} on the last"
    if one.expected is None or one.lower is None or one.upper is None:
        return seen
    lower, upper, expected = (format_money(value, currency) for value in (one.lower, one.upper, one.expected))
    return f"{seen}, where {expected} was expected ({lower} to {upper})"
