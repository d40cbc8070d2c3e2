from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sentinel.errors import DeliveryError
from sentinel.notify import retry_at

NOW = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
DOWN = DeliveryError("down")


def seconds(attempts: int, error: DeliveryError = DOWN, *, age: timedelta = timedelta(), chance: float = 0.0) -> float:
    """The pause before the next attempt."""
    due = retry_at(attempts, error, NOW - age, NOW, chance)
    assert due is not None
    return (due - NOW).total_seconds()


def test_pauses_double_up_to_an_hour() -> None:
    """Half a minute, one, two, four, ... and never more than an hour."""
    assert [seconds(attempts) for attempts in range(1, 10)] == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_chance_shortens_a_pause_by_up_to_a_half() -> None:
    """Channels that failed together come back one after the other."""
    assert [seconds(3, chance=chance) for chance in (0.0, 0.5, 1.0)] == [120, 90, 60]


def test_what_the_receiver_asks_for_is_honoured() -> None:
    """A Retry-After longer than our own pause holds, up to an hour."""
    assert seconds(1, DeliveryError("wait", retry_after=300)) == 300
    assert seconds(1, DeliveryError("wait", retry_after=1)) == 30
    assert seconds(1, DeliveryError("wait", retry_after=86_400)) == 3600


def test_a_permanent_error_parks_at_once() -> None:
    """What no repetition can change is not repeated."""
    assert retry_at(1, DeliveryError("invalid_auth", permanent=True), NOW, NOW, 0.5) is None


def test_after_three_days_it_is_parked() -> None:
    """A receiver may be away for three days, and not for longer."""
    almost = NOW - timedelta(days=3) + timedelta(seconds=1)
    assert retry_at(80, DOWN, almost, NOW, 0.5) is not None
    assert retry_at(80, DOWN, NOW - timedelta(days=3), NOW, 0.5) is None


@given(
    attempts=st.integers(1, 10_000),
    chance=st.floats(0, 1),
    asked=st.none() | st.floats(-1e6, 1e9),
    age=st.timedeltas(timedelta(), timedelta(days=2, hours=23)),
)
def test_a_transient_error_is_always_tried_again_soon(
    attempts: int, chance: float, asked: float | None, age: timedelta
) -> None:
    """The next attempt lies between a quarter of a minute and an hour ahead, whatever was asked for."""
    assert 15 <= seconds(attempts, DeliveryError("down", retry_after=asked), age=age, chance=chance) <= 3600
