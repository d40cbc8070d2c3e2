"""How far a notification has come in Slack, in words that the outbox keeps between attempts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sentinel.notify.slack.places import Place

_DONE, _FAILED = "done", "failed "


@dataclass(slots=True)
class Progress:
    """The posts that stand there by their part, the steps after them that are settled, and how often others failed."""

    places: dict[int, Place] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    failures: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, delivered: Iterable[str]) -> Progress:
        """What the outbox remembers: `0=C0123456789/1700000000.000100`, `chart=done`, `chart=failed 2`."""
        progress = cls()
        for text in delivered:
            name, _, said = text.partition("=")
            if said == _DONE:
                progress.settled.add(name)
            elif said.startswith(_FAILED):
                progress.failures[name] = max(progress.failures.get(name, 0), int(said.removeprefix(_FAILED)))
            else:
                progress.places[int(name)] = Place.read(said)
        return progress

    def fail(self, step: str) -> int:
        """Count a failure of a step; how often it has failed by now."""
        self.failures[step] = self.failures.get(step, 0) + 1
        return self.failures[step]

    def written(self) -> tuple[str, ...]:
        """The same for the outbox to remember."""
        return (
            *(f"{part}={place}" for part, place in sorted(self.places.items())),
            *(f"{step}={_DONE}" for step in sorted(self.settled)),
            *(f"{step}={_FAILED}{times}" for step, times in sorted(self.failures.items())),
        )
