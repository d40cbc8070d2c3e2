"""Budgets that look ahead, as stories: what is told of a forecast, word for word, and when."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from sentinel.domain.findings import Severity
from sentinel.domain.matrix import DatedCharge
from sentinel.domain.pictures import BurnUp
from sentinel.evaluate import budgets_now, explain, first_day_needed, picture_of
from sentinel.notify import compose
from tests.evaluate.budgets.stories import DAY, rules_of, story, told, told_by_day, without_figures
from tests.evaluate.history import History, Story, at, series

MARCH = date(2026, 3, 1)
HISTORY_DAYS = 60


def headlines(s: Story, first: date, last: date) -> list[str]:
    """The beginning of each message of some days, up to what it is about."""
    return [message.split(":")[0] for said in told_by_day(s, first, last).values() for message in said]


def march(number: int) -> date:
    """The nth day from 1 March on."""
    return MARCH + (number - 1) * DAY


def usual(level: float, days: int = HISTORY_DAYS, seed: int = 5) -> list[float]:
    """So many days around a level, in whole cents."""
    swing = np.random.default_rng(seed).normal(0, 0.05, days)
    return [round(float(cost), 2) for cost in level * np.exp(swing)]


def after_two_months(from_march_on: list[float], level: float = 28.0, **budget: Any) -> Story:
    """A cluster that costs about 28 a day in January and February, and is judged from 1 March on."""
    given = {"forecast": ["100%"], **budget}
    s = story([*usual(level), *from_march_on], MARCH - HISTORY_DAYS * DAY, **given)
    s.pulls = [at(MARCH - n * DAY) for n in range(HISTORY_DAYS, 0, -1)]
    told(s, MARCH)
    return s


class TestAlerts:
    def test_a_forecast_is_told_first_and_each_threshold_that_is_crossed_after_it(self) -> None:
        """It says the likely total, how sure that is, and of what; then the facts overtake it."""
        s = after_two_months([40.0] * 31, level=40.0, thresholds=["80%", "100%"])
        said = told_by_day(s, march(2), march(26))
        (foreseen,) = said.pop("03-05")
        assert without_figures(foreseen) == (
            "WARNING  Budget 100% forecast: whole / "
            "Forecast for March: $# (# to #), more than 99% likely to exceed $1,000"
        )
        assert said == {
            "03-20": [
                (
                    "WARNING  Budget 80% crossed, 100% forecast, escalated: whole / "
                    "Spent $800 of $1,000 (80%) in March, 11 days left"
                )
            ],
            "03-25": [
                "CRITICAL  Budget 100% crossed, escalated: whole / Spent $1,000 of $1,000 (100%) in March, 6 days left"
            ],
        }

    def test_it_comes_on_over_a_threshold_that_was_told_before(self) -> None:
        """Half is spent, as every month; that all will be is news, and says since when the alert stands."""
        s = after_two_months([30.0] * 16 + [48.0] * 6, thresholds=["50%", "100%"])
        assert list(told_by_day(s, march(2), march(20))) == ["03-17"]
        (lines,) = [told(s, march(21), lines=True)]
        assert lines[0] == "WARNING  Budget 50% crossed, 100% forecast, escalated: whole"
        assert lines[1] == "Spent $720 of $1,000 (72%) in March, 10 days left"
        assert lines[2] == "Likely to exceed $1,000 now; first told on Tue 17 Mar"
        assert lines[3].startswith("Forecast for March: $1,2")

    def test_a_forecast_that_falls_back_resolves_its_alert_and_one_that_comes_again_is_told_again(self) -> None:
        """It was no mistake and nothing is taken back: it has turned out better."""
        s = after_two_months([40.0] * 10 + [20.0] * 9 + [70.0] * 12, thresholds=["100%"])
        opened, resolved, again = (one for said in told_by_day(s, march(2), march(24)).values() for one in said)
        assert opened.startswith("WARNING  Budget 100% forecast: whole / Forecast for March: $1,")
        assert again.startswith("WARNING  Budget 100% forecast: whole / Forecast for March: $1,")
        assert re.fullmatch(
            r"RESOLVED  Budget 100% forecast: whole / The forecast is back below \$1,000: "
            r"\$# \(# to #\), [\w ]+% likely to exceed it",
            without_figures(resolved),
        )
        assert [alert.state.value for alert in s.alerts] == ["resolved", "open"]

    def test_a_forecast_that_falls_back_behind_a_crossed_threshold_is_told_as_lower(self) -> None:
        """The alert stands for what is spent, and nobody goes on believing the forecast."""
        s = after_two_months([40.0] * 14 + [16.0] * 10, thresholds=["50%", "100%"])
        (lower,) = (
            t for n in range(2, 25) for t in s.evaluate(at(march(n))).transitions if t.kind.value == "corrected"
        )
        headline, (spent, reason, *_) = compose(lower).headline, compose(lower).lines
        assert headline == "WARNING  Budget 50% crossed, forecast lower: whole"
        assert spent.startswith("Spent $6")
        assert reason == "The forecast is back below $1,000"
        assert s.open[0].severity is Severity.WARNING

    def test_a_period_that_ends_below_a_forecast_that_stood_to_the_end_says_so(self) -> None:
        """Neither likely nor unlikely to its last day: then the bill is known."""
        s = after_two_months([36.0] * 26 + [12.0] * 2 + [13.0] * 3 + [5.0] * 9, thresholds=["100%"])
        said = told_by_day(s, march(2), march(40))
        (last,) = [message for day in said.values() for message in day if message.startswith("RESOLVED")]
        assert " below $1,000" in last

    def test_each_period_has_a_forecast_of_its_own(self) -> None:
        """April is told as April, while March is still open."""
        s = after_two_months([40.0] * 45, thresholds=["100%"])
        told_by_day(s, march(2), march(34))
        (message,) = told(s, march(36))
        assert message.startswith("WARNING  Budget 100% forecast: whole / Forecast for April: $1,2")
        assert [alert.episode for alert in s.open] == ["2026-03-01", "2026-04-01"]

    def test_a_jump_over_everything_names_what_is_crossed_and_foresees_nothing(self) -> None:
        """What is spent is no forecast any more."""
        s = after_two_months([30.0] * 5 + [1200.0] + [30.0] * 5, thresholds=["50%", "100%"])
        assert told_by_day(s, march(2), march(10)) == {
            "03-06": ["CRITICAL  Budget 100% crossed: whole / Spent $1,350 of $1,000 (135%) in March, 25 days left"]
        }

    def test_a_level_without_a_threshold_of_its_own_is_told_when_it_is_reached(self) -> None:
        """Foreseen, and then so."""
        s = after_two_months([40.0] * 31, thresholds=["100%"], forecast=[{"amount": 900}])
        assert headlines(s, march(2), march(26)) == [
            "WARNING  Budget $900 forecast",
            "WARNING  Budget $900 crossed, escalated",
            "CRITICAL  Budget 100% crossed, escalated",
        ]

    def test_a_restatement_of_what_was_foreseen_and_crossed_withdraws(self) -> None:
        """A told threshold that is not reached is untrue, whatever is foreseen besides."""
        s = after_two_months([40.0] * 31, thresholds=["50%", "100%"])
        told_by_day(s, march(2), march(14))
        s.history.spend(series("orders"), march(1), [1.0] * 14)
        assert told(s, march(14), 18)[0].startswith("WITHDRAWN  Budget 50% crossed, 100% forecast: whole / The billing")

    def test_a_changed_amount_ends_a_forecast_with_its_reason(self) -> None:
        """Nothing was wrong: the file asks for something else."""
        s = after_two_months([40.0] * 31, thresholds=["100%"])
        told_by_day(s, march(2), march(8))
        s.rules = rules_of(thresholds=["100%"], forecast=["100%"], amount=5000)
        assert told(s, march(9)) == [
            (
                "EXPIRED  Budget 100% forecast: whole / "
                "The rules file was changed, and rule whole does not see it any more"
            )
        ]


def test_fewer_than_fourteen_settled_days_foresee_nothing_and_say_so() -> None:
    """A run-rate of three times the amount on a handful of days is no forecast."""
    s = story([100.0] * 40, MARCH, forecast=["200%"], thresholds=["400%"])
    told(s, march(1))
    assert told_by_day(s, march(2), march(16)) == {}
    (now,) = budgets_now(s.history.seen_at(at(march(12)), s.pulls[:12]), s.rules, at(march(12)))
    assert (now.forecast, str(now.too_young)) == (None, "no forecast yet: 10 of 14 settled days")
    assert headlines(s, march(17), march(19)) == ["WARNING  Budget 200% forecast"]


@pytest.mark.parametrize("share", [0.97, 1.0, 1.03])
def test_a_noisy_spend_near_its_amount_does_not_flap(share: float) -> None:
    """Six clusters whose month ends near the amount: mostly two messages each, the forecast and how it came."""
    generator = np.random.default_rng(11)
    s = Story(History(MARCH - HISTORY_DAYS * DAY), rules_of(per=["cluster"], thresholds=["200%"], forecast=["100%"]))
    for n in range(6):
        costs = np.exp(generator.normal(0, 0.25, HISTORY_DAYS + 31))
        costs *= 1000 * share / costs[HISTORY_DAYS:].sum()
        s.history.spend(series(f"c{n}"), s.history.first_day, costs.round(2).tolist())
    s.pulls = [at(MARCH - n * DAY) for n in range(HISTORY_DAYS, 0, -1)]
    count = dict.fromkeys((f"c{n}" for n in range(6)), 0)
    for n in range(1, 33):
        for transition in s.evaluate(at(march(n))).transitions:
            count[transition.alert.scope.places[-1].name] += 1
    assert sum(count.values()) <= 15
    assert max(count.values()) <= 4


def test_credits_count_as_they_stand() -> None:
    """A net budget foresees usage; the credit that is there lowers the total, and makes it no surer."""
    credit = DatedCharge("main", "Credit", MARCH, None, -300.0)
    budgets: dict[str, Any] = {"cost": "net", "thresholds": ["100%"], "amount": 900}
    s = after_two_months([40.0] * 31, **budgets)
    matrix = s.history.seen_at(at(march(12)), [*s.pulls, at(march(12))])
    (gross,) = budgets_now(matrix, rules_of(**{**budgets, "cost": "usage"}), at(march(12)))
    (net,) = budgets_now(replace(matrix, account_charges=(credit,)), s.rules, at(march(12)))
    assert gross.forecast is not None
    assert net.forecast is not None
    assert net.forecast.total == pytest.approx(gross.forecast.total - 300)
    assert net.forecast.upper - net.forecast.lower == pytest.approx(gross.forecast.upper - gross.forecast.lower)
    assert net.forecast.chance < gross.forecast.chance


def test_the_explanation_has_the_forecast_and_its_picture_the_fan() -> None:
    """What is drawn at the period's end is what is told."""
    s = after_two_months([40.0] * 12)
    matrix = s.history.seen_at(at(march(12)), [*s.pulls, at(march(12))])
    (rule,) = s.rules.budgets
    (one,) = explain(rule, matrix, s.rules, (), {}, at(march(12)))
    picture = picture_of(rule, one)
    assert one.forecast is not None
    assert isinstance(picture, BurnUp)
    (end,) = picture.forecast
    assert (end.day, end.median, end.lower) == (march(31), one.forecast.total, one.forecast.lower)
    assert one.note == "the forecast 100%"


def test_a_finding_has_the_forecast_that_status_and_explain_show() -> None:
    """One moment, one figure."""
    s = after_two_months([40.0] * 12)
    decision = s.evaluate(at(march(12)))
    matrix = s.history.seen_at(at(march(12)), s.pulls)
    (now,) = budgets_now(matrix, s.rules, at(march(12)))
    (one,) = explain(s.rules.budgets[0], matrix, s.rules, (), {}, at(march(12)))
    (finding,) = decision.findings
    assert finding.budget is not None
    assert finding.budget.forecast == now.forecast == one.forecast


def test_a_rule_that_looks_ahead_reads_the_days_that_a_forecast_rests_on() -> None:
    """Eight months before a year that is nearly over; of a month the 400 days that are read anyway hold them."""
    december = date(2026, 12, 20)
    year, month = rules_of(period="year", forecast=["100%"]), rules_of(forecast=["100%"])
    assert first_day_needed(year, december) <= date(2026, 1, 1) - timedelta(days=245)
    assert first_day_needed(month, december) == december - timedelta(days=399)
