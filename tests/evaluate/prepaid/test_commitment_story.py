"""Commitments, told as stories: what is told on which day, and what happens in between."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sentinel.domain.alerts import MarkKind
from sentinel.domain.findings import Severity
from sentinel.domain.outlooks import Stage
from sentinel.rules.model import Rules
from tests.evaluate.history import History, Story, at, only, series

BEGIN = date(2026, 1, 1)
HISTORY = date(2025, 11, 1)
"""Two months before the term, so that its first day is judged as surely as its last."""

BEFORE = (BEGIN - HISTORY).days


def story(daily: list[float], **commitment: object) -> Story:
    """One cluster that costs these amounts from the first of January on, and a hundred a day before."""
    rules = Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "k"}],
            "freshness": {"enabled": False},
            "commitments": [
                {
                    "name": "commit",
                    "amount": 9000,
                    "from": "2026-01-01",
                    "to": "2026-03-31",
                    "severity": "critical",
                    **commitment,
                }
            ],
        }
    )
    return Story(History(HISTORY).spend(series("orders"), HISTORY, [100.0] * BEFORE + daily), rules)


def live(s: Story, first: int, last: int) -> dict[int, list[tuple[str, str]]]:
    """What is told at noon of each day of the term, by the day's number from 1; silent days are left out."""
    told = {number: s.tell(at(BEGIN + timedelta(days=number - 1))) for number in range(first, last + 1)}
    return {number: news for number, news in told.items() if news}


def test_an_amount_that_just_lasts_tells_nothing() -> None:
    """Ninety days of a hundred use nine thousand up on the last one."""
    assert live(story([100.0] * 100), 1, 98) == {}


def test_use_that_rises_is_told_once_it_is_sure_and_again_when_it_has_come() -> None:
    """A quarter more a day: foreseen when the level has held, critical when the amount is gone."""
    s = story([100.0] * 20 + [130.0] * 80)
    told = live(s, 1, 88)
    (foreseen, *between, reached) = told
    assert told[foreseen] == [("opened", "off_course")]
    assert 25 <= foreseen <= 45
    assert told[reached] == [("escalated", "next_stage")]
    # 20 x 100 + 53 x 130 are 8,890: the next day is the one.
    assert reached == 74
    assert told[between[-1]] == [("escalated", "next_stage")]
    assert {news for number in between[:-1] for news in told[number]} <= {("corrected", "outlook_changed")}
    assert (s.alerts[0].severity, s.alerts[0].told_threshold) == (Severity.CRITICAL, Stage.REACHED.value)


def test_after_its_term_and_the_days_that_may_be_restated_the_alert_ends_by_itself() -> None:
    """Nobody needs to close it, and it does not come back."""
    s = story([130.0] * 130)
    live(s, 1, 97)
    assert len(s.open) == 1
    assert live(s, 98, 110) == {99: [("expired", "period_closed")]}


def test_use_that_falls_again_is_told_to_be_over() -> None:
    """Below two tenths it is taken back; what had been told is not told a second time in between."""
    s = story([100.0] * 15 + [150.0] * 20 + [60.0] * 60)
    told = live(s, 1, 80)
    news = [one for day in told.values() for one in day]
    assert news[0] == ("opened", "off_course")
    assert ("resolved", "back_to_normal") in news
    assert news.count(("opened", "off_course")) <= 2


def test_what_will_be_left_is_told_and_what_was_left_at_the_end() -> None:
    """A third less than was paid for: foreseen, a month before the end, and when the term is over and settled."""
    s = story([60.0] * 130)
    told = live(s, 1, 97)
    assert next(iter(told.values())) == [("opened", "off_course")]
    assert list(told.values())[-1] == [("escalated", "next_stage")]
    assert max(told) in (92, 93)
    outlook = s.alerts[0].finding.outlook
    assert outlook is not None
    assert (outlook.stage, outlook.unused) == (Stage.REACHED, pytest.approx(9000 - 90 * 60))


def test_the_first_look_at_a_running_term_tells_what_is_so_now() -> None:
    """A new rule in the middle of a term opens its alert at once."""
    s = story([130.0] * 100)
    opened = only(s.evaluate(at(BEGIN + timedelta(days=49))))
    assert (opened.kind.value, opened.alert.severity) == ("opened", Severity.WARNING)
    outlook = opened.alert.finding.outlook
    assert outlook is not None
    assert outlook.exhausted_on is not None
    assert abs((outlook.exhausted_on - (BEGIN + timedelta(days=69))).days) <= 1
    assert opened.alert.finding.observed > opened.alert.finding.upper == 9000


def test_a_word_on_it_holds_for_the_whole_term() -> None:
    """Somebody has bought more already: it ends, and is not told again."""
    s = story([130.0] * 100)
    s.evaluate(at(BEGIN + timedelta(days=39)))
    s.mark(MarkKind.EXPECTED, at(BEGIN + timedelta(days=40), 8))
    assert live(s, 41, 88) == {41: [("expired", "marked_expected")]}


def test_a_changed_amount_is_judged_anew() -> None:
    """Enough for the term: the old alert was the old rule's; more, and still too little: it says so."""
    s = story([130.0] * 100, unused_above="50%")
    s.evaluate(at(BEGIN + timedelta(days=39)))
    (commitment,) = s.rules.commitments
    s.rules = s.rules.model_copy(update={"commitments": (commitment.model_copy(update={"amount": 10_500.0}),)})
    assert s.tell(at(BEGIN + timedelta(days=40))) == [("corrected", "rule_changed")]
    s.rules = s.rules.model_copy(update={"commitments": (commitment.model_copy(update={"amount": 14_000.0}),)})
    assert s.tell(at(BEGIN + timedelta(days=41))) == [("expired", "rule_changed")]


def test_a_hole_in_the_history_says_nothing_and_what_was_told_stands() -> None:
    """Neither a drop nor an all-clear: the day is unknown until it is pulled."""
    s = story([130.0] * 100)
    s.evaluate(at(BEGIN + timedelta(days=39)))
    hole = BEGIN + timedelta(days=20)
    s.history.missing.add(hole)
    decision = s.evaluate(at(BEGIN + timedelta(days=40)))
    assert (decision.transitions, len(s.open)) == ((), 1)
    (warning,) = decision.warnings
    assert warning.startswith("rule commit: no verdict: 1 day of its term is unknown, 2026-01-21; import them, or say")
    s.history.missing.clear()
    assert s.evaluate(at(BEGIN + timedelta(days=41))).warnings == ()


def test_used_up_early_can_be_left_untold() -> None:
    """What is left is still told."""
    assert live(story([130.0] * 100, exhausts_before_end=False), 1, 88) == {}
