"""The layers of the picture of a period's spend, and the records that they draw."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sentinel.charts.axes import Amounts, Days
from sentinel.charts.look import FAINT, FAN, FORECAST, INK, LIMIT, PACE, SPENT, SPENT_BELOW, Spec, legend, number
from sentinel.charts.wording import plain
from sentinel.domain.money import format_money
from sentinel.domain.pictures import BurnUp, ForecastDay

_SPENT, _PACE, _MEDIAN = "spent", "even pace", "forecast, and 80 of 100 outcomes"
_DASHED: Spec = {"strokeDash": [5, 4]}


def records(burn: BurnUp) -> dict[str, list[Spec]]:
    """What the layers draw. Each day's figure stands at its end: a period begins at zero."""
    begin, end = str(burn.period.first), _end(burn.period.last)
    spent: list[Spec] = [{"day": begin, "spent": 0.0}]
    spent += [{"day": _end(one.day), "spent": number(one.spent)} for one in burn.days]
    settled = sum(one.settled for one in burn.days) + 1
    now = {**spent[-1], "text": format_money(burn.days[-1].spent, burn.currency)}
    return {
        "spent": spent,
        "settled": spent[:settled],
        "growing": spent[settled - 1 :],
        "pace": [{"day": begin, "spent": 0.0}, {"day": end, "spent": number(burn.amount)}],
        "levels": list(_levels(burn)),
        "now": [now],
        "forecast": list(_fan(burn)),
    }


def layers(burn: BurnUp, amounts: Amounts) -> Iterator[Spec]:
    """All layers, from the back to the front; the one of the pace carries the legend."""
    x = Days(burn.period.first, burn.period.last).on("day")
    spent: Spec = {"x": x, "y": amounts.on("spent")}
    shown = [(_SPENT, SPENT), (_PACE, PACE), *([(_MEDIAN, FORECAST)] if burn.forecast else [])]
    lines: Spec = {"symbolType": "stroke", "symbolStrokeWidth": 3}
    pace = {"color": {"datum": _PACE, "type": "nominal", "scale": legend(shown), "legend": lines}}
    yield {"data": {"name": "spent"}, "mark": {"type": "area", "color": SPENT_BELOW}, "encoding": spent}
    yield {"data": {"name": "pace"}, "mark": {"type": "line", "strokeWidth": 1, **_DASHED}, "encoding": spent | pace}
    yield from _limits(x, amounts)
    if burn.forecast:
        yield from _forecast(x, amounts)
    line: Spec = {"type": "line", "strokeWidth": 2.4}
    named = spent | {"color": {"datum": _SPENT}}
    yield {"data": {"name": "settled"}, "mark": line, "encoding": named}
    yield {"data": {"name": "growing"}, "mark": line | {"strokeDash": [3, 2]}, "encoding": named}
    yield from _now(burn, spent)


def _end(day: date) -> str:
    return str(day + timedelta(days=1))


def _levels(burn: BurnUp) -> Iterator[Spec]:
    """The amount and what lies below it; a level of the same height is the amount."""
    begin = str(burn.period.first)
    for level in burn.levels:
        if level.amount < burn.amount:
            yield {"day": begin, "level": number(level.amount), "text": plain(level.name), "whole": False}
    amount = format_money(burn.amount, burn.currency)
    yield {"day": begin, "level": number(burn.amount), "text": amount, "whole": True}


def _fan(burn: BurnUp) -> Iterator[Spec]:
    """The forecast, opening from the newest known day."""
    if not burn.forecast:
        return
    newest = burn.days[-1]
    for one in (ForecastDay(newest.day, newest.spent, newest.spent, newest.spent), *burn.forecast):
        figures = {"median": number(one.median), "lower": number(one.lower), "upper": number(one.upper)}
        yield {"day": _end(one.day), **figures}


def _limits(x: Spec, amounts: Amounts) -> Iterator[Spec]:
    """The thresholds, and the amount stronger, each named where the spend is still low."""
    whole = "datum.whole"
    y = amounts.on("level")
    yield {
        "data": {"name": "levels"},
        "mark": {"type": "rule"},
        "encoding": {
            "y": y,
            "color": {"condition": {"test": whole, "value": LIMIT}, "value": PACE},
            "strokeWidth": {"condition": {"test": whole, "value": 1.8}, "value": 1},
            "strokeDash": {"condition": {"test": whole, "value": [1, 0]}, "value": [2, 3]},
        },
    }
    yield {
        "data": {"name": "levels"},
        "mark": {"type": "text", "align": "left", "baseline": "bottom", "dx": 4, "dy": -2, "fontSize": 11},
        "encoding": {
            "x": x,
            "y": y,
            "text": {"field": "text", "type": "nominal"},
            "color": {"condition": {"test": whole, "value": LIMIT}, "value": FAINT},
        },
    }


def _forecast(x: Spec, amounts: Amounts) -> Iterator[Spec]:
    fan: Spec = {"x": x, "y": amounts.on("lower"), "y2": {"field": "upper"}}
    median: Spec = {"x": x, "y": amounts.on("median"), "color": {"datum": _MEDIAN}}
    yield {"data": {"name": "forecast"}, "mark": {"type": "area", "color": FAN, "clip": True}, "encoding": fan}
    yield {"data": {"name": "forecast"}, "mark": {"type": "line", "clip": True, **_DASHED}, "encoding": median}


def _now(burn: BurnUp, spent: Spec) -> Iterator[Spec]:
    """Where it stands, written on the side that has room."""
    passed = (burn.days[-1].day - burn.period.first).days * 2 > burn.period.days
    side: Spec = {"align": "right", "dx": -8} if passed else {"align": "left", "dx": 8}
    text: Spec = {"type": "text", **side, "dy": -8, "fontSize": 12, "fontWeight": "bold", "color": INK}
    yield {
        "data": {"name": "now"},
        "mark": {"type": "point", "filled": True, "size": 50, "opacity": 1, "color": SPENT},
        "encoding": spent,
    }
    yield {"data": {"name": "now"}, "mark": text, "encoding": spent | {"text": {"field": "text", "type": "nominal"}}}
