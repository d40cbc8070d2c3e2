"""What moved most: one bar a scope, to the right where it costs more, to the left where it costs less."""

from __future__ import annotations

from collections.abc import Iterator

from sentinel.charts.look import COST, FAINT, INK, MARKED, Spec, finished, number
from sentinel.charts.wording import called, plain
from sentinel.domain.messages import Chart
from sentinel.domain.money import format_money
from sentinel.domain.pictures import Mover, Movers

_ROW = 26
_AROUND = 72
"""What the title takes of the height."""

_TEXT = 0.36
"""The share of the width that the amounts beside the longest bar take."""

_NAME_AT_MOST = 240


def movers(shown: Movers) -> Chart:
    """The chart of at least one scope."""
    rows = [_row(place, one, shown) for place, one in enumerate(shown.movers)]
    left_out = f". {shown.left_out} more moved less." if shown.left_out else ""
    note = f"{shown.currency}, {plain(shown.before)} to {plain(shown.after)}{left_out}"
    specification = finished(
        plain(shown.title), [note], tuple(_layers(shown)), {"movers": rows}, _AROUND + _ROW * len(rows)
    )
    first = shown.movers[0]
    largest = f"{called(first.scope)} {_signed(first.change, shown.currency)}"
    return Chart(specification, f"Bar chart of {plain(shown.title)}, {len(rows)} in all; the largest: {largest}")


def _row(place: int, one: Mover, shown: Movers) -> Spec:
    before, after = (format_money(value, shown.currency) for value in (one.before, one.after))
    return {
        "row": place,
        "name": called(one.scope),
        "change": number(one.change),
        "text": f"{_signed(one.change, shown.currency)}  ({before} to {after})",
    }


def _signed(amount: float, currency: str) -> str:
    text = format_money(amount, currency)
    return text if text.startswith("-") else f"+{text}"


def _layers(shown: Movers) -> Iterator[Spec]:
    rows: Spec = {
        "field": "row",
        "type": "ordinal",
        "axis": {
            "title": None,
            "domain": False,
            "ticks": False,
            "labelColor": INK,
            "labelFontSize": 12,
            "labelLimit": _NAME_AT_MOST,
            # Two scopes may bear one name, so a row is found by its place.
            "labelExpr": "data('movers')[datum.value].name",
        },
    }
    change: Spec = {
        "field": "change",
        "type": "quantitative",
        "scale": {"domain": _bounds(shown), "nice": False},
        "axis": None,
    }
    colour: Spec = {"condition": {"test": "datum.change < 0", "value": COST}, "value": MARKED}
    yield {
        "data": {"name": "movers"},
        "mark": {"type": "bar", "height": {"band": 0.7}},
        "encoding": {"y": rows, "x": change, "color": colour},
    }
    yield {"data": {"values": [{"change": 0}]}, "mark": {"type": "rule", "color": FAINT}, "encoding": {"x": change}}
    for test, align, aside in (("datum.change >= 0", "left", 6), ("datum.change < 0", "right", -6)):
        yield {
            "data": {"name": "movers"},
            "transform": [{"filter": test}],
            "mark": {"type": "text", "align": align, "dx": aside, "fontSize": 12, "color": INK},
            "encoding": {"y": rows, "x": change, "text": {"field": "text", "type": "nominal"}},
        }


def _bounds(shown: Movers) -> list[float]:
    """As far as the longest bars reach, and beside them room for their amounts."""
    most = max(0.0, *(one.change for one in shown.movers))
    least = min(0.0, *(one.change for one in shown.movers))
    sides = (most > 0) + (least < 0) or 1
    room = ((most - least) or 1.0) / (1 - _TEXT * sides) * _TEXT
    return [number(least - room * (least < 0)), number(most + room * (most > 0 or least == 0))]
