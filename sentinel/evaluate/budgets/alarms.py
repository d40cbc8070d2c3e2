"""Whether a level is foreseen now, from no more of the past than it takes to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sentinel.evaluate.forecast import Forecasts, alarm_states, probability_above

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Ask = Callable[[NDArray[np.int64], Sequence[int]], Forecasts]
"""The forecasts of the scopes at some places, at the end of some columns."""

LOOKS_BACK = (3, 12, 100)
"""In days. Two likely days in a row, or an unlikely one, say how it stands whatever was before; mostly that is enough.

Nothing is asked of more than a quarter ago: in a longer period an alarm that has been neither likely nor unlikely for
so long is off.
"""


def first_look(settled: Flags, begin: int) -> tuple[int, int]:
    """The first column and the one after the last that `read_alarms` asks for at first; they are one where none is."""
    judged = np.flatnonzero(settled.any(axis=0))
    stop = int(judged[-1]) + 1 if judged.size else 0
    return begin + max(0, stop - LOOKS_BACK[0]), begin + stop


def read_alarms(ask: Ask, places: NDArray[np.int64], levels: Floats, settled: Flags, begin: int) -> Flags:
    """[levels, scopes]: which alarms are on at each scope's newest settled day of a period.

    `places` are those that the scopes are asked for by. `levels` is [levels, scopes]. `settled` is [scopes, days]:
    which days of the period from its column `begin` on may be judged. The others change nothing, but two likely days
    are in a row only without one between them.
    """
    on = np.zeros(levels.shape, np.bool_)
    judged = np.flatnonzero(settled.any(axis=0))
    if judged.size == 0:
        return on
    stop = int(judged[-1]) + 1
    open_ = np.arange(levels.shape[1])
    for days in LOOKS_BACK:
        columns = range(max(0, stop - days), stop)
        forecasts = ask(places[open_], range(begin + columns.start, begin + stop))
        least, most = _bounds(forecasts, levels[:, open_], settled[open_, columns.start : stop], columns)
        on[:, open_] = least
        open_ = open_[(least != most).any(axis=0)]
        if open_.size == 0 or columns.start == 0:
            break
    return on


def _bounds(forecasts: Forecasts, levels: Floats, settled: Flags, columns: range) -> tuple[Flags, Flags]:
    """[levels, scopes]: the alarms if they were off before these days, and if they were on."""
    days = [column + 1 for column in columns]
    least, most = np.zeros(levels.shape, np.bool_), np.zeros(levels.shape, np.bool_)
    for place, level in enumerate(levels):
        chance = np.where(settled, probability_above(forecasts, level[:, None]), np.nan)
        spent = forecasts.spent > level[:, None]
        least[place] = alarm_states(chance, spent, days)[:, -1]
        if columns.start == 0:
            most[place] = least[place]
            continue
        before = np.pad(chance, ((0, 0), (1, 0)), constant_values=np.nan)
        was_on = np.pad(spent, ((0, 0), (1, 0)), constant_values=True)
        most[place] = alarm_states(before, was_on, [days[0] - 1, *days])[:, -1]
    return least, most
