from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.messages import Tone
from sentinel.notify import batch, compose
from tests.notify.stories import many


def test_a_few_transitions_stay_messages_of_their_own() -> None:
    """Up to five alerts are told one by one, in their order."""
    few = many(5)
    assert batch(few) == tuple(compose(transition) for transition in few)


def test_more_become_one_message() -> None:
    """The sixth alert turns them into one message, whose headline counts and whose details carry each."""
    (message,) = batch(many(6))
    assert message.headline == "CRITICAL  6 alerts: 5 opened (1 critical), 1 resolved"
    assert message.tone is Tone.CRITICAL
    assert [detail.headline for detail in message.details][:2] == [
        "CRITICAL  Spend spike: load-0",
        "WARNING  Spend spike: load-5",
    ]
    assert message.details[-1].headline == "RESOLVED  Spend spike: load-4"
    assert sorted(message.alert_ids) == [1000, 1001, 1002, 1003, 1004, 1005]


def test_only_the_first_headlines_are_shown() -> None:
    """A message of 200 alerts names ten and counts the rest."""
    (message,) = batch(many(200))
    assert len(message.lines) == 11
    assert message.lines[-1] == "and 190 more"
    assert len(message.details) == 200


def test_ends_alone_are_good_news() -> None:
    """A message that only tells ends does not alarm."""
    ends = [transition for transition in many(20) if transition.kind.closes]
    (message,) = batch(ends, most=2)
    assert message.headline == "GOOD NEWS  4 alerts: 4 resolved"
    assert message.tone is Tone.GOOD


@given(count=st.integers(0, 30), most=st.integers(0, 10))
def test_every_alert_is_told_exactly_once(count: int, most: int) -> None:
    """Grouping loses no alert and repeats none."""
    told = [alert_id for message in batch(many(count), most=most) for alert_id in message.alert_ids]
    assert sorted(told) == [1000 + number for number in range(count)]
