"""What is left of a prepaid amount over its term, and the day on which it is likely to be used up."""

from __future__ import annotations

from sentinel.charts.axes import Amounts
from sentinel.charts.burn_down_layers import layers, records
from sentinel.charts.look import finished
from sentinel.charts.wording import a_date, a_day, called, plain
from sentinel.domain.messages import Chart
from sentinel.domain.money import format_money
from sentinel.domain.pictures import BurnDown

_HEADROOM = 1.08
_ROOM_BELOW = 0.16
"""Below zero, as a part of the amount: there the day on which it is used up is named."""


def burn_down(burn: BurnDown) -> Chart:
    """The chart of a term with at least one known day."""
    name, newest, standing = called(burn.scope, burn.rule), burn.days[-1], _standing(burn)
    when = f"{a_day(burn.term.first)} to {a_day(burn.term.last)}"
    caveat = "" if newest.settled else ". The dashed end can still fall."
    specification = finished(
        f"{name}: {standing}",
        [f"{burn.currency}, {when}, rule {plain(burn.rule)}{caveat}"],
        tuple(layers(burn, _amounts(burn))),
        records(burn),
    )
    alt = f"Line chart of what is left of {name} for {when}: {standing} by {a_day(newest.day)}{_ending(burn)}"
    return Chart(specification, alt)


def _standing(burn: BurnDown) -> str:
    left, amount = burn.amount - burn.days[-1].spent, format_money(burn.amount, burn.currency)
    if left > 0:
        return f"{format_money(left, burn.currency)} of {amount} left"
    return f"nothing of {amount} left, {format_money(-left, burn.currency)} spent beyond it"


def _ending(burn: BurnDown) -> str:
    if burn.used_up is not None:
        return f"; {'' if burn.days[-1].spent >= burn.amount else 'likely '}used up on {a_date(burn.used_up.day)}"
    if not burn.forecast:
        return ""
    last = burn.forecast[-1]
    ends = (burn.amount - spent for spent in (last.median, last.upper, last.lower))
    median, least, most = (format_money(max(0.0, value), burn.currency) for value in ends)
    return f"; {median} ({least} to {most}) is likely to be left at its end"


def _amounts(burn: BurnDown) -> Amounts:
    left = [burn.amount - one.spent for one in burn.days]
    bottom = min(-_ROOM_BELOW * burn.amount, min(left) * _HEADROOM)
    return Amounts(f"{burn.currency} left", bottom, max(burn.amount, *left) * _HEADROOM, grid=False)
