"""The layers of the picture of cost a day, and the records that they draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sentinel.charts.axes import Amounts, Days, between
from sentinel.charts.look import COST, EXPECTED, INK, LIMIT, MARKED, MUTED, RANGE, UNKNOWN, Spec, legend, number
from sentinel.domain.findings import RuleKind
from sentinel.domain.money import format_money
from sentinel.domain.pictures import SpendCourse, SpendDay

_LABELS_APART = timedelta(days=7)
_LABELS_AT_MOST = 4
_PALE = 0.4
_USUAL, _MUTED, _UNKNOWN, _RANGE, _EXPECTED = "cost", "muted", "unknown", "expected range", "expected"


@dataclass(frozen=True, slots=True)
class Frame:
    """What the layers of one picture share: its axes, and the name and colour of each thing that it shows."""

    days: Days
    amounts: Amounts
    fires: str
    shown: tuple[tuple[str, str], ...]

    @classmethod
    def around(cls, course: SpendCourse, amounts: Amounts) -> Frame:
        """The frame of a course; nothing is explained that is not there."""
        fires = _fired(course)
        drawn = {_kind(one, fires) for one in course.days}
        bars = [(_USUAL, COST), (fires, MARKED), (_MUTED, MUTED), (_UNKNOWN, UNKNOWN)]
        judged = [(_RANGE, RANGE), (_EXPECTED, EXPECTED)] if any(one.upper is not None for one in course.days) else []
        shown = (*(entry for entry in bars if entry[0] in drawn), *judged)
        return cls(Days(course.days[0].day, course.days[-1].day), amounts, fires, shown)


def layers(course: SpendCourse, frame: Frame) -> Iterator[Spec]:
    """All layers, from the back to the front."""
    yield _unknown_days(frame)
    yield _bars(frame)
    if course.level is not None:
        yield _level(course.level, frame)
    yield from _expectation(frame)
    yield _labels(frame)


def records(course: SpendCourse, frame: Frame) -> dict[str, list[Spec]]:
    """What the layers draw, by the names under which they ask for it."""
    return {
        "days": list(_days(course, frame)),
        "unknown": [{"day": str(one.day)} for one in course.days if one.cost is None],
        "range": list(_steps(course)),
        "labels": list(_amounts(course)),
    }


def _fired(course: SpendCourse) -> str:
    """What bars that fire are called."""
    if course.kind is RuleKind.NEW_SPEND:
        return "new"
    return "outside the range" if course.level is None else f"{format_money(course.level, course.currency)} and more"


def _kind(one: SpendDay, fires: str) -> str:
    if one.cost is None:
        return _UNKNOWN
    if one.muted:
        return _MUTED
    return fires if one.fires else _USUAL


def _days(course: SpendCourse, frame: Frame) -> Iterator[Spec]:
    for one in course.days:
        if one.cost is not None:
            pale = {} if one.settled else {"pale": True}
            yield {"day": str(one.day), "cost": number(one.cost), "kind": _kind(one, frame.fires), **pale}


def _steps(course: SpendCourse) -> Iterator[Spec]:
    """One record at the start of each judged day, one at the end of each run of them, then nulls."""
    before: Spec | None = None
    for one in course.days:
        if one.expected is None or one.lower is None or one.upper is None:
            if before is not None:
                yield {**before, "day": str(one.day)}
                yield {"day": str(one.day), "expected": None, "lower": None, "upper": None}
            before = None
            continue
        figures = {"expected": number(one.expected), "lower": number(one.lower), "upper": number(one.upper)}
        before = {"day": str(one.day), **figures}
        yield before
    if before is not None:
        yield {**before, "day": str(course.days[-1].day + timedelta(days=1))}


def _amounts(course: SpendCourse) -> Iterator[Spec]:
    """The newest and the largest of the marked days, as far as there is room between them."""
    marked = [one for one in course.days if one.fires and not one.muted and one.cost is not None]
    chosen: list[SpendDay] = []
    for one in sorted(marked, key=lambda one: (one is not marked[-1], -(one.cost or 0.0))):
        room = all(abs(one.day - other.day) >= _LABELS_APART for other in chosen)
        if room and len(chosen) < _LABELS_AT_MOST:
            chosen.append(one)
            cost = one.cost or 0.0
            text = format_money(cost, course.currency)
            yield {"day": str(one.day), "top": number(max(0.0, cost)), "text": text}


def _unknown_days(frame: Frame) -> Spec:
    """Areas of full height, since a day of cost zero has to look otherwise."""
    return {
        "data": {"name": "unknown"},
        # A hair wider than the day, so that no seam shows between two of them.
        "transform": between(-0.02, 1.02),
        "mark": {"type": "rect", "clip": True},
        "encoding": {"x": frame.days.on("from"), "x2": {"field": "to"}, "color": {"datum": _UNKNOWN}},
    }


def _bars(frame: Frame) -> Spec:
    """One bar a known day; this layer carries the legend."""
    colours = legend(frame.shown)
    return {
        "data": {"name": "days"},
        "transform": between(0.1, 0.9),
        "mark": {"type": "bar", "strokeWidth": 1},
        "encoding": {
            "x": frame.days.on("from"),
            "x2": {"field": "to"},
            "y": frame.amounts.on("cost"),
            "y2": {"datum": 0},
            "color": {"field": "kind", "type": "nominal", "scale": colours},
            "stroke": {"field": "kind", "type": "nominal", "scale": colours},
            "fillOpacity": {"condition": {"test": "datum.pale", "value": _PALE}, "value": 1},
            "tooltip": [
                {"field": "day", "type": "nominal"},
                {"field": "cost", "type": "quantitative", "format": ",.2f"},
                {"field": "kind", "type": "nominal"},
            ],
        },
    }


def _level(level: float, frame: Frame) -> Spec:
    """The amount a day from which the rule fires."""
    return {
        "data": {"values": [{"level": number(level)}]},
        "mark": {"type": "rule", "color": LIMIT, "strokeDash": [6, 4], "strokeWidth": 1.4},
        "encoding": {"y": frame.amounts.on("level")},
    }


def _expectation(frame: Frame) -> Iterator[Spec]:
    """The expected range over the bars, in steps of a day, and the expected cost as a line in it."""
    if (_RANGE, RANGE) not in frame.shown:
        return
    steps: Spec = {"interpolate": "step-after", "clip": True}
    area: Spec = {"y": frame.amounts.on("lower"), "y2": {"field": "upper"}, "color": {"datum": _RANGE}}
    line: Spec = {"y": frame.amounts.on("expected"), "color": {"datum": _EXPECTED}}
    x = frame.days.on("day")
    yield {"data": {"name": "range"}, "mark": {"type": "area", **steps}, "encoding": {"x": x, **area}}
    yield {"data": {"name": "range"}, "mark": {"type": "line", "strokeWidth": 1, **steps}, "encoding": {"x": x, **line}}


def _labels(frame: Frame) -> Spec:
    return {
        "data": {"name": "labels"},
        "transform": between(0.5, 0.5),
        "mark": {"type": "text", "dy": -8, "fontSize": 12, "fontWeight": "bold", "color": INK},
        "encoding": {
            "x": frame.days.on("from"),
            "y": frame.amounts.on("top"),
            "text": {"field": "text", "type": "nominal"},
        },
    }
