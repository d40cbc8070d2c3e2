"""The layers of the picture of what is left of an amount, and the records that they draw."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sentinel.charts.axes import Amounts, Days
from sentinel.charts.lines import (
    COURSE,
    FORECAST_NAME,
    GROWING,
    PACE_NAME,
    ahead,
    below,
    course,
    end_of,
    fan,
    now,
    pace,
)
from sentinel.charts.look import FORECAST, LIMIT, PACE, SPENT, Spec, number
from sentinel.charts.wording import a_date
from sentinel.domain.money import format_money
from sentinel.domain.pictures import BurnDown, ForecastDay, UsedUp

_LEFT = "left"
_ZERO: Spec = {"y": {"datum": 0}}
_POINTS_AT_MOST = 120
"""A term of years has more days than the picture has room for."""


def records(burn: BurnDown) -> dict[str, list[Spec]]:
    """What the layers draw. Each day's figure stands at its end: a term begins with the whole amount."""
    whole, newest = number(burn.amount), burn.days[-1]
    begin, counted = {"day": str(burn.term.first), "left": whole}, str(burn.days[0].day)
    left: list[Spec] = [{"day": counted, "left": number(burn.amount - burn.before)}]
    left += [{"day": end_of(one.day), "left": number(burn.amount - one.spent)} for one in burn.days]
    settled = sum(one.settled for one in burn.days) + 1
    solid, growing = _thinned(left[:settled]), left[settled - 1 :]
    opening = ForecastDay(newest.day, newest.spent, newest.spent, newest.spent)
    return {
        "known": [*solid, *growing[1:]],
        "settled": solid,
        "growing": growing,
        "before": [begin, left[0]] if burn.before else [],
        "pace": [begin, {"day": end_of(burn.term.last), "left": 0.0}],
        "now": [{**left[-1], "text": _standing(burn)}],
        "forecast": list(ahead(_left_of(burn, opening), [_left_of(burn, one) for one in burn.forecast])),
        "used up": [_used_up(burn, burn.used_up)] if burn.used_up else [],
    }


def layers(burn: BurnDown, amounts: Amounts) -> Iterator[Spec]:
    """All layers, from the back to the front."""
    days = Days(burn.term.first, burn.term.last)
    x = days.on("day")
    at: Spec = {"x": x, "y": amounts.on("left")}
    yield below(at)
    yield pace(at, [(_LEFT, SPENT), (PACE_NAME, PACE), *([(FORECAST_NAME, FORECAST)] if burn.forecast else [])])
    if burn.forecast:
        yield from fan(x, amounts)
    yield {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeWidth": 1.8, "color": LIMIT}, "encoding": _ZERO}
    yield {"data": {"name": "before"}, "mark": COURSE | GROWING | {"color": SPENT}, "encoding": at}
    yield from course(at, _LEFT)
    if burn.used_up is not None:
        yield from _end(at, days, to_the_left=(burn.used_up.day - burn.term.first).days * 2 > burn.term.days)
    # Later on there is room below the line, where neither the even pace nor the forecast is.
    passed = len(burn.days) * 4 > burn.term.days
    yield from now(at, {"align": "right", "dx": -6, "dy": 18} if passed else {"align": "left", "dx": 8, "dy": -8})


def _thinned(points: Sequence[Spec]) -> list[Spec]:
    """Some of the points, the first and the last among them."""
    step = -(-len(points) // _POINTS_AT_MOST)
    kept = list(points[::-1][::step][::-1])
    return kept if kept[0] == points[0] else [points[0], *kept]


def _standing(burn: BurnDown) -> str:
    """What is left; nothing where nothing is: there its end is named."""
    left = burn.amount - burn.days[-1].spent
    return format_money(left, burn.currency) if left > 0 else ""


def _left_of(burn: BurnDown, one: ForecastDay) -> ForecastDay:
    """What is left where so much was spent: it ends at nothing."""
    median, lower, upper = (max(0.0, burn.amount - spent) for spent in (one.median, one.upper, one.lower))
    return ForecastDay(one.day, median, lower, upper)


def _used_up(burn: BurnDown, end: UsedUp) -> Spec:
    """The day on which nothing is left, as a point in an interval."""
    latest = end.latest or burn.term.last
    until = a_date(latest) if end.latest else "after the term"
    about = f" ({a_date(end.earliest)} to {until})" if end.earliest != end.latest else ""
    return {
        "day": end_of(end.day),
        "from": end_of(end.earliest),
        "to": end_of(latest),
        "left": 0.0,
        "text": f"used up {a_date(end.day)}{about}",
    }


def _end(at: Spec, days: Days, *, to_the_left: bool) -> Iterator[Spec]:
    """Its point and interval on the line of zero, named below it on the side that has room."""
    side: Spec = {"align": "right", "dx": 8} if to_the_left else {"align": "left", "dx": -8}
    text: Spec = {"type": "text", **side, "dy": 8, "baseline": "top", "fontSize": 12, "color": FORECAST}
    point: Spec = {"type": "point", "filled": True, "size": 50, "opacity": 1, "color": FORECAST}
    interval: Spec = {"type": "rule", "strokeWidth": 6, "opacity": 0.45, "color": FORECAST, "clip": True}
    data: Spec = {"name": "used up"}
    yield {"data": data, "mark": interval, "encoding": at | {"x": days.on("from"), "x2": {"field": "to"}}}
    yield {"data": data, "mark": point, "encoding": at}
    yield {"data": data, "mark": text, "encoding": at | {"text": {"field": "text", "type": "nominal"}}}
