"""Silences: what people do not want to be told for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sentinel.domain.alerts import Alert, Silence
from sentinel.domain.scopes import Dimension
from sentinel.domain.silences import RULE, is_silenced
from sentinel.errors import UsageError
from sentinel.rules.matching import is_glob, nearest_spelling
from sentinel.rules.model import Rules
from sentinel.store import Database, add_silence, end_silence, open_alerts, silences


@dataclass(frozen=True, slots=True)
class Held:
    """A silence, and the open alerts that it covers while it stands."""

    silence: Silence
    covers: tuple[Alert, ...]


def hold(database: Database, rules: Rules, silence: Silence, moment: datetime) -> Held:
    """Record a silence. Raises UsageError where it could never do what was meant."""
    _refuse_what_cannot_match(silence.matchers, rules)
    if silence.ends_at <= max(silence.starts_at, moment):
        raise UsageError(f"the silence would have ended already, at {silence.ends_at:%Y-%m-%d %H:%M} UTC")
    with database.write() as conn:
        recorded = replace(silence, id=add_silence(conn, silence))
        return Held(recorded, _covered(open_alerts(conn), recorded))


def held(database: Database) -> tuple[Held, ...]:
    """Every silence, those that have ended included, in the order of their start."""
    with database.read() as conn:
        alerts = open_alerts(conn)
        return tuple(Held(silence, _covered(alerts, silence)) for silence in silences(conn))


def release(database: Database, number: int, moment: datetime) -> None:
    """End a silence now. Raises UsageError where none of this number stands or is to come."""
    with database.write() as conn:
        if end_silence(conn, number, moment):
            return
        known = next((silence for silence in silences(conn) if silence.id == number), None)
    if known is None:
        raise UsageError(f"there is no silence {number}; `sentinel silence list` lists them")
    raise UsageError(f"silence {number} has ended already, at {known.ends_at:%Y-%m-%d %H:%M} UTC")


def _covered(alerts: Sequence[Alert], silence: Silence) -> tuple[Alert, ...]:
    return tuple(alert for alert in alerts if is_silenced(alert, silence))


def _refuse_what_cannot_match(matchers: tuple[tuple[str, str], ...], rules: Rules) -> None:
    if not matchers:
        raise UsageError("a silence needs --where or --rule; --rule '*' silences every rule")
    known = (*(dimension.value for dimension in Dimension), RULE)
    seen: set[str] = set()
    for name, pattern in matchers:
        if name not in known:
            near = nearest_spelling(name, known)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
            raise UsageError(f"--where {name}={pattern}: {name} is no dimension; {hint}")
        if name in seen:
            raise UsageError(f"{name} stands twice, and all must match: use a glob, or a silence for each")
        seen.add(name)
        names = [rule.name for rule in rules.all]
        if name == RULE and not is_glob(pattern) and pattern not in names:
            near = nearest_spelling(pattern, names)
            raise UsageError(f"no rule is called {pattern}" + (f"; did you mean {near}?" if near else ""))
