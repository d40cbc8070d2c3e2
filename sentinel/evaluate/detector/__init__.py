"""The spike detector: is a day's cost unusual for its scope, seen from the days before it alone?

`judge(panel, first, stop)` gives a verdict for each scope and each column in [first, stop).
"""

from sentinel.evaluate.detector.judge import judge
from sentinel.evaluate.detector.panel import Expectation, Panel, ReasonCode, Verdicts

__all__ = ["Expectation", "Panel", "ReasonCode", "Verdicts", "judge"]
