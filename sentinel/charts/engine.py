"""Vega-Lite to PNG, drawn in this process: no browser, no network, no font of the machine."""

from __future__ import annotations

from sentinel.charts.packing import packed
from sentinel.errors import ChartError

SCALE = 2
"""Pixels for each unit of a specification, so that a picture is sharp on a phone and a large screen."""

_SMALLEST = '{"data": {"values": [{}]}, "mark": "point"}'


def warm() -> None:
    """Load the engine now: the first picture takes long, and holds up every other thread meanwhile."""
    png(_SMALLEST)


def png(specification: str) -> bytes:
    """The picture of a Vega-Lite specification (JSON text), the same bytes at every call. Raises ChartError.

    The engine is loaded at the first call and stays warm for the later ones; any thread may call.
    """
    import vl_convert  # noqa: PLC0415 - tens of megabytes, only needed where a picture is drawn

    try:
        # Without a base URL nothing is ever loaded: a specification carries all its data.
        drawn: bytes = vl_convert.vegalite_to_png(specification, scale=SCALE, allowed_base_urls=[])
    except ValueError as error:
        # The engine's trace below the first lines names places inside its own JavaScript.
        reason = " ".join(str(error).split("\n")[:2])
        raise ChartError(f"a chart cannot be drawn: {reason}; its text says what it would show") from error
    return packed(drawn)
