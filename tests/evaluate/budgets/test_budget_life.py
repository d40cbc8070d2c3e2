"""The life of a budget alert as stories: each with every notification that is sent, word for word."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sentinel.domain.alerts import MarkKind
from tests.evaluate.budgets.stories import rules_of, story, told, told_by_day
from tests.evaluate.history import Story, at, series

DAY = timedelta(days=1)
MARCH = date(2026, 3, 1)
JANUARY = date(2026, 1, 1)


def march(number: int) -> date:
    """The nth day from 1 March on."""
    return MARCH + (number - 1) * DAY


def restate(story: Story, first: date, amounts: list[float]) -> None:
    """The billing data of these days is another one from now on."""
    story.history.spend(series("orders"), first, amounts)


class TestThresholds:
    def test_crossed_one_by_one(self) -> None:
        """Each threshold is told when it is reached, the last as critical; the period's end is only recorded."""
        s = story([100.0] * 31, MARCH)
        told(s, march(1))
        assert told_by_day(s, march(2), march(45)) == {
            "03-05": ["WARNING  Budget 50% crossed: whole / Spent $500 of $1,000 (50%) in March, 26 days left"],
            "03-08": [
                "WARNING  Budget 80% crossed, escalated: whole / Spent $800 of $1,000 (80%) in March, 23 days left"
            ],
            "03-10": [
                "CRITICAL  Budget 100% crossed, escalated: whole / Spent $1,000 of $1,000 (100%) in March, 21 days left"
            ],
            "04-08": ["EXPIRED  Budget 100% crossed: whole / March is over and its days are final"],
        }

    def test_two_crossed_at_once_are_one_message_that_names_both(self) -> None:
        """Only the highest is told; the other stands below it."""
        s = story([100.0, 850.0, *[0.0] * 29], MARCH)
        told(s, march(1))
        assert told_by_day(s, march(2), march(31)) == {
            "03-02": [
                "WARNING  Budget 80% crossed: whole / Spent $950 of $1,000 (95%) in March, 29 days left",
            ]
        }
        s = story([100.0, 850.0], MARCH)
        told(s, march(1))
        assert told(s, march(2), lines=True)[2] == "50% is crossed as well"

    def test_one_passed_over_by_an_escalation_is_named(self) -> None:
        """From 50% at once to 100%: the message says what lay between, and what was told before."""
        s = story([510.0, 600.0], MARCH)
        told(s, march(1))
        assert told(s, march(2), lines=True) == [
            "CRITICAL  Budget 100% crossed, escalated: whole",
            "Spent $1,110 of $1,000 (111%) in March, 29 days left",
            "A higher threshold is crossed, 80% is crossed as well; 50% was first told on Sun 1 Mar",
        ]

    def test_restated_below_all_is_withdrawn_and_crossing_again_is_sent(self) -> None:
        """What was told and is no longer true is taken back, and told anew when it is true."""
        s = story([100.0] * 20, MARCH)
        told(s, march(4))
        assert told(s, march(5)) == [
            "WARNING  Budget 50% crossed: whole / Spent $500 of $1,000 (50%) in March, 26 days left"
        ]
        restate(s, march(1), [10.0])
        assert told(s, march(5), 18) == [
            (
                "WITHDRAWN  Budget 50% crossed: whole / "
                "The billing data was changed later: the spend is below the threshold again, $410"
            )
        ]
        assert told(s, march(6)) == [
            "WARNING  Budget 50% crossed: whole / Spent $510 of $1,000 (51%) in March, 25 days left"
        ]

    def test_restated_to_a_lower_threshold_is_corrected_and_crossing_the_higher_again_is_sent(self) -> None:
        """The correction says how it stands now; the next crossing is an escalation again."""
        s = story([100.0] * 20, MARCH)
        told(s, march(4))
        told(s, march(8))
        restate(s, march(1), [10.0])
        assert told(s, march(8), 18, lines=True)[:3] == [
            "WARNING  Budget 50% crossed, corrected: whole",
            "Spent $710 of $1,000 (71%) in March, 23 days left",
            "Told before: Spent $800 of $1,000 (80%) in March, 23 days left",
        ]
        assert told(s, march(9)) == [
            "WARNING  Budget 80% crossed, escalated: whole / Spent $810 of $1,000 (81%) in March, 22 days left"
        ]

    def test_a_settled_day_restated_after_the_period_crosses_while_it_can_still_change(self) -> None:
        """The period is judged until it is final: seven days after its end."""
        s = story([*[30.0] * 30, 60.0, *[0.0] * 20], MARCH)
        told_by_day(s, march(1), march(35))
        restate(s, march(20), [100.0])
        assert told(s, march(37)) == [
            "CRITICAL  Budget 100% crossed, escalated: whole / Spent $1,030 of $1,000 (103%) in March, now over"
        ]
        assert told(s, march(39)) == ["EXPIRED  Budget 100% crossed: whole / March is over and its days are final"]
        restate(s, march(21), [500.0])
        assert told(s, march(40)) == []

    def test_a_new_period_begins_anew(self) -> None:
        """April's alert is another one, and March's does not hold it back."""
        s = story([30.0] * 80, MARCH)
        told(s, march(1))
        assert list(told_by_day(s, march(2), date(2026, 5, 8))) == [
            "03-17",
            "03-27",
            "04-08",
            "04-17",
            "04-27",
            "05-08",
        ]
        assert [alert.episode for alert in s.alerts] == ["2026-03-01", "2026-04-01"]

    def test_unknown_days_are_said(self) -> None:
        """Missing is never taken for zero: at least this much."""
        s = story([100.0] * 20, MARCH)
        s.history.missing = {march(2), march(3)}
        told(s, march(1))
        assert told(s, march(7)) == [
            (
                "WARNING  Budget 50% crossed: whole / "
                "Spent $500 of $1,000 (50%) in March, 24 days left; at least, 2 days unknown"
            )
        ]

    def test_a_percent_and_an_amount_are_told_in_their_order(self) -> None:
        """80% of 1,000 lies below 900, whatever the file says first."""
        s = story([100.0] * 20, MARCH, thresholds=["80%", {"amount": 900}, "120%"])
        told(s, march(1))
        assert [day[0].split(" / ")[0] for day in told_by_day(s, march(2), march(13)).values()] == [
            "WARNING  Budget 80% crossed: whole",
            "WARNING  Budget $900 crossed, escalated: whole",
            "CRITICAL  Budget 120% crossed, escalated: whole",
        ]


