"""Rolling budgets as stories: the spend of the last days, up and down, with every notification."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from sentinel.domain.alerts import MarkKind
from sentinel.domain.findings import Severity
from tests.evaluate.budgets.stories import rules_of, story, told, told_by_day
from tests.evaluate.history import Story, at, series

DAY = timedelta(days=1)
JANUARY = date(2026, 1, 1)


def day(number: int) -> date:
    """The nth day from 1 January on."""
    return JANUARY + (number - 1) * DAY


def rolling(daily: list[float], **budget: Any) -> Story:
    """A budget of 300 in any 20 days, told at 80% and 100%."""
    given = {"amount": 300, "period": {"rolling": "20 days"}, "thresholds": ["80%", "100%"], **budget}
    return story(daily, JANUARY, **given)


def test_it_is_told_on_its_way_up_and_when_it_has_come_down() -> None:
    """Ten dear days roll through the window: 80%, 100%, back below; that 100% was left again is no news."""
    s = rolling([10.0] * 40 + [30.0] * 10 + [10.0] * 40)
    told(s, day(25))
    assert told_by_day(s, day(26), day(90)) == {
        "02-11": ["WARNING  Budget 80% crossed: whole / Spent $240 of $300 (80%) in the 20 days to Wed 11 Feb"],
        "02-14": [
            "CRITICAL  Budget 100% crossed, escalated: whole / Spent $300 of $300 (100%) in the 20 days to Sat 14 Feb"
        ],
        "03-13": ["RESOLVED  Budget 80% crossed: whole / Within the budget on two settled days"],
    }


def test_reaching_a_threshold_again_after_it_was_left_is_told() -> None:
    """From 100% down to 80% without a word, and up to 100% with one."""
    s = rolling([10.0] * 40 + [30.0] * 10 + [10.0] * 17 + [30.0] * 12 + [10.0] * 30)
    told(s, day(25))
    headlines = {when: said[0].split(" / ")[0] for when, said in told_by_day(s, day(26), day(105)).items()}
    assert list(headlines.values()) == [
        "WARNING  Budget 80% crossed: whole",
        "CRITICAL  Budget 100% crossed, escalated: whole",
        "CRITICAL  Budget 100% crossed, escalated: whole",
        "RESOLVED  Budget 80% crossed: whole",
    ]


def test_between_the_two_it_stands_as_a_warning() -> None:
    """The alert follows the spend, also where nobody is told."""
    s = rolling([10.0] * 40 + [30.0] * 10 + [10.0] * 15)
    told_by_day(s, day(25), day(52))
    assert (s.open[0].severity, s.open[0].told_threshold) == (Severity.CRITICAL, "100%")
    assert told_by_day(s, day(53), day(69)) == {}
    assert (s.open[0].severity, s.open[0].told_threshold) == (Severity.WARNING, "80%")


def test_the_nights_do_not_take_it_back() -> None:
    """A new day begins with nothing spent; that is no fall, and its growing is no rise."""
    s = rolling([16.0] * 40)
    told(s, day(30))
    said = []
    for number in range(31, 60):
        for hour, cost in ((1, 0.0), (12, 8.0), (23, 16.0)):
            s.history.spend(series("orders"), day(number), [cost])
            said += told(s, day(number), hour)
    assert said == []
    assert len(s.open) == 1


def test_a_first_evaluation_tells_how_it_stands_and_not_how_it_stood() -> None:
    """Windows of last week are history."""
    s = rolling([30.0] * 30 + [1.0] * 40)
    assert told(s, day(31)) == [
        "CRITICAL  Budget 100% crossed: whole / Spent $600 of $300 (200%) in the 20 days to Fri 30 Jan"
    ]
    assert told(rolling([30.0] * 30 + [1.0] * 40), day(60)) == []


def test_what_was_told_and_is_restated_below_is_withdrawn() -> None:
    """Not resolved: it was never so."""
    s = rolling([10.0] * 30 + [100.0] + [10.0] * 40)
    told(s, day(30))
    assert told(s, day(31)) == [
        "WARNING  Budget 80% crossed: whole / Spent $290 of $300 (97%) in the 20 days to Sat 31 Jan"
    ]
    s.history.spend(series("orders"), day(31), [10.0])
    assert told(s, day(32)) == [
        (
            "WITHDRAWN  Budget 80% crossed: whole / "
            "The billing data was changed later: the spend is below the threshold again, $200"
        )
    ]


def test_restated_to_a_lower_threshold_is_corrected() -> None:
    """The other threshold still holds."""
    s = rolling([10.0] * 30 + [120.0] + [10.0] * 40)
    told(s, day(30))
    told(s, day(31))
    s.history.spend(series("orders"), day(31), [60.0])
    assert told(s, day(32)) == [
        "WARNING  Budget 80% crossed, corrected: whole / Spent $250 of $300 (83%) in the 20 days to Sun 1 Feb"
    ]


def test_a_day_that_becomes_unknown_in_the_window_is_said_and_ends_nothing() -> None:
    """The spend is at least this much; a gap is no fall."""
    s = rolling([16.0] * 70)
    s.history.missing = {day(41), day(42), day(43), day(44), day(45), day(46)}
    told_by_day(s, day(30), day(40))
    assert told_by_day(s, day(41), day(49)) == {}
    assert s.open[0].finding.budget is not None


def test_an_expected_one_is_told_again_after_it_has_come_down() -> None:
    """The word held for this rise, not for ever."""
    s = rolling([10.0] * 40 + [30.0] * 10 + [10.0] * 40 + [30.0] * 10)
    told_by_day(s, day(25), day(42))
    s.mark(MarkKind.EXPECTED, at(day(42), 13))
    assert told(s, day(42), 14) == ["EXPIRED  Budget 80% crossed: whole / Somebody marked it as expected"]
    assert list(told_by_day(s, day(43), day(95))) == ["04-02", "04-05"]


def test_a_changed_amount_is_judged_anew() -> None:
    """The same spend, another share."""
    s = rolling([13.0] * 70)
    told(s, day(30))
    budget = {"period": {"rolling": "20 days"}, "thresholds": ["80%", "100%"]}
    s.rules = rules_of(amount=250, **budget)
    assert told(s, day(30), 18) == [
        "CRITICAL  Budget 100% crossed, escalated: whole / Spent $260 of $250 (104%) in the 20 days to Fri 30 Jan"
    ]
    s.rules = rules_of(amount=5000, **budget)
    assert told(s, day(30), 19) == [
        "EXPIRED  Budget 100% crossed: whole / The rules file was changed, and rule whole does not see it any more"
    ]


@how(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 40).map(float), min_size=45, max_size=45), st.integers(2, 20))
def test_whoever_is_told_of_a_rise_is_told_of_its_end(daily: list[float], length: int) -> None:
    """Alerts of a scope follow one another, each crossed where its window's sum is; none is open when all is quiet."""
    s = story([*daily, *[0.0] * 30], JANUARY, amount=300, period={"rolling": f"{length} days"}, thresholds=["100%"])
    for number in range(1, 76):
        s.evaluate(at(day(number), 23))
        for alert in s.open:
            window = alert.finding.budget.period if alert.finding.budget else None
            assert window is not None
            assert window.days == length
            known = {JANUARY + n * DAY: cost for n, cost in enumerate(daily)}
            assert alert.finding.observed == sum(cost for when, cost in known.items() if when in window) >= 300
        assert len(s.open) <= 1
    assert s.open == []
