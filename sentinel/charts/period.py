"""Cost a day, with the period that is told and the one before it in colours of their own."""

from __future__ import annotations

from collections.abc import Iterator

from sentinel.charts.axes import Amounts, Days, between
from sentinel.charts.look import COST, OTHER, SPENT, UNKNOWN, Spec, finished, legend, number
from sentinel.charts.wording import a_day, days, plain
from sentinel.domain.messages import Chart
from sentinel.domain.money import format_money
from sentinel.domain.pictures import DayCost, PeriodCourse

_HEADROOM = 1.08
_PALE = 0.45
_OTHER, _UNKNOWN = "other days", "unknown"


def period(course: PeriodCourse) -> Chart:
    """The chart of a course of at least one day."""
    title = plain(course.title)
    note = f"{course.currency}, {days(len(course.days))} to {a_day(course.days[-1].day)}"
    if any(one.cost is not None and not one.settled for one in course.days):
        note += ". Pale bars can still grow."
    data = {"days": list(_records(course)), "unknown": [{"day": str(one.day)} for one in course.days if _is_gap(one)]}
    return Chart(finished(title, [note], tuple(_layers(course)), data), _alt(course, title))


def _is_gap(one: DayCost) -> bool:
    return one.cost is None


def _alt(course: PeriodCourse, title: str) -> str:
    told, before = (
        format_money(sum(one.cost or 0.0 for one in course.days if one.day in part), course.currency)
        for part in (course.told, course.before)
    )
    unknown = sum(map(_is_gap, course.days))
    return (
        f"Bar chart of {title} on {days(len(course.days))} up to {a_day(course.days[-1].day)}: "
        f"{told} {plain(course.told_as)}, {before} {plain(course.before_as)}"
        + (f"; {days(unknown)} unknown" if unknown else "")
    )


def _kind(one: DayCost, course: PeriodCourse) -> str:
    if one.day in course.told:
        return plain(course.told_as)
    return plain(course.before_as) if one.day in course.before else _OTHER


def _records(course: PeriodCourse) -> Iterator[Spec]:
    for one in course.days:
        if one.cost is not None:
            pale = {} if one.settled else {"pale": True}
            yield {"day": str(one.day), "cost": number(one.cost), "kind": _kind(one, course), **pale}


def _layers(course: PeriodCourse) -> Iterator[Spec]:
    costs = [one.cost for one in course.days if one.cost is not None]
    amounts = Amounts(
        f"{course.currency} a day", min([0.0, *costs]) * _HEADROOM, (max([0.0, *costs]) or 1.0) * _HEADROOM
    )
    axis = Days(course.days[0].day, course.days[-1].day)
    drawn = {_kind(one, course) for one in course.days if one.cost is not None}
    drawn |= {_UNKNOWN for one in course.days if one.cost is None}
    entries = [
        (plain(course.told_as), SPENT),
        (plain(course.before_as), COST),
        (_OTHER, OTHER),
        (_UNKNOWN, UNKNOWN),
    ]
    colours = legend([entry for entry in entries if entry[0] in drawn])
    yield {
        "data": {"name": "unknown"},
        # A hair wider than the day, so that no seam shows between two of them.
        "transform": between(-0.02, 1.02),
        "mark": {"type": "rect", "clip": True},
        "encoding": {"x": axis.on("from"), "x2": {"field": "to"}, "color": {"datum": _UNKNOWN}},
    }
    yield {
        "data": {"name": "days"},
        "transform": between(0.1, 0.9),
        "mark": {"type": "bar", "strokeWidth": 1},
        "encoding": {
            "x": axis.on("from"),
            "x2": {"field": "to"},
            "y": amounts.on("cost"),
            "y2": {"datum": 0},
            "color": {"field": "kind", "type": "nominal", "scale": colours},
            "stroke": {"field": "kind", "type": "nominal", "scale": colours},
            "fillOpacity": {"condition": {"test": "datum.pale", "value": _PALE}, "value": 1},
        },
    }
