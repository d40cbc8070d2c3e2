from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.alerts import Reason, TransitionKind
from sentinel.domain.findings import Finding, Severity
from sentinel.domain.messages import Fact, Tone
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.notify import compose
from tests.notify.stories import (
    ACCOUNT,
    NOVEMBER,
    ORDERS,
    PRODUCTION,
    TENANT,
    alert_of,
    changed,
    daily,
    drop,
    monthly,
    new_spend,
    opened,
    spike,
    stale,
    transitions,
)

FINDINGS = st.sampled_from([spike(), drop(), monthly(), daily(), new_spend(), stale()])
NAMES = st.text(max_size=60)


def test_a_spike_is_told_in_the_order_in_which_people_ask() -> None:
    """What, how much, since when, why, where, what one can do."""
    message = compose(opened(alert_of(spike(), earlier=(595.0,))))
    assert message.tone is Tone.CRITICAL
    assert message.headline == "CRITICAL  Spend spike: orders-prod, Uncompressed GiB written"
    assert message.lines == (
        "Expected $210 (180 to 245) on Tue 3 Mar, saw $640: +$430 (+205%), second day, $815 so far",
        "Volume +204%, price unchanged. 91% of the excess of workspace production",
    )
    assert message.facts == (
        Fact("workspace", "production"),
        Fact("region", "us-east-1"),
        Fact("rule", "cluster-product"),
        Fact("z", "7.9"),
        Fact("id", "1042"),
    )
    assert message.actions == (
        "sentinel alerts show 1042",
        "sentinel alerts ack 1042",
        "sentinel alerts expected 1042",
        "sentinel alerts false-alarm 1042",
    )
    assert message.alert_ids == (1042,)


def test_a_budget_tells_what_is_spent_and_what_is_not_known() -> None:
    """Days without data make the sum a lower bound, and a threshold crossed below the highest is named."""
    message = compose(opened(alert_of(monthly()), NOVEMBER))
    assert message.headline == "WARNING  Budget 80% crossed: whole-account"
    assert message.lines == (
        "Spent $9,812 of $12,000 (82%) in November, 8 days left; at least, 2 days unknown",
        "50% is crossed as well",
    )


def test_what_is_withdrawn_is_repeated() -> None:
    """Who read the first message recognises what is taken back, and learns why."""
    message = compose(transitions()["spike-withdrawn"])
    assert message.tone is Tone.GOOD
    assert message.headline == "WITHDRAWN  Spend spike: orders-prod, Uncompressed GiB written"
    assert message.lines == (
        "The billing data was changed later: the cost is not unusual any more",
        "Told before: Expected $210 (180 to 245) on Tue 3 Mar, saw $640: +$430 (+205%)",
    )


@pytest.mark.parametrize("reason", [Reason.NEW_LEVEL, Reason.SCOPE_GONE, Reason.RULE_REMOVED])
def test_an_expired_alert_is_not_called_good(reason: Reason) -> None:
    """An alert that ends without a return to the old level says so."""
    message = compose(changed(alert_of(spike()), TransitionKind.EXPIRED, reason))
    assert message.tone is Tone.NEUTRAL
    assert "not back to the old level" in message.lines[0]


def test_an_unsettled_day_is_at_least() -> None:
    """A running total is told as a lower bound."""
    assert "saw at least $640" in compose(transitions()["spike-opened-unsettled"]).lines[0]


def test_the_account_is_named_where_there_are_several() -> None:
    """With one account its name is no news; with two it is the first thing to know."""
    transition = opened(alert_of(spike()))
    assert Fact("account", "main") not in compose(transition).facts
    assert compose(transition, name_account=True).facts[0] == Fact("account", "main")


def test_without_an_id_nothing_can_be_done() -> None:
    """A dry run's alert is in no database, so no command is offered for it."""
    message = compose(opened(alert_of(spike(), alert_id=None)))
    assert message.actions == ()
    assert message.alert_ids == ()


def test_a_day_of_another_year_has_its_year() -> None:
    """A day is told without its year only within the running one."""
    message = compose(opened(alert_of(spike(day=date(2025, 12, 30)))))
    assert "on Tue 30 Dec 2025," in message.lines[0]


@pytest.mark.parametrize(
    ("places", "named"),
    [
        ((ACCOUNT,), "cluster-product"),
        ((ACCOUNT, TENANT), "cluster-product"),
        ((ACCOUNT, TENANT, PRODUCTION), "workspace production"),
        ((ACCOUNT, TENANT, PRODUCTION, ORDERS), "orders-prod"),
        ((Place(Dimension.REGION, "eu-west-1", "eu-west-1"),), "region eu-west-1"),
        ((), "cluster-product"),
    ],
)
def test_the_headline_names_the_finest_place(places: tuple[Place, ...], named: str) -> None:
    """A scope that is the whole account is known by its rule, any other by its finest places."""
    assert compose(opened(alert_of(spike(scope=Scope(places))))).headline == f"CRITICAL  Spend spike: {named}"


@given(
    finding=FINDINGS,
    kind=st.sampled_from(TransitionKind),
    reason=st.sampled_from(Reason),
    severity=st.sampled_from(Severity),
)
def test_every_transition_has_its_text(
    finding: Finding, kind: TransitionKind, reason: Reason, severity: Severity
) -> None:
    """No combination of rule, change and reason is without words."""
    alert = alert_of(replace(finding, severity=severity))
    message = compose(changed(alert, kind, reason))
    assert message.headline.startswith(tuple(word.upper() for word in (*Severity, *TransitionKind)))
    assert message.lines
    assert all(message.lines)


@given(name=NAMES)
def test_a_name_cannot_break_a_line(name: str) -> None:
    """Whatever a cluster is called, headline and lines stay one line each."""
    scope = Scope((ACCOUNT, TENANT, Place(Dimension.WORKSPACE, "w", name), Place(Dimension.CLUSTER, "c", name)))
    message = compose(opened(alert_of(spike(scope=scope))))
    for text in (message.headline, *message.lines, *(fact.value for fact in message.facts)):
        assert len(text.splitlines()) == 1
        assert "\x1b" not in text
