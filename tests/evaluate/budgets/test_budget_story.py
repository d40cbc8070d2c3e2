"""Budgets, told as stories: which threshold is told on which day, and what restatements do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sentinel.domain.accounts import AccountState
from sentinel.domain.findings import Severity
from sentinel.rules.model import Rules
from tests.evaluate.history import History, Story, at, only, series

MARCH = date(2026, 3, 1)
DAY = timedelta(days=1)


def story(daily: list[float], *, first: date = MARCH, **budget: object) -> Story:
    """One cluster that costs these amounts from a day on, under one budget."""
    rules = Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "k"}],
            "freshness": {"enabled": False},
            "budgets": [{"name": "whole", "amount": 1000, "period": "month", "severity": "critical", **budget}],
        }
    )
    return Story(History(min(first, MARCH)).spend(series("orders"), first, daily), rules)


def march(number: int) -> date:
    """The nth of March."""
    return date(2026, 3, number)


class TestThresholds:
    def test_each_threshold_is_told_once_as_it_is_crossed_and_full_spend_is_critical(self) -> None:
        """Half, most, all: three messages of one alert."""
        s = story([100.0] * 31)
        s.evaluate(at(march(1)))
        told = {n: s.tell(at(march(n))) for n in range(2, 13)}
        assert told.pop(5) == [("opened", "threshold_crossed")]
        assert told.pop(8) == [("escalated", "higher_threshold")]
        assert told.pop(10) == [("escalated", "higher_threshold")]
        assert set(map(tuple, told.values())) == {()}
        assert s.alerts[0].severity is Severity.CRITICAL
        assert s.alerts[0].told_threshold == "100%"

    def test_only_the_highest_of_several_new_thresholds_is_told_and_names_those_below(self) -> None:
        """One message for one jump."""
        s = story([100.0, 850.0])
        s.evaluate(at(march(1)))
        opened = only(s.evaluate(at(march(2))))
        assert opened.alert.told_threshold == "80%"
        assert opened.alert.finding.budget is not None
        assert opened.alert.finding.budget.crossed == ("80%", "50%")
        assert opened.alert.severity is Severity.WARNING

    def test_a_spend_that_meets_the_threshold_to_the_unit_has_crossed_it(self) -> None:
        """Ten times a tenth is one, whatever floating point says."""
        s = story([0.1] * 10, amount=1, thresholds=["100%"])
        s.evaluate(at(march(1)))
        assert s.tell(at(march(9))) == []
        assert s.tell(at(march(10))) == [("opened", "threshold_crossed")]

    def test_below_by_a_restatement_is_withdrawn_and_crossing_again_is_told(self) -> None:
        """A threshold told wrongly is taken back, and told when it is true."""
        s = story([100.0] * 20)
        s.evaluate(at(march(4)))
        assert s.tell(at(march(5))) == [("opened", "threshold_crossed")]
        s.history.spend(series("orders"), march(1), [10.0])
        assert s.tell(at(march(5), 18)) == [("withdrawn", "data_changed")]
        assert s.tell(at(march(6))) == [("opened", "threshold_crossed")]

    def test_down_to_a_lower_threshold_is_a_correction(self) -> None:
        """From over 80% back to over 50%: still an alert, another figure."""
        s = story([100.0] * 20)
        s.evaluate(at(march(4)))
        s.evaluate(at(march(8)))
        s.history.spend(series("orders"), march(1), [10.0])
        assert s.tell(at(march(8), 18)) == [("corrected", "data_changed")]
        assert s.tell(at(march(9))) == [("escalated", "higher_threshold")]

    def test_an_absolute_threshold_is_an_amount(self) -> None:
        """`{amount: 250}` needs no percent."""
        s = story([100.0] * 20, thresholds=[{"amount": 250}])
        s.evaluate(at(march(2)))
        assert s.tell(at(march(3))) == [("opened", "threshold_crossed")]
        assert s.alerts[0].finding.upper == 250


class TestPeriods:
    def test_a_first_evaluation_tells_the_running_period_and_not_those_before(self) -> None:
        """February is history."""
        s = story([100.0] * 60, first=date(2026, 2, 1))
        assert only(s.evaluate(at(march(6)))).alert.episode == "2026-03-01"
        assert s.tell(at(march(6), 18)) == []

    def test_a_period_that_ended_lately_can_still_be_told(self) -> None:
        """The last day's late figures belong to its month."""
        s = story([30.0] * 30 + [70.0, *[0.0] * 10])
        for n in range(1, 31):
            s.evaluate(at(march(n)))
        s.history.spend(series("orders"), march(31), [200.0])
        assert s.tell(at(date(2026, 4, 2))) == [("escalated", "higher_threshold")]

    def test_it_expires_when_its_days_are_settled_and_the_restatement_window_has_passed(self) -> None:
        """The next month's budget is an alert of its own."""
        s = story([40.0] * 50)
        told = {n: s.tell(at(MARCH + n * DAY)) for n in range(45)}
        assert ("opened", "threshold_crossed") in told[12]
        assert ("expired", "period_closed") in told[38]
        assert [alert.episode for alert in s.open] == ["2026-04-01"]

    def test_unknown_days_are_said_and_not_taken_for_zero_spend(self) -> None:
        """At least this much: two days are unknown."""
        s = story([100.0] * 20)
        s.history.missing = {march(2), march(3)}
        s.evaluate(at(march(1)))
        opened = only(s.evaluate(at(march(7))))
        assert opened.alert.finding.observed == pytest.approx(500)
        assert opened.alert.finding.budget is not None
        assert opened.alert.finding.budget.unknown_days == 2


