"""What is remembered of an evaluation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PreviousEvaluation:
    """When a rule was last judged, and by which definition."""

    moment: datetime
    fingerprint: str
