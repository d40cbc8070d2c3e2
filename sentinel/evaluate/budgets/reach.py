"""Which periods a budget is judged in, and how far back that reads."""

from __future__ import annotations

from datetime import date, timedelta

from sentinel.domain.periods import Period
from sentinel.evaluate.context import JUDGED_DAYS_AT_MOST, Context, RuleContext
from sentinel.evaluate.forecast import MEMORY_DAYS
from sentinel.rules.model import Budget, HasAmount, Settings


def judged_periods(rule: Budget, context: Context, around: RuleContext) -> tuple[Period, ...]:
    """The periods to judge, oldest first: the running one, those that may still change, those of open alerts."""
    settings = context.rules.settings
    days = [context.today - timedelta(days=back) for back in range(settings.restate_days + 2)]
    days += [day.day for alert in around.open_alerts for day in alert.days]
    periods = {rule.period_on(day, settings.week_start) for day in days}
    return tuple(sorted(period for period in periods if period is not None))


def periods_before(rule: Budget, period: Period, count: int, settings: Settings) -> Period:
    """So many periods of the calendar before one, as one range of days."""
    first = period.first
    for _ in range(count):
        before = rule.period_on(first - timedelta(days=1), settings.week_start)
        first = before.first if before else first
    return Period(first, period.first - timedelta(days=1))


def first_day_read(rule: Budget, today: date, settings: Settings) -> date:
    """The first day that a verdict of `today` rests on."""
    if rule.is_rolling:
        oldest = rule.period_on(today - timedelta(days=JUDGED_DAYS_AT_MOST), settings.week_start)
        return oldest.first if oldest else today
    lately = today - timedelta(days=settings.restate_days)
    periods = [rule.period_on(day, settings.week_start) for day in (today, lately)]
    # One period more than the average takes: it shows whether a scope is older than them.
    back = max((held.averaged.average_of + 1 for held in amounts_of(rule) if held.averaged), default=0)
    days = [periods_before(rule, one, back, settings).first for one in periods if one]
    if rule.forecast:
        days += [one.first - timedelta(days=MEMORY_DAYS) for one in periods if one]
    return min(days, default=today)


def amounts_of(rule: Budget) -> tuple[HasAmount, ...]:
    """All that says how much may be spent: the rule itself and its overrides."""
    return (rule, *rule.overrides)
