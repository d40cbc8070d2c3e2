"""The colours and the small print that every channel with a picture of its own shares."""

from __future__ import annotations

from collections.abc import Iterable

from sentinel.domain.messages import Fact, Tone
from sentinel.domain.scopes import Dimension

COLOURS = {
    Tone.CRITICAL: "#c62828",
    Tone.WARNING: "#ef8f00",
    Tone.GOOD: "#2e7d32",
    Tone.NEUTRAL: "#6b7280",
}

_SPEAK_FOR_THEMSELVES = frozenset(dimension.value for dimension in Dimension)


def small_print(facts: Iterable[Fact]) -> str:
    """`production / us-east-1 / rule cluster-product / z 7.9 / id 1042`: places without their label."""
    return " / ".join(
        fact.value if fact.label in _SPEAK_FOR_THEMSELVES else f"{fact.label} {fact.value}" for fact in facts
    )
