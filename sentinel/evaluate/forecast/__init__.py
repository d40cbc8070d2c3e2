"""What a period will have cost at its end: the most likely total, an 80% interval, and the probability of more.

`forecast_totals` forecasts many scopes at once, `probability_above` weighs an amount against the forecasts, and
`alarm_states` says on which days that is worth telling.
"""

from sentinel.evaluate.forecast.alarm import REARMED_BELOW, alarm_states
from sentinel.evaluate.forecast.distribution import SETTLED_DAYS, Forecasts, probability_above
from sentinel.evaluate.forecast.plan import MEMORY_DAYS, DailyCosts
from sentinel.evaluate.forecast.totals import forecast_totals

__all__ = [
    "MEMORY_DAYS",
    "REARMED_BELOW",
    "SETTLED_DAYS",
    "DailyCosts",
    "Forecasts",
    "alarm_states",
    "forecast_totals",
    "probability_above",
]
