"""Spikes, told as stories: what is sent on which day, and why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import AlertState, MarkKind, Silence
from sentinel.domain.findings import Basis
from sentinel.rules.model import Rules
from tests.evaluate.history import History, Story, at, only, series

START = date(2026, 1, 5)
DAY = timedelta(days=1)


def rules(
    mutes: tuple[dict[str, object], ...] = (), settings: dict[str, object] | None = None, **spike: object
) -> Rules:
    """One spike rule for each cluster."""
    return Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "k"}],
            "freshness": {"enabled": False},
            "mutes": mutes,
            "settings": settings or {},
            "spikes": [{"name": "spike", "per": ["cluster"], "min_change": 10, **spike}],
        }
    )


def steady(days: int, amount: float = 100.0) -> list[float]:
    """A cost that moves by a percent or two."""
    return [amount * (1 + 0.01 * ((7 * n) % 5 - 2)) for n in range(days)]


def story(after: list[float], *, before: int = 60, **spike: object) -> Story:
    """Sixty steady days of one cluster, then the given ones."""
    costs = steady(before) + after
    return Story(History(START).spend(series("orders"), START, costs), rules(**spike))


def day(number: int) -> date:
    """The nth day of the history."""
    return START + number * DAY


class TestOpening:
    def test_a_rise_is_told_on_the_running_day_once_it_lies_above_the_band(self) -> None:
        """A running total can only grow, so a rise needs no settled day."""
        s = story([300.0])
        s.evaluate(at(day(59)))
        opened = only(s.evaluate(at(day(60), 6)))
        assert (opened.kind.value, opened.reason.value) == ("opened", "outside_band")
        finding = opened.alert.finding
        assert finding.basis is Basis.UNSETTLED
        assert finding.observed == 300.0
        assert finding.observed > finding.upper
        assert finding.excess is not None
        assert finding.excess.volume + finding.excess.price == pytest.approx(finding.impact)

    def test_a_second_evaluation_of_the_same_history_says_nothing(self) -> None:
        """Cycles repeat; news does not."""
        s = story([300.0])
        s.evaluate(at(day(60), 6))
        assert s.tell(at(day(60), 12)) == []

    def test_a_fall_waits_until_its_day_is_settled(self) -> None:
        """An unfinished day is never taken for a drop."""
        s = story([20.0, 20.0, 20.0], direction="down")
        s.evaluate(at(day(59)))
        assert s.tell(at(day(60))) == []
        assert s.tell(at(day(61))) == []
        assert s.tell(at(day(62))) == [("opened", "outside_band")]

    def test_an_unknown_day_is_not_a_day_of_no_cost(self) -> None:
        """Missing is never taken for zero."""
        s = story([100.0, 100.0, 100.0, 100.0], direction="down")
        s.history.missing = {day(60)}
        s.evaluate(at(day(59)))
        assert [s.tell(at(day(n))) for n in (60, 61, 62, 63)] == [[], [], [], []]

    def test_a_first_evaluation_tells_what_is_true_now_and_not_old_news(self) -> None:
        """Four hundred days of history are no four hundred days of news."""
        s = story([300.0, 300.0, *steady(6)])
        assert s.tell(at(day(67))) == []
        assert any(not finding.muted for finding in s.evaluate(at(day(67), 13)).findings)

    def test_a_first_evaluation_tells_a_spike_that_still_lasts_with_all_of_its_days(self) -> None:
        """Who installs sentinel in the middle of an incident hears of it."""
        s = story([300.0, 300.0, 300.0, 300.0])
        opened = only(s.evaluate(at(day(63))))
        assert [d.day for d in opened.alert.days] == [day(60), day(61), day(62), day(63)]

    def test_a_daemon_that_slept_through_a_spike_still_tells_it(self) -> None:
        """None missed: the days that became final meanwhile are judged when it is back."""
        s = story([300.0, 300.0, *steady(4)])
        s.evaluate(at(day(59)))
        assert ("opened", "outside_band") in s.tell(at(day(65)))

    def test_nothing_is_opened_before_the_backfill_is_complete(self) -> None:
        """Half a history would call the old level new."""
        s = story([300.0])
        s.ready = False
        s.evaluate(at(day(59)))
        assert s.tell(at(day(60))) == []
        s.ready = True
        assert s.tell(at(day(60), 18)) == [("opened", "outside_band")]

    def test_a_change_below_the_minimum_wakes_nobody(self) -> None:
        """Unusual is not enough: it has to be large in currency as well."""
        s = story([300.0], min_change=500)
        s.evaluate(at(day(59)))
        assert s.tell(at(day(60))) == []

    def test_a_muted_day_is_found_and_not_told(self) -> None:
        """A mute hides nothing from those who look."""
        s = story([300.0])
        muted = {"where": {"cluster": "orders"}, "from": str(day(60)), "to": str(day(60)), "comment": "load test"}
        s.rules = rules(mutes=(muted,))
        s.evaluate(at(day(59)))
        decision = s.evaluate(at(day(60)))
        assert decision.transitions == ()
        assert [f.muted for f in decision.findings] == [True]


class TestLife:
    def test_it_escalates_when_its_impact_has_doubled_and_resolves_after_two_settled_normal_days(self) -> None:
        """One incident from its first hour to its end."""
        s = story([300.0, 310.0, *steady(6)])
        s.evaluate(at(day(59)))
        assert s.tell(at(day(60))) == [("opened", "outside_band")]
        assert s.tell(at(day(61))) == [("escalated", "impact_doubled")]
        assert s.tell(at(day(62))) == []
        assert s.tell(at(day(63))) == []
        assert s.tell(at(day(64))) == []
        assert s.tell(at(day(65))) == [("resolved", "back_to_normal")]
        assert s.alerts[0].state is AlertState.RESOLVED
        assert s.tell(at(day(65), 18)) == []

    def test_it_is_withdrawn_when_the_data_changes_and_the_day_is_normal_after_all(self) -> None:
        """A sent verdict is corrected because data changed."""
        s = story([300.0])
        s.evaluate(at(day(59)))
        s.evaluate(at(day(60)))
        s.history.spend(series("orders"), day(60), [101.0])
        assert s.tell(at(day(61))) == [("withdrawn", "data_changed")]

    def test_a_restatement_that_takes_much_of_the_impact_away_is_a_correction(self) -> None:
        """What was said too high is said again."""
        s = story([300.0, 300.0])
        s.evaluate(at(day(59)))
        s.evaluate(at(day(61)))
        s.history.spend(series("orders"), day(60), [200.0, 200.0])
        assert s.tell(at(day(61), 18)) == [("corrected", "data_changed")]

    def test_a_changed_rule_ends_an_alert_with_that_reason_and_is_no_withdrawal(self) -> None:
        """Rules do not rewrite what was true."""
        s = story([300.0])
        s.evaluate(at(day(59)))
        s.evaluate(at(day(60)))
        s.rules = rules(min_change=5000)
        assert s.tell(at(day(60), 18)) == [("expired", "rule_changed")]

    def test_a_mute_over_its_days_ends_an_alert_as_a_change_of_the_rules(self) -> None:
        """Even where the running day has grown meanwhile: it was no change of the data that took the finding away."""
        s = story([300.0])
        s.evaluate(at(day(59)))
        s.evaluate(at(day(60)))
        s.rules = rules(mutes=({"where": {"cluster": "orders"}, "from": str(day(60)), "to": str(day(60))},))
        s.history.spend(series("orders"), day(60), [320.0])
        assert s.tell(at(day(60), 18)) == [("expired", "rule_changed")]

    def test_a_mute_of_another_place_changes_nothing_of_an_alert(self) -> None:
        """It is judged anew, and stands; nobody is told twice."""
        s = story([300.0, 310.0])
        s.evaluate(at(day(59)))
        s.evaluate(at(day(60)))
        s.rules = rules(mutes=({"where": {"cluster": "other"}, "from": str(day(1)), "to": str(day(2))},))
        assert s.tell(at(day(60), 18)) == []
        assert s.tell(at(day(61))) == [("escalated", "impact_doubled")]

    def test_a_changed_setting_that_verdicts_rest_on_is_a_change_of_the_rule(self) -> None:
        """By another tier pattern the alert's product family is none: no change of the data."""
        s = Story(History(START), rules(per=["product_family"]))
        s.history.spend(series("orders", "Reads - Tier 1"), START, [*steady(60), 300.0])
        s.evaluate(at(day(59)))
        s.evaluate(at(day(60)))
        s.rules = rules(per=["product_family"], settings={"tier_pattern": " Level .*"})
        assert ("expired", "rule_changed") in s.tell(at(day(60), 18))
        assert [alert.scope.places[-1].id for alert in s.open] == ["Reads - Tier 1"]

    def test_an_alert_of_a_removed_rule_is_told_once_and_gone(self) -> None:
        """A renamed rule leaves no orphan behind."""
        s = story([300.0])
        s.evaluate(at(day(59)))
        s.evaluate(at(day(60)))
        s.rules = rules(name="other", min_change=5000)
        assert s.tell(at(day(60), 18)) == [("expired", "rule_removed")]
        assert s.tell(at(day(60), 19)) == []

    def test_it_is_reminded_every_third_day_while_it_lasts_unless_somebody_took_it(self) -> None:
        """Not forgotten, and not repeated to who already knows."""
        s = story([300.0] + [130.0] * 9, min_percent="10%")
        s.evaluate(at(day(59)))
        told = [s.tell(at(day(n))) for n in range(60, 64)]
        assert told == [[("opened", "outside_band")], [], [], [("reminded", "still_firing")]]
        s.mark(MarkKind.ACKNOWLEDGED, at(day(63), 13))
        assert s.tell(at(day(66), 13)) == []


