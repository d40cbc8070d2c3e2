"""A period's spend as it adds up, against its amount, and where it is likely to end."""

from __future__ import annotations

from sentinel.charts.axes import Amounts
from sentinel.charts.burn_up_layers import layers, records
from sentinel.charts.look import finished
from sentinel.charts.wording import a_day, called, days, plain
from sentinel.domain.messages import Chart
from sentinel.domain.money import format_money
from sentinel.domain.pictures import BurnUp

_HEADROOM = 1.1
_FAN_AT_MOST = 2.0
"""A wide fan is drawn up to twice the amount or the spend: beyond it the rest would be too small to read."""


def burn_up(burn: BurnUp) -> Chart:
    """The chart of a period with at least one known day."""
    name = called(burn.scope, burn.rule)
    newest, amount = burn.days[-1], format_money(burn.amount, burn.currency)
    spent = format_money(newest.spent, burn.currency)
    when = f"{a_day(burn.period.first)} to {a_day(burn.period.last)}"
    specification = finished(
        f"{name}: {spent} of {amount} spent",
        [f"{burn.currency}, {when}, rule {plain(burn.rule)}{_caveat(burn)}"],
        tuple(layers(burn, _amounts(burn))),
        records(burn),
    )
    alt = f"Line chart of what {name} has spent of {amount} for {when}: {spent} by {a_day(newest.day)}{_ending(burn)}"
    return Chart(specification, alt)


def _caveat(burn: BurnUp) -> str:
    unknown = sum(not one.known for one in burn.days)
    if unknown:
        return f". At least: {days(unknown)} unknown."
    return "" if burn.days[-1].settled else ". The dashed end can still grow."


def _ending(burn: BurnUp) -> str:
    if not burn.forecast:
        return ""
    last = burn.forecast[-1]
    median, lower, upper = (format_money(value, burn.currency) for value in (last.median, last.lower, last.upper))
    return f"; {median} ({lower} to {upper}) is forecast for its end"


def _amounts(burn: BurnUp) -> Amounts:
    spent = [one.spent for one in burn.days]
    likely = max(burn.amount, *spent)
    fan = max((one.upper for one in burn.forecast), default=0.0)
    top = max(likely, min(fan, _FAN_AT_MOST * likely))
    return Amounts(f"{burn.currency} in all", min(0.0, *spent) * _HEADROOM, top * _HEADROOM, grid=False)
