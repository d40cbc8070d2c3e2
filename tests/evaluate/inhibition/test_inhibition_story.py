"""A place and its parts that fire together, told as stories: which alert is sent, to whom, and what follows."""

from __future__ import annotations

from datetime import date, timedelta

from sentinel.domain.alerts import Alert, Mark, MarkKind, Silence, Teller
from sentinel.jobs.evaluate import who_is_told
from sentinel.rules.model import Rules
from tests.evaluate.history import History, Story, at, series

START = date(2026, 1, 5)
ORDERS, BILLING, SEARCH = series("orders"), series("billing"), series("search")
CLUSTER = {"name": "cluster", "per": ["cluster"], "min_change": 10, "notify": ["team"]}
WORKSPACE = {"name": "workspace", "per": ["workspace"], "min_change": 10, "min_percent": "5%", "notify": ["finops"]}
NEW = {"name": "new", "per": ["cluster"], "min_daily": 5, "notify": ["security"]}

Told = tuple[str, str, str, tuple[str, ...]]
"""Rule, transition, reason, channels."""


def rules(*spikes: dict[str, object], new_spend: tuple[dict[str, object], ...] = ()) -> Rules:
    """These rules, without freshness, and four channels."""
    return Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "k"}],
            "channels": {name: {"console": {}} for name in ("finops", "team", "security", "oncall")},
            "freshness": {"enabled": False},
            "spikes": spikes,
            "new_spend": new_spend,
        }
    )


def day(number: int) -> date:
    """The nth day of the history."""
    return START + timedelta(days=number)


def steady(days: int, amount: float = 100.0) -> list[float]:
    """A cost that moves by a percent or two."""
    return [amount * (1 + 0.01 * ((7 * n) % 5 - 2)) for n in range(days)]


class Heard:
    """A story of which each channel hears its part; every series is steady for sixty days before its own days."""

    def __init__(self, by: Rules, **costs: list[float]) -> None:
        history = History(START)
        for cluster, after in costs.items():
            quiet = [0.0] * 60 if after and cluster == "fresh" else steady(60)
            history.spend(series(cluster), START, quiet + after)
        self.story = Story(history, by)
        self.channels: dict[int, frozenset[str]] = {}
        self.story.evaluate(at(day(59)))

    def on(self, number: int, hour: int = 12) -> list[Told]:
        """Judge on the nth day: each transition with who is told, in the order in which they are recorded."""
        moment = at(day(number), hour)
        transitions = self.story.evaluate(moment).transitions
        told = who_is_told(transitions, self.story.rules, self.channels, tuple(self.story.silences), moment)
        for one in told:
            number = one.transition.alert.id or 0
            self.channels[number] = self.channels.get(number, frozenset()) | frozenset(one.channels)
        said = [(one.transition, one.channels) for one in told]
        return [(t.alert.rule, t.kind.value, t.reason.value, channels) for t, channels in said]

    def sent_on(self, number: int, hour: int = 12) -> list[Told]:
        """Judge on the nth day: the transitions that somebody is told of."""
        return [told for told in self.on(number, hour) if told[3]]

    def alert(self, rule: str, cluster: str = "") -> Alert:
        """The newest alert of a rule, about a cluster."""
        return next(a for a in reversed(self.story.alerts) if a.rule == rule and cluster in a.scope.key)

    def mark(self, alert: Alert, kind: MarkKind, on: int) -> None:
        """A person's word on an alert."""
        first, last = alert.days[0].day, alert.days[-1].day
        said = Mark(
            kind, alert.id or 0, alert.rule, alert.scope.key, alert.episode, first, last, "ann", at(day(on), 13)
        )
        self.story.marks.append(said)


