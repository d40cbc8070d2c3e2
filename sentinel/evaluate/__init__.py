"""Stage 3: pure functions, arrays in, findings and transitions out."""

from sentinel.evaluate.context import PreviousEvaluation
from sentinel.evaluate.decide import Decision, decide, first_day_needed

__all__ = ["Decision", "PreviousEvaluation", "decide", "first_day_needed"]
