"""When a backtest judges, by which rules, and what it carries along."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sentinel.domain.evaluations import RecordedEvaluation
from sentinel.jobs.occasions import plan_occasions
from sentinel.rules.model import Rules

FIRST = date(2026, 3, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(20)]


def rules(amount: int = 100) -> Rules:
    """One budget that may change, and a spike rule that does not."""
    return Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "made-up"}],
            "budgets": [{"name": "budget", "amount": amount, "period": "month"}],
            "spikes": [{"name": "spike", "per": ["cluster"]}],
        }
    )


def recorded(day: int, by: Rules) -> RecordedEvaluation:
    """An evaluation at noon of a day of March."""
    moment = datetime(2026, 3, day, 12, tzinfo=UTC)
    return RecordedEvaluation(moment, "0.1.0", {rule.name: by.fingerprint(rule) for rule in by.all})


def test_settled_days_outside_the_recorded_evaluations_are_judged_once_each() -> None:
    """Before the first and after the last; those between were judged as they came."""
    evaluations = [recorded(8, rules()), recorded(11, rules())]
    occasions = plan_occasions(rules(), evaluations, DAYS[:12], DAYS[0], DAYS[19])
    assert [(one.moment.day, one.assumed and one.assumed.day) for one in occasions] == [
        *((day + 2, day) for day in range(1, 6)),
        (8, None),
        (11, None),
        *((day + 2, day) for day in (10, 11, 12)),
    ]


def test_what_stood_before_is_worked_out_from_when_it_began() -> None:
    """A rule that was judged by the same definition brings its state along, one that was changed begins anew."""
    evaluations = [recorded(3, rules(50)), recorded(4, rules(100)), recorded(5, rules(100)), recorded(6, rules(100))]
    occasions = plan_occasions(rules(100), evaluations, (), date(2026, 3, 6), date(2026, 3, 9))
    told = [(one.moment.day, one.reported, sorted(rule.name for rule in one.rules.all)) for one in occasions]
    assert told == [
        (3, False, ["freshness", "spike"]),
        (4, False, ["budget", "freshness", "spike"]),
        (5, False, ["budget", "freshness", "spike"]),
        (6, True, ["budget", "freshness", "spike"]),
    ]


def test_at_the_first_recorded_evaluation_unchanged_rules_begin_anew() -> None:
    """As they did then; other rules go on as if they had stood."""
    evaluations = [recorded(8, rules(50)), recorded(9, rules(100))]
    occasions = plan_occasions(rules(100), evaluations, DAYS[:3], DAYS[0], DAYS[9])
    anew = {one.moment.day: one.anew for one in occasions if one.anew}
    assert anew == {8: frozenset({"spike", "freshness"})}


def test_for_a_comparison_everything_stands_from_the_first_day_on() -> None:
    """Nothing is carried along, and nothing begins anew."""
    evaluations = [recorded(3, rules()), recorded(8, rules())]
    occasions = plan_occasions(rules(), evaluations, (), date(2026, 3, 4), date(2026, 3, 9), as_it_was=False)
    assert [(one.moment.day, one.reported, one.anew) for one in occasions] == [(8, True, frozenset())]
