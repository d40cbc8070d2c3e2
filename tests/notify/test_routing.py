from __future__ import annotations

from dataclasses import replace

import pytest

from sentinel.domain.alerts import Reason, TransitionKind
from sentinel.domain.findings import Severity
from sentinel.notify import channels_for
from sentinel.rules.model import Rules
from tests.notify.stories import alert_of, changed, monthly, opened, spike

CONSOLES: dict[str, dict[str, dict[str, str]]] = {name: {"console": {}} for name in ("finops", "oncall", "owners")}
RULES = Rules.model_validate(
    {
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "channels": CONSOLES,
        "defaults": {"notify": ["finops"]},
        "spikes": [{"name": "cluster-product", "per": ["cluster"]}],
        "budgets": [
            {
                "name": "whole-account",
                "amount": 12000,
                "period": "month",
                "notify": {"critical": ["finops", "oncall"], "warning": ["owners"]},
            }
        ],
    }
)
SPIKE, BUDGET = alert_of(spike()), alert_of(monthly())


def test_a_rule_without_notify_tells_the_defaults() -> None:
    """defaults.notify holds for rules that do not say otherwise."""
    assert channels_for(opened(SPIKE), RULES) == ("finops",)


@pytest.mark.parametrize(
    ("severity", "told"), [(Severity.WARNING, ("owners",)), (Severity.CRITICAL, ("finops", "oncall"))]
)
def test_notify_goes_by_severity(severity: Severity, told: tuple[str, ...]) -> None:
    """A warning goes to the warning's channels, a critical alert to the others."""
    assert channels_for(opened(replace(BUDGET, severity=severity)), RULES) == told


def test_an_escalation_reaches_old_and_new_channels() -> None:
    """Who was told of the warning also hears that it is critical now."""
    critical = replace(BUDGET, severity=Severity.CRITICAL)
    transition = changed(critical, TransitionKind.ESCALATED, Reason.HIGHER_THRESHOLD, previous=BUDGET)
    assert channels_for(transition, RULES, told=("owners",)) == ("finops", "oncall", "owners")


@pytest.mark.parametrize("kind", [TransitionKind.RESOLVED, TransitionKind.WITHDRAWN, TransitionKind.CORRECTED])
def test_only_those_who_were_told_hear_the_end(kind: TransitionKind) -> None:
    """An end or a correction goes where the alert went, and nowhere if it was told to nobody."""
    transition = changed(BUDGET, kind, Reason.DATA_CHANGED)
    assert channels_for(transition, RULES, told=("oncall",)) == ("oncall",)
    assert channels_for(transition, RULES, told=()) == ()


def test_a_removed_rule_is_told_where_it_was_told_before() -> None:
    """The rule's own channels are unknown then, those that were told are not."""
    orphan = alert_of(spike(rule="no-longer-there"))
    transition = changed(orphan, TransitionKind.EXPIRED, Reason.RULE_REMOVED)
    assert channels_for(transition, RULES, told=("finops",)) == ("finops",)


def test_a_removed_channel_is_told_nothing() -> None:
    """A channel that rules.yaml no longer has takes no messages."""
    transition = changed(SPIKE, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL)
    assert channels_for(transition, RULES, told=("gone", "finops")) == ("finops",)
