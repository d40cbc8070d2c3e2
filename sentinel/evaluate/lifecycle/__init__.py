"""An alert's life: what may open one, what each day makes of it, and how that is told."""

from sentinel.evaluate.lifecycle.eligibility import explaining_mark, may_be_news, opening_days
from sentinel.evaluate.lifecycle.life import expire_removed, follow, open_alert
from sentinel.evaluate.lifecycle.steps import Step
from sentinel.evaluate.lifecycle.telling import tell

__all__ = [
    "Step",
    "expire_removed",
    "explaining_mark",
    "follow",
    "may_be_news",
    "open_alert",
    "opening_days",
    "tell",
]