class TestWhoTells:
    def test_a_part_with_most_of_the_excess_tells_it_to_the_channels_of_both_rules(self) -> None:
        """One incident, one alert, where it belongs."""
        heard = Heard(rules(CLUSTER, WORKSPACE), orders=[300.0], billing=steady(1), search=steady(1))
        assert heard.on(60) == [
            ("cluster", "opened", "outside_band", ("finops", "team")),
            ("workspace", "opened", "outside_band", ()),
        ]
        teller = heard.alert("workspace").inhibited_by
        assert teller is not None
        assert teller.alert_id == heard.alert("cluster").id
        assert heard.alert("cluster").tells_for == ("workspace",)
        assert heard.alert("cluster").inhibited_by is None

    def test_a_whole_whose_parts_share_the_excess_tells_it(self) -> None:
        """Three clusters that grow alike are one message about their workspace."""
        heard = Heard(rules(CLUSTER, WORKSPACE), orders=[200.0], billing=[200.0], search=[200.0])
        assert heard.on(60) == [
            *[("cluster", "opened", "outside_band", ())] * 3,
            ("workspace", "opened", "outside_band", ("finops", "team")),
        ]
        assert {a.inhibited_by and a.inhibited_by.alert_id for a in heard.story.alerts if a.rule == "cluster"} == {4}

    def test_of_many_layers_the_innermost_that_explains_it_tells(self) -> None:
        """Account, workspace, cluster and product of one cause are one alert about the product."""
        account = {**WORKSPACE, "name": "account", "per": ["account"], "notify": ["oncall"]}
        product = {**CLUSTER, "name": "product", "per": ["cluster", "product_family"], "notify": ["security"]}
        heard = Heard(rules(account, WORKSPACE, CLUSTER, product), orders=[300.0], billing=steady(1))
        more = series("orders", "Cluster minutes")
        heard.story.history.spend(more, START, steady(61, 50.0))
        assert heard.sent_on(60) == [("product", "opened", "outside_band", ("finops", "team", "security", "oncall"))]
        assert heard.alert("product").tells_for == ("account", "cluster", "workspace")

    def test_first_charges_and_the_rise_around_them_are_one_alert(self) -> None:
        """A new cluster makes its workspace rise: the cluster tells it."""
        heard = Heard(rules(WORKSPACE, new_spend=(NEW,)), orders=steady(1), fresh=[90.0])
        assert heard.on(60) == [
            ("workspace", "opened", "outside_band", ()),
            ("new", "opened", "first_charge", ("finops", "security")),
        ]

    def test_two_rules_about_the_same_scope_tell_once(self) -> None:
        """The rule that stands first tells."""
        strict = {**CLUSTER, "name": "strict", "z": 5, "notify": ["oncall"]}
        heard = Heard(rules(CLUSTER, strict), orders=[300.0])
        assert heard.sent_on(60) == [("cluster", "opened", "outside_band", ("team", "oncall"))]

    def test_opposite_moves_under_one_whole_are_both_told(self) -> None:
        """What rises does not hide what falls, and what is left of both is no third alert."""
        both = {**CLUSTER, "direction": "both"}
        heard = Heard(rules(both, WORKSPACE), orders=[500.0] * 3, billing=[20.0] * 3)
        assert heard.sent_on(60) == [("cluster", "opened", "outside_band", ("finops", "team"))]
        assert [told for number in (61, 62) for told in heard.sent_on(number) if told[1] == "opened"] == [
            ("cluster", "opened", "outside_band", ("team",))
        ]

    def test_neighbours_are_told_each_for_itself(self) -> None:
        """Two clusters contain one another nowhere."""
        heard = Heard(rules(CLUSTER), orders=[300.0], billing=[300.0])
        assert heard.sent_on(60) == [("cluster", "opened", "outside_band", ("team",))] * 2

    def test_a_budget_is_told_whatever_else_is(self) -> None:
        """A budget is a promise of its own."""
        by = rules(CLUSTER, WORKSPACE)
        budget = {"name": "daily", "amount": 350, "period": "day", "notify": ["oncall"]}
        by = Rules.model_validate({**by.model_dump(mode="json", exclude_unset=True), "budgets": [budget]})
        heard = Heard(by, orders=[300.0], billing=steady(1))
        assert {told[0] for told in heard.sent_on(60)} == {"daily", "cluster"}


