"""Which alerts see the same excess: one scope contains the other, both moved the same way, on a common day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.alerts import AlertKey
from sentinel.domain.findings import Direction
from sentinel.evaluate.context import JUDGED_DAYS_AT_MOST, Context
from sentinel.evaluate.excess import BASELINE_DAYS
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.tracks import Track
from sentinel.rules.model import ScopedRule

Breadth = tuple[int, int, AlertKey]
Members = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """What one alert says of an excess: which way, since when, and how much on each firing day, in currency, above 0.

    `alert_id` is None as long as the alert has none; `track` is None where its rule no longer speaks of the scope.
    """

    key: AlertKey
    alert_id: int | None
    direction: Direction
    since: date
    excess: Mapping[date, float]
    track: Track | None

    @property
    def newest_settled(self) -> date | None:
        """The newest settled day that fires."""
        verdicts = self.track.verdicts if self.track else ()
        return next((v.day for v in reversed(verdicts) if v.settled_at is not None and v.day in self.excess), None)

    def newest_with(self, other: Voice) -> date | None:
        """The newest day on which both fire, None where there is none."""
        return max(self.excess.keys() & other.excess.keys(), default=None)


class Kinship:
    """The voices of one evaluation, and which of them lie inside which.

    Of two voices about the very same series the one whose rule stands first in the file is the inner one.
    """

    def __init__(self, voices: Iterable[Voice], context: Context) -> None:
        self._context = context
        self._scopes: dict[str, _Scopes] = {}
        self._voices: dict[tuple[str, str], list[Voice]] = {}
        for voice in voices:
            self._voices.setdefault(voice.key[:2], []).append(voice)

    def wider(self, voice: Voice) -> list[Voice]:
        """The voices about a scope around this one's, the narrowest first."""
        own = self._members(voice)
        if not own.size:
            return []
        around = [
            other
            for rule in self._rules
            for other in self._around(own, rule)
            if other.direction is voice.direction
            and self.breadth(other) > self.breadth(voice)
            and voice.newest_with(other)
        ]
        return sorted(around, key=self.breadth)

    def narrower(self, voice: Voice) -> list[Voice]:
        """The voices about a scope inside this one's, the narrowest first."""
        return self._inner.get(voice.key, [])

    def series(self, voice: Voice) -> frozenset[int]:
        """The series that a voice speaks of."""
        return frozenset(self._members(voice).tolist())

    def breadth(self, voice: Voice) -> Breadth:
        """How much a voice speaks of; no two are equal."""
        return self._members(voice).size, self._of(voice.key[0]).place, voice.key

    def _members(self, voice: Voice) -> Members:
        return self._of(voice.key[0]).members(voice.key[1])

    @cached_property
    def _inner(self) -> dict[AlertKey, list[Voice]]:
        inner: dict[AlertKey, list[Voice]] = {}
        for voice in sorted((v for voices in self._voices.values() for v in voices), key=self.breadth):
            for outer in self.wider(voice):
                inner.setdefault(outer.key, []).append(voice)
        return inner

    @cached_property
    def _rules(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule for rule, _ in self._voices))

    @cached_property
    def _charged(self) -> NDArray[np.bool_]:
        """[series]: what was charged lately; a series long gone, or yet to come, is no part of any scope."""
        lately = self._context.matrix.cost[:, -JUDGED_DAYS_AT_MOST - BASELINE_DAYS :]
        charged: NDArray[np.bool_] = (lately != 0).any(axis=1)
        return charged

    def _around(self, members: Members, rule: str) -> Iterator[Voice]:
        """The voices of a rule about its one scope that holds all of these series."""
        scope_key = self._of(rule).around(members)
        if scope_key is not None:
            yield from self._voices.get((rule, scope_key), ())

    def _of(self, name: str) -> _Scopes:
        if name not in self._scopes:
            place, rule = next((p, r) for p, r in enumerate(self._context.rules.all) if r.name == name)
            groups = self._context.groups(rule) if isinstance(rule, ScopedRule) else None
            self._scopes[name] = _Scopes(place, groups, self._charged)
        return self._scopes[name]


class _Scopes:
    """The scopes of one rule, and the series in them."""

    def __init__(self, place: int, groups: Groups | None, charged: NDArray[np.bool_]) -> None:
        self.place = place
        self._keys = groups.keys if groups else ()
        self._rows = {key: row for row, key in enumerate(self._keys)}
        self._members = [members[charged[members]] for members in groups.members] if groups else []
        self._owners = np.full(charged.size, -1, np.int64)
        for row, members in enumerate(self._members):
            self._owners[members] = row

    def members(self, scope_key: str) -> Members:
        row = self._rows.get(scope_key)
        return np.zeros(0, np.int64) if row is None else self._members[row]

    def around(self, members: Members) -> str | None:
        """The scope that holds all of these series, None where there is none; a series is in one scope at most."""
        owners = self._owners[members]
        row = int(owners[0])
        return self._keys[row] if row >= 0 and bool((owners == row).all()) else None