class TestChangedRules:
    def test_a_lower_amount_is_judged_anew_and_says_why(self) -> None:
        """More of a smaller amount is spent: the same dollars cross a higher threshold."""
        s = story([100.0] * 31, MARCH)
        told_by_day(s, march(1), march(9))
        s.rules = rules_of(amount=800)
        assert told(s, march(9), 18, lines=True)[:3] == [
            "CRITICAL  Budget 100% crossed, escalated: whole",
            "Spent $900 of $800 (112%) in March, 22 days left",
            "The rules file was changed; this is how rule whole judges now",
        ]

    def test_the_same_level_under_another_name_is_no_escalation_downwards(self) -> None:
        """100% of 1,000 is 50% of 2,000: told as a correction, though no dollar moved."""
        s = story([100.0] * 31, MARCH)
        told_by_day(s, march(1), march(10))
        s.rules = rules_of(amount=1900)
        assert told(s, march(10), 18) == [
            "WARNING  Budget 50% crossed, corrected: whole / Spent $1,000 of $1,900 (53%) in March, 21 days left"
        ]

    def test_an_amount_that_nothing_crosses_ends_the_alert(self) -> None:
        """It is not withdrawn, for the data was right."""
        s = story([100.0] * 31, MARCH)
        told_by_day(s, march(1), march(9))
        s.rules = rules_of(amount=3000)
        assert told(s, march(9), 18) == [
            "EXPIRED  Budget 80% crossed: whole / The rules file was changed, and rule whole does not see it any more"
        ]

    def test_a_plan_that_is_lengthened_tells_nothing(self) -> None:
        """The amount of the running month stays."""
        s = story([100.0] * 31, MARCH, amount=None, plan={"2026-03": 1000})
        told_by_day(s, march(1), march(9))
        s.rules = rules_of(amount=None, plan={"2026-03": 1000, "2026-04": 1500})
        assert told(s, march(9), 18) == []
        assert list(told_by_day(s, march(10), march(12))) == ["03-10"]

    def test_a_plan_that_is_changed_mid_way_is_judged_anew(self) -> None:
        """Half of 1,000 is more than half of 600."""
        s = story([100.0] * 31, MARCH, amount=None, plan={"2026-03": 1000})
        told_by_day(s, march(1), march(6))
        s.rules = rules_of(amount=None, plan={"2026-03": 600})
        assert told(s, march(6), 18) == [
            "CRITICAL  Budget 100% crossed, escalated: whole / Spent $600 of $600 (100%) in March, 25 days left"
        ]

    def test_a_plan_without_the_running_month_judges_nothing_and_warns(self) -> None:
        """The alert ends by the change, and every evaluation says that there is no amount."""
        s = story([100.0] * 31, MARCH)
        told_by_day(s, march(1), march(9))
        s.rules = rules_of(amount=None, plan={"2026-04": 1500})
        ended = s.evaluate(at(march(9), 18))
        assert [(t.kind.value, t.reason.value) for t in ended.transitions] == [("expired", "rule_changed")]
        assert ended.warnings == ("rule whole: no verdict on 2026-03-01 to 2026-03-31: the plan has no amount for it",)