class TestWhoJoinsLater:
    def test_a_part_that_fires_after_its_whole_was_told_is_no_second_message(self) -> None:
        """The whole named it already."""
        late = {**CLUSTER, "min_change": 150, "notify": ["finops"]}
        heard = Heard(rules(late, WORKSPACE), orders=[160.0, 300.0], billing=[160.0, 160.0])
        assert heard.sent_on(60) == [("workspace", "opened", "outside_band", ("finops",))]
        assert heard.on(61)[0] == ("cluster", "opened", "outside_band", ())
        assert heard.alert("cluster").inhibited_by == Teller(heard.alert("workspace").key, heard.alert("workspace").id)
        assert heard.alert("workspace").tells_for == ("cluster",)

    def test_channels_that_join_are_told_by_the_alert_that_was_sent(self) -> None:
        """Who did not hear of it does now, and nobody hears it twice."""
        late = {**CLUSTER, "min_change": 150}
        heard = Heard(rules(late, WORKSPACE), orders=[160.0, 180.0, 300.0], billing=[160.0, 160.0, 160.0])
        assert heard.sent_on(60) == [("workspace", "opened", "outside_band", ("finops",))]
        heard.sent_on(61)
        assert heard.sent_on(62) == [("workspace", "reminded", "seen_by_another_rule", ("team",))]
        assert heard.sent_on(62, 18) == []

    def test_a_more_severe_part_makes_the_alert_that_was_sent_escalate(self) -> None:
        """What is critical to one rule is told as critical, to the critical channels of both."""
        severe = {**CLUSTER, "min_change": 150, "severity": "critical", "notify": {"critical": ["oncall"]}}
        heard = Heard(rules(severe, WORKSPACE), orders=[160.0, 180.0, 300.0], billing=[160.0, 160.0, 160.0])
        heard.sent_on(60)
        heard.sent_on(61)
        assert heard.sent_on(62) == [("workspace", "escalated", "higher_severity", ("finops", "oncall"))]
        assert heard.alert("workspace").severity.value == "critical"
        assert heard.sent_on(62, 18) == []

    def test_severity_and_channels_are_those_of_both_from_the_first(self) -> None:
        """A warning about a workspace that is critical to a cluster's rule is critical."""
        severe = {**CLUSTER, "severity": "critical", "notify": {"critical": ["oncall"], "warning": ["team"]}}
        lenient = {**WORKSPACE, "notify": {"critical": ["security"], "warning": ["finops"]}}
        heard = Heard(rules(severe, lenient), orders=[200.0], billing=[200.0], search=[200.0])
        assert heard.sent_on(60) == [("workspace", "opened", "outside_band", ("security", "oncall"))]

    def test_a_part_with_a_cause_of_its_own_is_told_though_its_whole_still_fires(self) -> None:
        """Nobody is told of what came later by what was told before it."""
        heard = Heard(rules(CLUSTER, WORKSPACE), orders=[200.0] * 4, billing=[200.0] * 4, search=[*steady(3), 300.0])
        assert heard.sent_on(60) == [("workspace", "opened", "outside_band", ("finops", "team"))]
        for number in (61, 62):
            heard.sent_on(number)
        assert ("cluster", "opened", "outside_band", ("team",)) in heard.sent_on(63)
        assert heard.alert("cluster", "search").inhibited_by is None

    def test_a_whole_that_its_told_part_does_not_explain_takes_over(self) -> None:
        """First one cluster, then all of them: the workspace tells it from then on."""
        heard = Heard(
            rules(CLUSTER, WORKSPACE),
            orders=[300.0, 300.0, 300.0],
            billing=[100.0, 300.0, 300.0],
            search=[100.0, 300.0, 300.0],
        )
        assert heard.sent_on(60) == [("cluster", "opened", "outside_band", ("finops", "team"))]
        assert heard.sent_on(61) == [("workspace", "escalated", "beyond_teller", ("finops", "team"))]
        inhibited = [alert for alert in heard.story.alerts if alert.rule == "cluster"]
        assert {alert.inhibited_by and alert.inhibited_by.alert_id for alert in inhibited} == {
            heard.alert("workspace").id
        }
        assert heard.sent_on(61, 18) == []


