"""The last days of a scope as bars on a terminal, with the band of what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from sentinel.domain.money import format_money

if TYPE_CHECKING:
    from sentinel.evaluate import Course

HEIGHT = 8
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LABEL = 10
_BAND_AT_MOST = 1.25
"""The band of a young scope may reach to the sky: it is drawn up to a little above the largest cost."""


def draw_course(course: Course, currency: str, width: int) -> Text:
    """`HEIGHT` rows of bars, one column a day, and a line that marks the last day and names both ends.

    Where `width` columns do not hold all days, the last ones are drawn.
    """
    begin = max(0, course.cost.size - max(1, width - _LABEL - 1))
    highest = float(np.nanmax(course.cost, initial=0.0))
    bands = course.upper[np.isfinite(course.upper)]
    top = max(highest, min(float(bands.max(initial=0.0)), _BAND_AT_MOST * highest)) or 1.0
    picture = Text(no_wrap=True)
    for level in range(HEIGHT - 1, -1, -1):
        label = {HEIGHT - 1: format_money(top, currency), 0: format_money(0.0, currency)}.get(level, "")
        picture.append(f"{label:>{_LABEL}} ")
        for place in range(begin, course.cost.size):
            picture.append_text(_cell(course, place, level, top))
        picture.append("\n")
    picture.append(f"{'':>{_LABEL}} {_ends(course, begin, width - _LABEL - 1)}\n")
    picture.append(f"{'':>{_LABEL}} █ cost   ░ expected   ? unknown", style="dim")
    return picture


def _cell(course: Course, place: int, level: int, top: float) -> Text:
    cost = course.cost[place]
    if np.isnan(cost):
        return Text("?" if level == 0 else " ", style="dim")
    filled = float(cost) / top * HEIGHT - level
    if filled > 0:
        style = "red" if course.fires[place] else "bold" if place == course.cost.size - 1 else "blue"
        # The least charge is still to be seen.
        return Text(_EIGHTHS[max(1, min(8, round(filled * 8)))], style=style)
    low, high = (bound / top * HEIGHT for bound in (course.lower[place], course.upper[place]))
    in_band = low < level + 1 and level < high
    return Text("░" if in_band else " ", style="dim")


def _ends(course: Course, begin: int, width: int) -> str:
    """The first and the last day that are drawn, with a mark below the last; its day stands where there is room."""
    last = course.cost.size - 1
    before, first, newest = last - begin, f"{course.day(begin)}", f"{course.day(last)}"
    if before + len(newest) + 2 > width and before > len(first) + len(newest) + 1:
        return f"{first}{newest:>{before - len(first) - 1}} ^"
    return f"{first if before > len(first) else '':<{before}}^ {newest}"