class TestOverrides:
    def test_a_named_value_has_an_amount_of_its_own(self) -> None:
        """One cluster may spend 400, every other 5,000."""
        s = story(
            [100.0] * 31, MARCH, per=["cluster"], amount=5000, overrides=[{"where": {"cluster": "ord*"}, "amount": 400}]
        )
        s.history.spend(series("search"), MARCH, [100.0] * 31)
        told(s, march(1))
        assert told_by_day(s, march(2), march(31)) == {
            "03-02": ["WARNING  Budget 50% crossed: orders / Spent $200 of $400 (50%) in March, 29 days left"],
            "03-04": [
                "CRITICAL  Budget 100% crossed, escalated: orders / Spent $400 of $400 (100%) in March, 27 days left"
            ],
            "03-25": ["WARNING  Budget 50% crossed: search / Spent $2,500 of $5,000 (50%) in March, 6 days left"],
        }

    def test_the_first_that_matches_holds(self) -> None:
        """A glob below a name does not take the name's value."""
        overrides = [{"where": {"cluster": "orders"}, "amount": 400}, {"where": {"cluster": "*"}, "amount": 200}]
        s = story([100.0] * 31, MARCH, per=["cluster"], amount=5000, overrides=overrides, thresholds=["100%"])
        s.history.spend(series("search"), MARCH, [100.0] * 31)
        told(s, march(1))
        assert list(told_by_day(s, march(2), march(31))) == ["03-02", "03-04"]

    def test_an_override_can_be_a_plan_or_what_was_spent_before(self) -> None:
        """Each in its own scope."""
        overrides = [
            {"where": {"cluster": "orders"}, "plan": {"2026-03": 400}},
            {"where": {"cluster": "search"}, "amount": "last_period"},
        ]
        s = story([10.0] * 90, JANUARY, per=["cluster"], amount=5000, overrides=overrides, thresholds=["50%"])
        s.history.spend(series("search"), JANUARY, [4.0] * 90)
        told_by_day(s, march(1), march(3))
        assert told_by_day(s, march(4), march(24)) == {
            "03-14": ["WARNING  Budget 50% crossed: search / Spent $56 of $112 (50%) in March, 17 days left"],
            "03-20": ["WARNING  Budget 50% crossed: orders / Spent $200 of $400 (50%) in March, 11 days left"],
        }

    def test_what_it_names_in_vain_is_a_warning_with_the_nearest_spelling(self) -> None:
        """A slip in a name is no silent override."""
        overrides = [{"where": {"cluster": "ordres"}, "amount": 4}, {"where": {"cluster": "search"}, "amount": 4}]
        s = story([1.0] * 31, MARCH, where={"workspace": "production"}, per=["cluster"], overrides=overrides)
        s.history.spend(series("search", workspace="wi_2", workspace_name="staging"), MARCH, [1.0] * 31)
        assert s.evaluate(at(march(3))).warnings == (
            "rule whole: overrides[0]: nothing in the history bears the cluster ordres; did you mean orders?",
            "rule whole: overrides[1]: cluster search is no part of what the rule looks at",
        )

    def test_an_override_added_mid_way_moves_its_scope_alone(self) -> None:
        """The other clusters' alerts stay as they are."""
        s = story([100.0] * 31, MARCH, per=["cluster"])
        s.history.spend(series("search"), MARCH, [100.0] * 31)
        told_by_day(s, march(1), march(6))
        override = {"where": {"cluster": "orders"}, "amount": 600}
        s.rules = rules_of(per=["cluster"], overrides=[override])
        assert told(s, march(6), 18) == [
            "CRITICAL  Budget 100% crossed, escalated: orders / Spent $600 of $600 (100%) in March, 25 days left"
        ]


