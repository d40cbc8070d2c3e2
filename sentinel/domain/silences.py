"""Which alerts a silence covers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fnmatch import fnmatchcase

from sentinel.domain.alerts import Alert, Silence
from sentinel.domain.findings import RuleKind
from sentinel.domain.scopes import Dimension

RULE = "rule"
"""The one matcher that is no dimension."""


def is_silenced(alert: Alert, silence: Silence) -> bool:
    """Whether every matcher of a silence matches the alert, time aside; matchers are names, ids or globs.

    That data is missing is silenced by the rule's name alone: a silence over an account means its spend.
    """
    names = {name for name, _ in silence.matchers}
    if alert.kind is RuleKind.FRESHNESS and RULE not in names:
        return False
    return all(
        any(value == pattern or fnmatchcase(value, pattern) for value in _values(alert, name))
        for name, pattern in silence.matchers
    )


def stands(silence: Silence, moment: datetime) -> bool:
    """Whether a silence stands at a moment."""
    return silence.starts_at <= moment < silence.ends_at


def silence_over(alert: Alert, silences: Iterable[Silence], moment: datetime) -> Silence | None:
    """The first silence that covers an alert at a moment, None where it may be told."""
    return next((one for one in silences if stands(one, moment) and is_silenced(alert, one)), None)


def _values(alert: Alert, name: str) -> tuple[str, ...]:
    return (alert.rule,) if name == RULE else alert.bears(Dimension(name))