class TestMarks:
    def test_an_expected_episode_is_closed_and_stays_closed_while_it_lasts(self) -> None:
        """A person explained it: the days that follow need no new explanation."""
        s = story([300.0, 300.0, 300.0, 300.0])
        s.evaluate(at(day(59)))
        s.evaluate(at(day(60)))
        s.mark(MarkKind.EXPECTED, at(day(60), 13))
        assert s.tell(at(day(60), 14)) == [("expired", "marked_expected")]
        assert [s.tell(at(day(n))) for n in (61, 62, 63)] == [[], [], []]

    def test_a_false_alarm_is_not_repeated_for_its_episode_but_the_next_one_is_told(self) -> None:
        """A person's word holds for what they saw."""
        s = story([300.0, *steady(5), 320.0])
        s.evaluate(at(day(59)))
        s.evaluate(at(day(60)))
        s.mark(MarkKind.FALSE_ALARM, at(day(60), 13))
        assert s.tell(at(day(60), 14)) == [("expired", "marked_false_alarm")]
        assert [s.tell(at(day(n))) for n in range(61, 66)] == [[], [], [], [], []]
        assert s.tell(at(day(66))) == [("opened", "outside_band")]

    def test_a_silence_that_ends_while_the_alert_still_fires_says_so_once(self) -> None:
        """What was kept quiet is said when the quiet ends."""
        s = story([300.0] + [130.0] * 4, min_percent="10%")
        s.silences = [Silence(1, (("cluster", "ord*"),), at(day(58)), at(day(61), 20), "ann", "migration")]
        s.evaluate(at(day(59)))
        s.evaluate(at(day(60)))
        assert s.tell(at(day(61))) == []
        assert s.tell(at(day(62))) == [("reminded", "silence_ended")]
        assert s.tell(at(day(62), 18)) == []


class TestFreshness:
    def test_pulls_that_fail_too_long_are_told_and_resolve_with_the_next_good_answer(self) -> None:
        """Silence of the data is no good news."""
        s = story(steady(10))
        s.rules = Rules.model_validate({"accounts": [{"name": "main", "api_key": "k"}]})
        s.evaluate(at(day(60)))
        since = at(day(61))
        s.state = AccountState("main", ready=True, first_pull=at(day(0)), failing_since=since, error="HTTP 503")
        assert s.tell(at(day(62))) == []
        assert s.tell(at(day(64))) == [("opened", "no_fresh_data")]
        assert "HTTP 503" in s.alerts[0].finding.note
        s.state = AccountState("main", ready=True, first_pull=at(day(0)))
        assert s.tell(at(day(65))) == [("resolved", "back_to_normal")]
