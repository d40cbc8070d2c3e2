"""What every picture shares: its size, its colours, its axes.

The colours are told apart by people with any colour vision (Okabe and Ito's set). The background is white and opaque:
a picture looks the same in a light and a dark window.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sentinel.errors import ChartError

Spec = dict[str, object]

WIDTH = 720
HEIGHT = 280

COST = "#56b4e9"
MARKED = "#d55e00"
MUTED = "#999999"
OTHER = "#cbd2d9"
UNKNOWN = "#fbefcf"
RANGE = "#1f293326"
EXPECTED = "#1f2933"
LIMIT = "#b23a00"
SPENT = "#0072b2"
SPENT_BELOW = "#0072b22e"
PACE = "#9aa5b1"
FORECAST = "#aa4a85"
FAN = "#cc79a740"
INK = "#1f2933"
FAINT = "#616e7c"

_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"


def finished(
    title: str, notes: Sequence[str], layers: Sequence[Spec], data: Mapping[str, object], height: int = HEIGHT
) -> str:
    """The specification as JSON text; `notes` are the lines below the title, `data` what layers name as theirs.

    Raises ChartError for a figure that is no number.
    """
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "padding": {"left": 12, "right": 16, "top": 12, "bottom": 10},
        "background": "#ffffff",
        "title": {"text": title, "subtitle": list(notes)},
        "config": _CONFIG,
        "datasets": data,
        "layer": list(layers),
    }
    try:
        return json.dumps(specification, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise ChartError(f"the chart {title!r} cannot be drawn: one of its figures is no number") from error


_CONFIG: Spec = {
    "font": _FONT,
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "color": INK,
        "fontSize": 15,
        "fontWeight": "bold",
        "limit": WIDTH - 40,
        "offset": 10,
        "subtitleColor": FAINT,
        "subtitleFontSize": 12,
        "subtitlePadding": 4,
    },
    "axis": {
        "labelColor": FAINT,
        "labelFontSize": 11,
        "titleColor": FAINT,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "domainColor": "#9aa5b1",
        "tickColor": "#9aa5b1",
        "gridColor": "#e4e7eb",
    },
    "legend": {
        "orient": "bottom",
        "direction": "horizontal",
        "title": None,
        "labelColor": INK,
        "labelFontSize": 11,
        "labelLimit": 280,
        "symbolType": "square",
        "symbolSize": 90,
        "columnPadding": 14,
        "offset": 6,
    },
    "text": {"font": _FONT},
}


def number(value: float) -> float:
    """An amount as exact as a picture needs it, so that its text is short."""
    return float(f"{value:.10g}") if abs(value) < 1 else round(value, 2)


def legend(entries: Sequence[tuple[str, str]]) -> Spec:
    """The scale of a picture's colours: (name, colour), in the order in which they are explained."""
    return {"domain": [name for name, _ in entries], "range": [colour for _, colour in entries]}
