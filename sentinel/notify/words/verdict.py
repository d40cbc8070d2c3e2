"""The form of what a verdict says in figures, for every kind of rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """The title of an alert, how much it is about, and, where it is known, why."""

    title: str
    figures: str
    cause: str = ""
    score: str = ""