@pytest.mark.parametrize(
    ("period", "first", "crossed"),
    [
        ("week", date(2026, 3, 2), ["2026-03-02", "2026-03-09", "2026-03-16"]),
        ({"week_from": "sunday"}, date(2026, 3, 1), ["2026-03-01", "2026-03-08", "2026-03-15"]),
        ("month", date(2026, 1, 1), ["2026-01-01", "2026-02-01", "2026-03-01"]),
        ({"month_from": 31}, date(2026, 1, 31), ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ({"month_from": 15}, date(2027, 12, 15), ["2027-12-15", "2028-01-15", "2028-02-15", "2028-03-15"]),
        ("quarter", date(2027, 10, 1), ["2027-10-01", "2028-01-01", "2028-04-01"]),
        ({"quarter_from": "february"}, date(2027, 11, 1), ["2027-11-01", "2028-02-01"]),
        ("year", date(2027, 1, 1), ["2027-01-01", "2028-01-01"]),
        ({"year_from": "april"}, date(2027, 4, 1), ["2027-04-01", "2028-04-01"]),
    ],
)
def test_each_period_has_an_alert_of_its_own(period: object, first: date, crossed: list[str]) -> None:
    """A dollar a day crosses two dollars on the second day of every period, across short months and leap days."""
    last = date.fromisoformat(crossed[-1])
    s = story([1.0] * ((last - first).days + 3), first, amount=2, period=period, thresholds=["100%"])
    opened = {}
    for n in range((last - first).days + 3):
        for transition in s.evaluate(at(first + n * DAY)).transitions:
            if transition.kind.value == "opened":
                opened[transition.alert.episode] = first + n * DAY
    assert opened == {episode: date.fromisoformat(episode) + DAY for episode in crossed}


def test_a_term_is_judged_on_its_days_alone() -> None:
    """Before it nothing is told, after it its alert expires and no other opens."""
    s = story([100.0] * 60, MARCH, period={"from": "2026-03-10", "to": "2026-03-20"}, thresholds=["100%"])
    assert told_by_day(s, march(1), march(50)) == {
        "03-19": [
            (
                "CRITICAL  Budget 100% crossed: whole / "
                "Spent $1,000 of $1,000 (100%) from Tue 10 Mar to Fri 20 Mar, 1 day left"
            )
        ],
        "03-28": ["EXPIRED  Budget 100% crossed: whole / Tue 10 Mar to Fri 20 Mar is over and its days are final"],
    }


def test_an_expected_alert_stays_quiet_for_its_period() -> None:
    """Whoever said so spoke of this month, not of the next."""
    s = story([100.0] * 62, MARCH)
    told_by_day(s, march(1), march(5))
    s.mark(MarkKind.EXPECTED, at(march(5), 13))
    assert told(s, march(5), 14) == ["EXPIRED  Budget 50% crossed: whole / Somebody marked it as expected"]
    assert list(told_by_day(s, march(6), march(37))) == ["04-05"]
