"""Layers that pictures of an amount over a period share: how it went, how it would go evenly, how it may go on.

They draw the records named `known`, of which `settled` and `growing` are the parts, `pace`, `forecast` and `now`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sentinel.charts.axes import Amounts
from sentinel.charts.look import FAN, INK, SPENT, SPENT_BELOW, Spec, legend, number
from sentinel.domain.pictures import ForecastDay

PACE_NAME, FORECAST_NAME = "even pace", "forecast, and 80 of 100 outcomes"
DASHED: Spec = {"strokeDash": [5, 4]}
GROWING: Spec = {"strokeDash": [3, 2]}
COURSE: Spec = {"type": "line", "strokeWidth": 2.4}


def end_of(day: date) -> str:
    """The moment at which a day's figure stands: a period begins at its first day's beginning."""
    return str(day + timedelta(days=1))


def below(at: Spec) -> Spec:
    """What lies below the known course."""
    return {"data": {"name": "known"}, "mark": {"type": "area", "color": SPENT_BELOW}, "encoding": at}


def pace(at: Spec, shown: Sequence[tuple[str, str]]) -> Spec:
    """The even pace, which carries the legend of what is `shown`: (name, colour)."""
    lines: Spec = {"symbolType": "stroke", "symbolStrokeWidth": 3}
    colour = {"color": {"datum": PACE_NAME, "type": "nominal", "scale": legend(shown), "legend": lines}}
    return {"data": {"name": "pace"}, "mark": {"type": "line", "strokeWidth": 1, **DASHED}, "encoding": at | colour}


def course(at: Spec, name: str) -> Iterator[Spec]:
    """The known course, dashed where it can still change."""
    named = at | {"color": {"datum": name}}
    yield {"data": {"name": "settled"}, "mark": COURSE, "encoding": named}
    yield {"data": {"name": "growing"}, "mark": COURSE | GROWING, "encoding": named}


def fan(x: Spec, amounts: Amounts) -> Iterator[Spec]:
    """The forecast, opening from the newest known day."""
    opened: Spec = {"x": x, "y": amounts.on("lower"), "y2": {"field": "upper"}}
    median: Spec = {"x": x, "y": amounts.on("median"), "color": {"datum": FORECAST_NAME}}
    yield {"data": {"name": "forecast"}, "mark": {"type": "area", "color": FAN, "clip": True}, "encoding": opened}
    yield {"data": {"name": "forecast"}, "mark": {"type": "line", "clip": True, **DASHED}, "encoding": median}


def ahead(begin: ForecastDay, forecast: Sequence[ForecastDay]) -> Iterator[Spec]:
    """The records of a fan that opens from `begin`; none without a forecast."""
    for one in (begin, *forecast) if forecast else ():
        figures = {"median": number(one.median), "lower": number(one.lower), "upper": number(one.upper)}
        yield {"day": end_of(one.day), **figures}


def now(at: Spec, place: Spec) -> Iterator[Spec]:
    """Where it stands, written at a `place` beside it: the mark's align, dx and dy."""
    text: Spec = {"type": "text", **place, "fontSize": 12, "fontWeight": "bold", "color": INK}
    point: Spec = {"type": "point", "filled": True, "size": 50, "opacity": 1, "color": SPENT}
    yield {"data": {"name": "now"}, "mark": point, "encoding": at}
    yield {"data": {"name": "now"}, "mark": text, "encoding": at | {"text": {"field": "text", "type": "nominal"}}}