class TestWhatFollows:
    def test_it_ends_for_all_with_one_message(self) -> None:
        """What was not told does not end aloud."""
        heard = Heard(rules(CLUSTER, WORKSPACE), orders=[300.0, *steady(5)], billing=steady(6))
        heard.sent_on(60)
        assert [told for number in range(61, 65) for told in heard.sent_on(number)] == [
            ("cluster", "resolved", "back_to_normal", ("finops", "team"))
        ]
        assert heard.story.open == []

    def test_when_the_part_ends_and_the_whole_still_fires_the_whole_is_told(self) -> None:
        """An end is no good news while the rest goes on."""
        others = {f"other-{n}": [*steady(1), *steady(6, 180.0)] for n in range(5)}
        heard = Heard(rules({**CLUSTER, "min_change": 95}, WORKSPACE), orders=[700.0, *steady(6)], **others)
        assert heard.sent_on(60) == [("cluster", "opened", "outside_band", ("finops", "team"))]
        assert heard.sent_on(66) == [
            ("cluster", "resolved", "back_to_normal", ("finops", "team")),
            ("workspace", "reminded", "teller_ended", ("finops",)),
        ]

    def test_a_whole_that_grows_beyond_its_told_part_is_told(self) -> None:
        """The message about one cluster does not tell of all the others."""
        others = {f"other-{n}": [*steady(1), *steady(6, 180.0)] for n in range(5)}
        heard = Heard(rules({**CLUSTER, "min_change": 95}, WORKSPACE), orders=[700.0, 120.0, *steady(5)], **others)
        heard.sent_on(60)
        assert [told for number in (61, 62, 63) for told in heard.sent_on(number)] == [
            ("workspace", "escalated", "beyond_teller", ("finops", "team"))
        ]

    def test_when_the_alert_that_told_is_withdrawn_the_other_is_told(self) -> None:
        """A correction of one is no correction of the other."""
        heard = Heard(rules(CLUSTER, WORKSPACE), orders=[300.0, 300.0], billing=steady(2))
        heard.sent_on(60)
        heard.story.history.spend(ORDERS, day(60), [100.0]).spend(BILLING, day(60), [300.0])
        assert heard.sent_on(60, 18) == [
            ("cluster", "withdrawn", "data_changed", ("finops", "team")),
            ("cluster", "opened", "outside_band", ("finops", "team")),
        ]

    def test_when_the_rule_that_told_is_removed_the_other_is_told(self) -> None:
        """Whoever rewrites the rules loses no alert."""
        heard = Heard(rules(CLUSTER, WORKSPACE), orders=[300.0, 300.0], billing=steady(2))
        heard.sent_on(60)
        heard.story.rules = rules(WORKSPACE)
        assert heard.sent_on(60, 18) == [
            ("workspace", "reminded", "teller_ended", ("finops",)),
            ("cluster", "expired", "rule_removed", ("finops", "team")),
        ]
        assert heard.alert("workspace").inhibited_by is None

    def test_a_persons_word_on_the_alert_that_told_holds_for_the_other(self) -> None:
        """Who explained the cluster is not asked about its workspace."""
        heard = Heard(rules(CLUSTER, WORKSPACE), orders=[300.0] * 4, billing=steady(4))
        heard.sent_on(60)
        heard.mark(heard.alert("cluster"), MarkKind.EXPECTED, 60)
        assert heard.sent_on(60, 18) == [("cluster", "expired", "marked_expected", ("finops", "team"))]
        assert [told for number in (61, 62, 63) for told in heard.sent_on(number)] == []

    def test_a_part_that_fires_after_a_person_explained_the_whole_stays_quiet(self) -> None:
        """The word on the workspace holds for the clusters that make it up."""
        late = {**CLUSTER, "min_change": 150}
        heard = Heard(rules(late, WORKSPACE), orders=[200.0, 220.0, 300.0], billing=[200.0, 200.0, 200.0])
        heard.sent_on(60)
        heard.mark(heard.alert("workspace"), MarkKind.FALSE_ALARM, 60)
        heard.sent_on(61)
        heard.on(62)
        assert heard.alert("cluster").inhibited_by is not None
        assert heard.sent_on(62, 18) == []

    def test_new_spend_that_is_no_longer_new_leaves_its_workspace_quiet(self) -> None:
        """Everybody knows by then that there is a new cluster."""
        heard = Heard(rules(WORKSPACE, new_spend=(NEW,)), orders=steady(12), fresh=[90.0] * 12)
        heard.sent_on(60)
        assert [told for number in range(61, 69) for told in heard.sent_on(number)] == []
        assert heard.alert("new").state.value == "expired"

    def test_a_rule_that_is_silenced_does_not_take_others_with_it(self) -> None:
        """An alert that speaks to nobody cannot tell another one."""
        heard = Heard(rules(CLUSTER, WORKSPACE), orders=[200.0], billing=[200.0])
        heard.story.silences.append(Silence(1, (("rule", "workspace"),), at(day(59)), at(day(80)), "ann", ""))
        told = heard.on(60)
        assert told.count(("cluster", "opened", "outside_band", ("team",))) == 2
        assert heard.alert("workspace").inhibited_by is None

    def test_a_place_that_is_silenced_explains_its_whole(self) -> None:
        """Who silenced the cluster knows where the excess of its workspace comes from."""
        heard = Heard(rules(CLUSTER, WORKSPACE), orders=[300.0], billing=steady(1))
        heard.story.silences.append(Silence(1, (("cluster", "orders"),), at(day(59)), at(day(80)), "ann", ""))
        heard.on(60)
        assert heard.alert("workspace").inhibited_by is not None
