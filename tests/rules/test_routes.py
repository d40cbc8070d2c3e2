"""Who is told: a rule's own channels, then the routes, then the defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.alerts import Alert
from sentinel.domain.findings import Severity
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.rules.model import Rules
from tests.notify.stories import EVERYTHING, ORDERS_CLUSTER, alert_of, monthly, spike

CHANNELS = ("finops", "payments", "oncall", "owners")
ALERT = alert_of(spike())
WHOLE = alert_of(monthly())


def told(routes: Sequence[Mapping[str, Any]], alert: Alert = ALERT, **rule: Any) -> tuple[str, ...]:
    """The channels of an alert of the rule `cluster-product` or, for a budget, `whole-account`."""
    rules = Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "made-up"}],
            "channels": {name: {"console": {}} for name in CHANNELS},
            "defaults": {"notify": ["finops"]},
            "routes": routes,
            "spikes": [{"name": "cluster-product", "per": ["cluster"], **rule}] if alert is not WHOLE else [],
            "budgets": [{"name": "whole-account", "amount": 9, "period": "month", **rule}] if alert is WHOLE else [],
        }
    )
    return rules.channels_for(rules.all[0], alert)


def test_the_first_route_that_matches_decides() -> None:
    """Later ones are not looked at, and without a match the defaults hold."""
    first = {"where": {"workspace": "production"}, "notify": ["payments"]}
    second = {"notify": ["owners"]}
    assert told([first, second]) == ("payments",)
    assert told([{**first, "where": {"workspace": "staging"}}, second]) == ("owners",)
    assert told([{**first, "where": {"workspace": "staging"}}]) == ("finops",)


def test_after_a_route_with_continue_the_next_ones_are_looked_at_too() -> None:
    """All the channels found are told, each once, and the defaults are not added."""
    routes = [
        {"severity": "critical", "notify": ["oncall"], "continue": True},
        {"where": {"workspace": "prod*"}, "notify": ["payments", "oncall"]},
        {"notify": ["owners"]},
    ]
    assert told(routes) == ("oncall", "payments")
    assert told(routes, replace(ALERT, severity=Severity.WARNING)) == ("payments", "oncall")
    assert told(routes[:1]) == ("oncall",)


def test_a_rules_own_notify_stands_over_every_route() -> None:
    """Who names channels in a rule means these; an empty list tells nobody."""
    everything = [{"notify": ["payments"]}]
    assert told(everything, notify=["owners"]) == ("owners",)
    assert told(everything, notify=[]) == ()
    assert told([{"notify": []}]) == ()


@pytest.mark.parametrize(
    ("route", "taken"),
    [
        ({"where": {"cluster": "vci_1"}}, True),
        ({"where": {"cluster": "orders-*"}}, True),
        ({"where": {"cluster": ["x", "orders-prod"], "workspace": "production"}}, True),
        ({"where": {"cluster": "orders-prod", "workspace": "staging"}}, False),
        ({"where": {"region": "us-east-1"}}, True),
        ({"where": {"region": "eu-*"}}, False),
        ({"where": {"product_family": "Uncompressed*"}}, True),
        ({"where": {"product": "Uncompressed*"}}, False),
        ({"where": {"workspace": "production"}, "except": {"cluster": "orders-*"}}, False),
        ({"where": {"workspace": "production"}, "except": {"cluster": "load-*"}}, True),
        ({"rule": "cluster-*"}, True),
        ({"rule": ["cluster-product", "other-*"]}, True),
        ({"rule": "other-*"}, False),
        ({"kind": ["spike", "budget"]}, True),
        ({"kind": ["new_spend"]}, False),
        ({"severity": "critical"}, True),
        ({"severity": "warning"}, False),
        ({}, True),
    ],
)
def test_a_route_takes_what_matches_all_it_names(route: dict[str, Any], taken: bool) -> None:
    """Ids, names, globs and lists, as in a rule."""
    assert (told([{**route, "notify": ["payments"]}]) == ("payments",)) is taken


def test_a_product_is_matched_by_its_family_too() -> None:
    """The tier of a product does not lead past a route."""
    tier = Place(Dimension.PRODUCT, "Reads - Tier 2", "Reads - Tier 2")
    alert = alert_of(spike(scope=Scope((*ORDERS_CLUSTER.places, tier))))
    assert told([{"where": {"product_family": "Reads"}, "notify": ["payments"]}], alert) == ("payments",)


def test_an_alert_over_many_workspaces_belongs_to_one_only_where_its_rule_does() -> None:
    """A budget of the workspace payments goes to its team, one of the whole account, or of two teams, does not."""
    routes = [{"where": {"workspace": "pay*"}, "notify": ["payments"]}]
    assert WHOLE.scope == EVERYTHING
    assert told(routes, WHOLE) == ("finops",)
    assert told(routes, WHOLE, where={"workspace": "payments"}) == ("payments",)
    assert told(routes, WHOLE, where={"workspace": ["payments", "search"]}) == ("finops",)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"notify": st.lists(st.sampled_from(CHANNELS), max_size=2)},
            optional={
                "severity": st.sampled_from(["warning", "critical"]),
                "rule": st.sampled_from(["cluster-*", "whole-*"]),
                "continue": st.booleans(),
            },
        ),
        max_size=5,
    )
)
def test_routes_below_the_deciding_one_change_nothing(routes: list[dict[str, Any]]) -> None:
    """Whatever stands above: a route for everything ends the search."""
    closed = [*routes, {"notify": ["owners"]}]
    assert told(closed) == told([*closed, {"notify": ["oncall"]}, {"rule": "cluster-*", "notify": []}])
