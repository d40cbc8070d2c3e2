"""When a forecast is told."""

import numpy as np
import pytest

from sentinel.evaluate.forecast import alarm_states

NEVER = float("nan")


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        ([0.9, 0.9, 0.9, 0.9], "..##"),
        ([0.1, 0.9, 0.9, 0.1], "..#."),
        ([0.1, 0.1, 0.9, 0.1, 0.9, 0.1], "......"),
        ([0.1, 0.1, 0.7, 0.7, 0.5, 0.3, 0.2, 0.19], "...####."),
        ([0.1, 0.1, 0.8, 0.8, 0.1, 0.8, 0.5, 0.8, 0.8], "...#....#"),
        ([NEVER, NEVER, NEVER, 0.8, NEVER, 0.8], "......"),
        ([0.8, 0.8, 0.8, NEVER, NEVER, 0.1], "..###."),
    ],
)
def test_the_alarm_holds_still_between_its_two_limits(probability: list[float], expected: str) -> None:
    """On after two days of 0.7 and more, from day 3; off below 0.2; a day without forecast changes nothing."""
    spent = np.zeros(len(probability), np.bool_)
    states = alarm_states(np.array(probability), spent, range(1, len(probability) + 1))
    assert "".join("#" if on else "." for on in states) == expected


def test_the_alarm_is_on_once_the_amount_is_spent() -> None:
    """Whatever the day of the period, and for each scope by itself."""
    probability = np.array([[0.1, 1.0, 1.0], [0.1, 0.1, 0.1]])
    spent = np.array([[False, True, True], [False, False, False]])
    assert alarm_states(probability, spent, [1, 2, 3]).tolist() == [[False, True, True], [False, False, False]]