class TestDailyBudgets:
    def test_days_in_a_row_over_a_daily_budget_are_one_alert(self) -> None:
        """Three dear days are one incident."""
        s = story([100.0, 250.0, 250.0, 250.0, *[100.0] * 9], amount=200, period="day")
        s.evaluate(at(march(1)))
        told = [s.tell(at(march(n))) for n in range(2, 10)]
        assert told[0] == [("opened", "threshold_crossed")]
        assert told[-1] == []
        flat = [entry for day in told for entry in day]
        assert flat.count(("opened", "threshold_crossed")) == 1
        assert flat[-1] == ("resolved", "back_to_normal")
        assert len(s.alerts) == 1
        assert [d.day for d in s.alerts[0].days] == [march(2), march(3), march(4)]

    def test_a_resolved_day_is_not_told_again_while_it_can_still_be_restated(self) -> None:
        """What was told and ended does not come back by itself."""
        s = story([100.0, 250.0, *[100.0] * 12], amount=200, period="day")
        told = [entry for n in range(1, 14) for entry in s.tell(at(march(n)))]
        assert told == [("opened", "threshold_crossed"), ("resolved", "back_to_normal")]

    def test_a_settled_day_restated_above_its_budget_is_told(self) -> None:
        """A bill that grows late is still a bill."""
        s = story([100.0] * 12, amount=200, period="day")
        for n in range(1, 7):
            s.evaluate(at(march(n)))
        s.history.spend(series("orders"), march(3), [500.0])
        assert s.tell(at(march(7))) == [("opened", "threshold_crossed")]


class TestScopes:
    def test_per_gives_each_value_a_budget_of_its_own(self) -> None:
        """One cluster's spend does not use up another's."""
        s = story([100.0] * 10, per=["cluster"])
        s.history.spend(series("search"), MARCH, [10.0] * 10)
        s.evaluate(at(march(1)))
        opened = only(s.evaluate(at(march(5))))
        assert [place.name for place in opened.alert.scope.places] == ["main", "ti_1", "production", "orders"]

    def test_one_cluster_id_in_two_tenants_is_two_budgets(self) -> None:
        """An id is unique only inside its tenant."""
        s = story([60.0] * 10, per=["cluster"])
        s.history.spend(series("orders", tenant="ti_2"), MARCH, [60.0] * 10)
        s.evaluate(at(march(1)))
        assert s.tell(at(march(8))) == []
        assert len(s.evaluate(at(march(9))).transitions) == 2


def test_new_spend_is_told_for_a_cluster_without_charges_for_thirty_days_and_not_at_the_edge_of_history() -> None:
    """A cluster that appears in the middle of the history is new; one that was there from the start is not."""
    s = story([50.0] * 60)
    s.rules = Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "k"}],
            "freshness": {"enabled": False},
            "new_spend": [{"name": "new-cluster", "per": ["cluster"], "min_daily": 5}],
        }
    )
    s.state = AccountState("main", ready=True, first_pull=at(MARCH))
    s.evaluate(at(MARCH + 39 * DAY))
    s.history.spend(series("fresh"), MARCH + 40 * DAY, [2.0, *[9.0] * 20])
    assert s.tell(at(MARCH + 40 * DAY)) == []
    opened = only(s.evaluate(at(MARCH + 41 * DAY)))
    assert (opened.reason.value, opened.alert.finding.scope.places[-1].name) == ("first_charge", "fresh")
    told = [entry for n in range(42, 55) for entry in s.tell(at(MARCH + n * DAY))]
    assert told == [("expired", "period_closed")]
