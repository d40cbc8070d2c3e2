"""Which alerts a silence covers."""

from __future__ import annotations

from fnmatch import fnmatchcase

from sentinel.domain.alerts import Alert, Silence
from sentinel.domain.scopes import Dimension


def is_silenced(alert: Alert, silence: Silence) -> bool:
    """Whether every matcher of a silence matches the alert, time aside; matchers are names, ids or globs."""
    return all(any(fnmatchcase(value, pattern) for value in _values(alert, name)) for name, pattern in silence.matchers)


def _values(alert: Alert, name: str) -> tuple[str, ...]:
    if name == "rule":
        return (alert.rule,)
    place = alert.scope.get(Dimension(name))
    return (place.id, place.name) if place else ()
