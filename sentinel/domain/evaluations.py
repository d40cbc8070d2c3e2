"""What is remembered of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PreviousEvaluation:
    """When a rule was last judged, by which definition, and since when by that one."""

    moment: datetime
    fingerprint: str
    since: datetime
