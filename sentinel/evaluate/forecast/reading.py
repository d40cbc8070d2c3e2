"""What is read once from a history, whatever is asked of it; each row tells what was known at the end of its day."""

from dataclasses import dataclass

import numpy as np

from sentinel.evaluate.forecast.excess import Excess, read_excess
from sentinel.evaluate.forecast.fees import past_fees
from sentinel.evaluate.forecast.habits import Habits, read_habits
from sentinel.evaluate.forecast.history import Floats, History, moved
from sentinel.evaluate.forecast.levels import MIDDLE, read_levels


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A history and all that is learned from it.

    fees: [days, series], the fee that each day was expected to bring. levels: [days, memories, series].
    filled: [days, series], the cost, and of unknown days what the level says.
    """

    history: History
    habits: Habits
    excess: Excess
    fees: Floats
    levels: Floats
    filled: Floats


def read(history: History) -> Reading:
    """Learn habits, fees and levels."""
    habits = read_habits(history)
    excess = read_excess(history, habits)
    levels = read_levels(history, habits, excess)
    usual = np.nan_to_num(moved(levels[:, MIDDLE], 1)) * habits.own
    filled = np.where(history.known, history.cost, usual)
    return Reading(history, habits, excess, past_fees(history, excess), levels, filled)
