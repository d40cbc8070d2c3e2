"""Stories of one budget: what a cluster costs day by day, and every notification with its words."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from sentinel.notify import compose
from sentinel.rules.model import Rules
from tests.evaluate.history import History, Story, at, series

DAY = timedelta(days=1)


def rules_of(**budget: Any) -> Rules:
    """Rules with one budget of 1,000 a month that can be critical; `budget` says what is different."""
    given = {"name": "whole", "amount": 1000, "period": "month", "severity": "critical", **budget}
    return Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "k"}],
            "freshness": {"enabled": False},
            "budgets": [{key: value for key, value in given.items() if value is not None}],
        }
    )


def story(daily: list[float], first: date, **budget: Any) -> Story:
    """One cluster that costs these amounts from a day on."""
    return Story(History(first).spend(series("orders"), first, daily), rules_of(**budget))


def told(story: Story, day: date, hour: int = 12, *, lines: bool = False) -> list[str]:
    """What is sent after one evaluation: the headline and first line of each, or all lines of the only one."""
    messages = [compose(transition) for transition in story.evaluate(at(day, hour)).transitions]
    if lines:
        (message,) = messages
        return [message.headline, *message.lines]
    return [f"{message.headline} / {message.lines[0]}" for message in messages]


def told_by_day(story: Story, first: date, last: date) -> dict[str, list[str]]:
    """What is sent at noon of each day from first to last, the days without a notification left out."""
    days = (first + n * DAY for n in range((last - first).days + 1))
    said = {f"{day:%m-%d}": told(story, day) for day in days}
    return {day: messages for day, messages in said.items() if messages}


def without_figures(text: str) -> str:
    """The same with # for each amount of a forecast: they change as forecasts become better."""
    return re.sub(r"\$[\d,]+ \([\d,]+ to [\d,]+\)", "$# (# to #)", text)
