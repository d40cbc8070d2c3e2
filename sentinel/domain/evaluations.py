"""What is remembered of an evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PreviousEvaluation:
    """When a rule was last judged, by which definition, and since when by that one."""

    moment: datetime
    fingerprint: str
    since: datetime


@dataclass(frozen=True, slots=True)
class RecordedEvaluation:
    """One run of the rules: when, by which program, and which definition of each rule, by its name, was judged."""

    moment: datetime
    version: str
    fingerprints: Mapping[str, str]
