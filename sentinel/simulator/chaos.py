"""When faults strike: by script, by chance, or always."""

from __future__ import annotations

from collections import deque
from random import Random
from threading import Lock
from typing import TYPE_CHECKING, Self

from sentinel.simulator.faults import Fault, Severity, strikes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MILD = Severity()
_STORM_EXCEPT = frozenset({Fault.SLOW, Fault.DRIP, Fault.GZIP_BOMB})


class Chaos:
    """A plan of faults. One is drawn for each request that would have been answered with 200.

    First the script: one entry a request, None = a normal answer. Once it is used up, the odds: each fault
    with its probability, until `at_most` faults have struck that way. A fault of GET only, drawn for a POST,
    is used up without effect. `always` strikes whenever nothing else does. Safe to draw from and to add to
    from several threads.
    """

    def __init__(
        self,
        script: Iterable[Fault | None] = (),
        *,
        odds: Mapping[Fault, float] | None = None,
        at_most: int = 1_000,
        always: Fault | None = None,
        seed: int = 1,
        severity: Severity = _MILD,
    ) -> None:
        """Make a plan. Raises ValueError if the odds are negative or sum to more than 1."""
        self.severity = severity
        self._script = deque(script)
        self._odds = dict(odds or {})
        self._left = at_most
        self._always = always
        self._random = Random(f"{seed}/chaos")  # noqa: S311 -- a simulation needs no secret randomness
        self._lock = Lock()
        if any(chance < 0 for chance in self._odds.values()) or sum(self._odds.values()) > 1:
            message = f"the odds of faults must be at least 0 and at most 1 together (got {self._odds})"
            raise ValueError(message)

    @classmethod
    def storm(cls, *, seed: int = 1, share: float = 0.4, at_most: int = 60, severity: Severity = _MILD) -> Self:
        """Make a plan in which a share of the requests fails, all faults equally often, `at_most` in all.

        Left out are the faults that only cost time and memory: slow, drip, gzip bomb.
        """
        faults = [fault for fault in Fault if fault not in _STORM_EXCEPT]
        odds = {fault: share / len(faults) for fault in faults}
        return cls(odds=odds, at_most=at_most, seed=seed, severity=severity)

    def next(self, *faults: Fault | None) -> None:
        """Let the next requests, after what the script still holds, meet these faults (None = no fault)."""
        with self._lock:
            self._script.extend(faults)

    def draw(self, method: str) -> Fault | None:
        """Use up and return what strikes a request of this method; None for nothing."""
        with self._lock:
            fault = self._scripted_or_by_chance() or self._always
        return fault if fault is not None and strikes(fault, method) else None

    def _scripted_or_by_chance(self) -> Fault | None:
        if self._script:
            return self._script.popleft()
        if self._left <= 0:
            return None
        point = self._random.random()
        for fault, chance in self._odds.items():
            point -= chance
            if point < 0:
                self._left -= 1
                return fault
        return None
