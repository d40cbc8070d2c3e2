from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from sentinel.charts import png
from sentinel.errors import ChartError
from tests.charts.drawn import read_png
from tests.charts.stories import charts

CHARTS = charts()
SPIKE = CHARTS["spend-spike"].specification
HASH = (
    "import hashlib; from sentinel.charts import png; from tests.charts.stories import charts;"
    "print(hashlib.sha256(png(charts()['spend-spike'].specification)).hexdigest())"
)


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_a_chart_is_a_picture_of_the_one_width(name: str) -> None:
    """1440 pixels wide, opaque, mostly white, and drawn upon."""
    drawn = read_png(png(CHARTS[name].specification))
    assert drawn.width == 1440
    assert drawn.height == 560 if not name.startswith("movers") else drawn.height < 560
    assert (drawn.pixels[..., 3] == 255).all()
    white = (drawn.pixels == 255).all(axis=2).mean()
    assert 0.3 < white < 0.99
    assert len(np.unique(drawn.pixels.reshape(-1, 4), axis=0)) > 50


def test_marked_days_stand_out() -> None:
    """The colour of marked days is there in a spike's picture, and absent where nothing fired."""
    marked = np.array([0xD5, 0x5E, 0x00, 0xFF], np.uint8)
    with_spike = (read_png(png(SPIKE)).pixels == marked).all(axis=2).sum()
    without = (read_png(png(CHARTS["spend-nothing"].specification)).pixels == marked).all(axis=2).sum()
    assert with_spike > 1000
    assert without == 0


def test_the_same_chart_gives_the_same_bytes() -> None:
    """Also from several threads at once."""
    with ThreadPoolExecutor(3) as threads:
        assert len(set(threads.map(png, [SPIKE] * 3))) == 1


def test_a_picture_is_the_same_in_every_time_zone() -> None:
    """Days are UTC days, wherever the machine stands."""

    def drawn_in(zone: str) -> str:
        command = [sys.executable, "-c", HASH]
        return subprocess.run(
            command, env={**os.environ, "TZ": zone}, check=True, capture_output=True, text=True
        ).stdout.strip()

    assert drawn_in("America/Los_Angeles") == drawn_in("Asia/Tokyo") == hashlib.sha256(png(SPIKE)).hexdigest()


@pytest.mark.parametrize("broken", ["", "{", '{"mark": "no such mark"}', "[]"])
def test_what_cannot_be_drawn_says_so(broken: str) -> None:
    """A broken specification is an error of ours, with a reason."""
    with pytest.raises(ChartError, match="cannot be drawn"):
        png(broken)


def test_nothing_is_loaded_from_elsewhere() -> None:
    """A specification that names an address is refused, not fetched."""
    named = '{"data": {"url": "http://127.0.0.1:9/x.csv"}, "mark": "bar", "encoding": {"x": {"field": "a"}}}'
    with pytest.raises(ChartError, match="not allowed"):
        png(named)
