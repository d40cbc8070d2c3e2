"""When a forecast is worth telling: on after two days of likely excess, off only when it has become unlikely."""

from collections.abc import Sequence

import numpy as np

from sentinel.evaluate.forecast.history import Flags, Floats

LIKELY = 0.7
REARMED_BELOW = 0.2
DAYS_ON = 2
FIRST_DAY = 3
"""The first two days of a period say too little of it."""


def alarm_states(probability: Floats, spent: Flags, days: Sequence[int]) -> Flags:
    """Whether the alarm is on at the end of each asked day of one period, by what was known then.

    probability: [..., asked], that the total exceeds the amount; NaN where there is no forecast: the state stays.
    spent: [..., asked], the amount is exceeded already: the alarm is on, whatever the day.
    days: [asked], the day of the period (1 is its first), in ascending order and without gaps.
    """
    states = np.zeros(probability.shape, np.bool_)
    on = np.zeros(probability.shape[:-1], np.bool_)
    likely_days = np.zeros(probability.shape[:-1], np.int64)
    for place, day in enumerate(days):
        told = probability[..., place]
        likely_days = np.where(told >= LIKELY, likely_days + 1, 0)
        if day >= FIRST_DAY:
            on = (on | (likely_days >= DAYS_ON)) & ~(told < REARMED_BELOW)
        on = on | spent[..., place]
        states[..., place] = on
    return states
