"""Where things stand in Slack, in words that the outbox keeps."""

from __future__ import annotations

from dataclasses import dataclass

_SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Place:
    """One post: the id of its Slack channel and its `ts`, written `C0123456789/1700000000.000100`."""

    channel: str
    ts: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.ts}"

    @classmethod
    def read(cls, text: str) -> Place:
        """The place that was written."""
        channel, _, ts = text.partition("/")
        return cls(channel, ts)


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation, known by its first message; a `shared` one is a digest's, where no alert has its own.

    It is written `C0123456789/1700000000.000100`, and `.../shared` where it is.
    """

    place: Place
    shared: bool = False

    def __str__(self) -> str:
        return f"{self.place}/{_SHARED}" if self.shared else str(self.place)

    @classmethod
    def read(cls, text: str) -> Thread:
        """The conversation that was written."""
        place, _, mark = text.rpartition("/")
        return cls(Place.read(place), shared=True) if mark == _SHARED else cls(Place.read(text))
