"""The layers of the picture of a period's spend, and the records that they draw."""

from __future__ import annotations

from collections.abc import Iterator

from sentinel.charts.axes import Amounts, Days
from sentinel.charts.lines import FORECAST_NAME, PACE_NAME, ahead, below, course, end_of, fan, now, pace
from sentinel.charts.look import FAINT, FORECAST, LIMIT, PACE, SPENT, Spec, number
from sentinel.charts.wording import plain
from sentinel.domain.money import format_money
from sentinel.domain.pictures import BurnUp, ForecastDay

_SPENT = "spent"


def records(burn: BurnUp) -> dict[str, list[Spec]]:
    """What the layers draw. Each day's figure stands at its end: a period begins at zero."""
    begin, newest = str(burn.period.first), burn.days[-1]
    spent: list[Spec] = [{"day": begin, "spent": 0.0}]
    spent += [{"day": end_of(one.day), "spent": number(one.spent)} for one in burn.days]
    settled = sum(one.settled for one in burn.days) + 1
    opening = ForecastDay(newest.day, newest.spent, newest.spent, newest.spent)
    return {
        "known": spent,
        "settled": spent[:settled],
        "growing": spent[settled - 1 :],
        "pace": [{"day": begin, "spent": 0.0}, {"day": end_of(burn.period.last), "spent": number(burn.amount)}],
        "levels": list(_levels(burn)),
        "now": [{**spent[-1], "text": format_money(newest.spent, burn.currency)}],
        "forecast": list(ahead(opening, burn.forecast)),
    }


def layers(burn: BurnUp, amounts: Amounts) -> Iterator[Spec]:
    """All layers, from the back to the front."""
    x = Days(burn.period.first, burn.period.last).on("day")
    at: Spec = {"x": x, "y": amounts.on("spent")}
    yield below(at)
    yield pace(at, [(_SPENT, SPENT), (PACE_NAME, PACE), *([(FORECAST_NAME, FORECAST)] if burn.forecast else [])])
    yield from _limits(x, amounts)
    if burn.forecast:
        yield from fan(x, amounts)
    yield from course(at, _SPENT)
    passed = (burn.days[-1].day - burn.period.first).days * 2 > burn.period.days
    yield from now(at, {"align": "right" if passed else "left", "dx": -8 if passed else 8, "dy": -8})


def _levels(burn: BurnUp) -> Iterator[Spec]:
    """The amount and what lies below it; a level of the same height is the amount."""
    begin = str(burn.period.first)
    for level in burn.levels:
        if level.amount < burn.amount:
            yield {"day": begin, "level": number(level.amount), "text": plain(level.name), "whole": False}
    amount = format_money(burn.amount, burn.currency)
    yield {"day": begin, "level": number(burn.amount), "text": amount, "whole": True}


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
