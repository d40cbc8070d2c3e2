"""What is foreseen of a budget's period, in words."""

from __future__ import annotations

from datetime import date

from sentinel.domain.alerts import Transition
from sentinel.domain.findings import Finding
from sentinel.domain.forecasts import spell_chance
from sentinel.domain.money import format_money
from sentinel.notify.words.phrases import begun, period_name


def forecast_of(finding: Finding, today: date) -> str:
    """`Forecast for March: $10,300 (9,400 to 11,200), 84% likely to exceed $9,000`; "" where there is none."""
    standing = finding.budget
    if standing is None or standing.forecast is None:
        return ""
    told = standing.forecast.spell(finding.observed, finding.currency)
    return f"Forecast for {period_name(standing.period, today)}: {told}"


def foreseen_above(transition: Transition, opened_before: str) -> str:
    """That more is foreseen than when the alert was told last; how much more the figures say."""
    finding = transition.alert.finding
    if finding.budget is None or finding.budget.forecast is None:
        return ""
    return f"Likely to exceed {format_money(finding.budget.forecast.level, finding.currency)} now; {opened_before}"


def foreseen_below(transition: Transition, today: date) -> str:
    """Why what was foreseen is foreseen no more."""
    finding, before = transition.alert.finding, transition.previous and transition.previous.finding.budget
    standing, spent = finding.budget, transition.alert.days[-1].observed
    if standing is None or not before or before.forecast is None:
        return "It is not likely to go so far any more"
    level, forecast = format_money(before.forecast.level, finding.currency), standing.forecast
    if forecast is not None:
        # While the alert stays open, its verdict has the figures.
        chance = f"{spell_chance(forecast.chance)} likely to exceed it"
        alike = forecast.level == before.forecast.level
        told = (
            f"{forecast.spell_total(finding.currency)}, {chance}" if alike else forecast.spell(spent, finding.currency)
        )
        return f"The forecast is back below {level}" + (f": {told}" if transition.kind.closes else "")
    if standing.period.last < today:
        ended = f"{period_name(standing.period, today)} has ended below {level}"
        return f"{begun(ended)}: {format_money(spent, finding.currency)}"
    return f"The forecast is back far below {level}"
