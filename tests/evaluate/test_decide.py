"""What holds for every history: properties of the deciding function."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel.domain.alerts import Alert
from sentinel.domain.findings import Direction
from sentinel.rules.model import Rules
from tests.evaluate.history import History, Story, at, series

START = date(2026, 1, 5)
LAST = START + timedelta(days=44)

costs = st.lists(st.floats(0, 1000).map(lambda cost: round(cost, 2)), min_size=45, max_size=45)


def story(amounts: list[float], z: float = 3.5, missing: frozenset[int] = frozenset()) -> Story:
    """45 days of one cluster under one rule of each kind."""
    rules = Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "k"}],
            "budgets": [
                {"name": "monthly", "amount": 8000, "period": "month"},
                {"name": "daily", "amount": 700, "period": "day", "per": ["cluster"]},
            ],
            "spikes": [
                {
                    "name": "spike",
                    "per": ["cluster"],
                    "z": z,
                    "min_change": 20,
                    "min_percent": "20%",
                    "direction": "both",
                }
            ],
            "new_spend": [{"name": "new", "min_daily": 5}],
        }
    )
    history = History(START, missing={START + timedelta(days=n) for n in missing})
    return Story(history.spend(series("orders"), START, amounts), rules)


def spike_days(amounts: list[float], z: float) -> set[date]:
    """The days that the spike rule finds."""
    return {finding.day for finding in story(amounts, z).evaluate(at(LAST)).findings if finding.rule == "spike"}


@settings(deadline=None, max_examples=40)
@given(costs, st.frozensets(st.integers(0, 44), max_size=5))
def test_judging_the_same_history_again_changes_nothing(amounts: list[float], missing: frozenset[int]) -> None:
    """A cycle that runs twice tells once, at every step of a history."""
    s = story(amounts, missing=missing)
    for back in (4, 2, 1, 0):
        moment = at(LAST - timedelta(days=back))
        s.evaluate(moment)
        again = s.evaluate(moment)
        assert [(t.kind, t.reason, t.alert.rule) for t in again.transitions] == []
        assert again.updated == ()


@settings(deadline=None, max_examples=40)
@given(costs)
def test_a_spike_is_found_exactly_where_the_cost_lies_outside_the_band_that_is_shown(amounts: list[float]) -> None:
    """What is shown is what decided."""
    for finding in story(amounts).evaluate(at(LAST)).findings:
        if finding.rule == "spike":
            above = finding.direction is Direction.UP
            assert finding.observed > finding.upper if above else finding.observed < finding.lower
            assert finding.lower <= finding.expected <= finding.upper
            assert abs(finding.impact) >= 20
            assert abs(finding.impact) >= 0.2 * finding.expected


@settings(deadline=None, max_examples=40)
@given(costs, st.floats(0.5, 8), st.floats(0.5, 8))
def test_findings_only_shrink_as_z_grows(amounts: list[float], one: float, other: float) -> None:
    """A higher z never finds what a lower one does not."""
    lower, higher = sorted((one, other))
    assert spike_days(amounts, higher) <= spike_days(amounts, lower)


@settings(deadline=None, max_examples=40)
@given(costs)
def test_an_excess_is_its_volume_and_its_price(amounts: list[float]) -> None:
    """Nothing of an excess is left unexplained."""
    for transition in story(amounts).evaluate(at(LAST)).transitions:
        finding = transition.alert.finding
        if finding.rule == "spike":
            assert finding.excess is not None
            assert finding.excess.volume + finding.excess.price == pytest.approx(finding.impact, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(costs)
def test_an_alert_survives_being_written_down(amounts: list[float]) -> None:
    """What the database keeps is what was decided."""
    for transition in story(amounts).evaluate(at(LAST)).transitions:
        assert msgspec.json.decode(msgspec.json.encode(transition.alert), type=Alert) == transition.alert


def test_a_value_that_nothing_bears_is_a_warning_with_the_nearest_spelling() -> None:
    """A typing mistake in `where` is no silent rule."""
    s = story([100.0] * 45)
    s.rules = Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "k"}],
            "spikes": [{"name": "spike", "where": {"cluster": "ordres"}, "per": ["cluster"]}],
        }
    )
    assert s.evaluate(at(LAST)).warnings == (
        "rule spike: nothing in the history bears the cluster ordres; did you mean orders?",
    )


def test_the_parts_of_an_excess_and_the_whole_it_belongs_to_are_named() -> None:
    """91% of it is this cluster; it is most of what its workspace grew."""
    history = History(START)
    for name, last in (("orders", 400.0), ("search", 120.0), ("billing", 100.0)):
        history.spend(series(name), START, [100.0] * 44 + [last])
    rules = Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "k"}],
            "spikes": [{"name": "whole", "per": ["account"]}, {"name": "each", "per": ["cluster"]}],
        }
    )
    told = [transition.alert for transition in Story(history, rules).evaluate(at(LAST)).transitions]
    found = {alert.rule: alert.finding for alert in told if alert.finding.observed > 300}
    (largest,) = found["whole"].contributions
    assert largest.scope.places[0].name == "orders"
    assert largest.share == pytest.approx(300 / 320)
    whole = found["each"].whole
    assert whole is not None
    assert str(whole.scope.places[-1]) == "production"
    assert whole.share == pytest.approx(300 / 320)


def test_what_a_tier_is_can_be_said_in_the_rules() -> None:
    """Products are named differently some day; families follow a pattern, also in `where`."""
    history = History(START)
    history.spend(series("orders", "Writes (first 10 TiB)"), START, [60.0] * 40 + [0.0] * 5)
    history.spend(series("orders", "Writes (above)"), START, [0.0] * 40 + [60.0] * 5)
    rules = Rules.model_validate(
        {
            "settings": {"tier_pattern": r" \(.*\)$"},
            "accounts": [{"name": "main", "api_key": "k"}],
            "spikes": [{"name": "family", "where": {"product_family": "Writes"}, "per": ["cluster", "product_family"]}],
            "new_spend": [{"name": "new", "per": ["product_family"]}],
        }
    )
    decision = Story(history, rules).evaluate(at(LAST))
    assert decision.findings == ()
    assert decision.warnings == ()
