"""Pictures: one Vega-Lite specification each, and its PNG."""

from sentinel.charts.burn_down import burn_down
from sentinel.charts.burn_up import burn_up
from sentinel.charts.engine import png, warm
from sentinel.charts.movers import movers
from sentinel.charts.period import period
from sentinel.charts.spend import spend

__all__ = ["burn_down", "burn_up", "movers", "period", "png", "spend", "warm"]
