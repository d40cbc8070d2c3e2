"""A database with alerts, channels to real receivers, and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from sentinel.domain.alerts import Alert, Silence
from sentinel.domain.messages import Message, Tone
from sentinel.jobs.deliver import ChannelReport, deliver_pending
from sentinel.notify import Channel
from sentinel.rules.model import Rules
from sentinel.store import Database, add_silence, enqueue, open_database, queue_state
from tests.store.conversations import NOW, open_in

NO_PACE = {"pace": "0s"}


def rules_of(channels: Mapping[str, Mapping[str, Any]]) -> Rules:
    """Rules with these channels; each is written to the console unless it says otherwise."""
    return Rules.model_validate(
        {
            "accounts": [{"name": "main", "api_key": "made-up"}],
            "channels": {name: {"console": {}} | spec for name, spec in channels.items()},
        }
    )


@dataclass(slots=True)
class Scene:
    """The outbox at a moment; `channels` are what the names of the rules lead to at present."""

    database: Database
    rules: Rules
    channels: dict[str, Channel]
    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)
    written: int = 0
    signal: Event | None = None
    """Comes in the next wait, where there is one."""

    def clock(self) -> datetime:
        """The moment."""
        return self.moment

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        if self.signal is not None:
            self.signal.set()
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def pass_by(self, **span: float) -> None:
        """Let more time pass."""
        self.moment += timedelta(**span)

    def open(self, *clusters: int) -> tuple[Alert, ...]:
        """Alerts of these clusters, known and not yet told."""
        return open_in(self.database, *clusters)

    def tell(self, *alerts: Alert, headline: str = "", to: str = "finops", digest: bool = False) -> None:
        """Write one notification for each alert, one for them all, or, without alerts, a notice."""
        told = [message_of(alert) for alert in alerts] or [Message(Tone.WARNING, headline)]
        if digest:
            ids = tuple(alert_id for one in told for alert_id in one.alert_ids)
            told = [Message(Tone.WARNING, f"WARNING  {len(told)} alerts", details=tuple(told), alert_ids=ids)]
        with self.database.write() as conn:
            for message in told:
                self.written += 1
                assert enqueue(conn, to, f"key-{self.written}", message, self.moment)

    def silence(self, cluster: int, **span: float) -> None:
        """Let a silence over a cluster stand from now on."""
        until = self.moment + timedelta(**span)
        with self.database.write() as conn:
            add_silence(conn, Silence(None, (("cluster", f"vci_{cluster}"),), self.moment, until, "grace", "load test"))

    def deliver(self) -> dict[str, ChannelReport]:
        """One run over all channels."""
        reports = deliver_pending(self.database, self.rules, self.channels, self.clock, self.signal, self.sleep)
        return {report.channel: report for report in reports}

    def waiting(self, channel: str = "finops") -> int:
        """How many notifications wait for a channel."""
        with self.database.read() as conn:
            return next((queue.waiting for queue in queue_state(conn) if queue.channel == channel), 0)


@contextmanager
def scene(url: str, channels: Mapping[str, Channel], specs: Mapping[str, Mapping[str, Any]]) -> Iterator[Scene]:
    """A scene in a database of its own."""
    with open_database(url) as database:
        yield Scene(database, rules_of(specs), dict(channels))


def message_of(alert: Alert) -> Message:
    """What tells one alert."""
    name = alert.scope.places[-1].id
    return Message(Tone.WARNING, f"WARNING  Spend spike: {name}", alert_ids=(alert.id or 0,))
