"""No notification is lost, sent twice, or overtaken, however claims, crashes, results and foldings interleave."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.store import (
    Database,
    claim,
    fold,
    park,
    parked_notifications,
    queue_state,
    record_retry,
    record_sent,
    unpark,
    waiting_notifications,
)
from tests.store.conversations import LEASE, NOW, message, open_in, put

CHANNELS = ("finops", "owners")
ALERTS, SENDERS = 2, 2

Outcome = Literal["arrives", "fails", "is refused", "arrives, answer lost", "arrives, sender dies", "sender dies"]


@dataclass(frozen=True, slots=True)
class Tell:
    """An evaluation writes a notification about some alerts to some channels."""

    alerts: frozenset[int]
    channels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sender that has nothing to do asks for work on a channel."""

    sender: int
    channel: str


@dataclass(frozen=True, slots=True)
class Send:
    """A sender tries to send what it holds."""

    sender: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Record:
    """A sender writes down what came of it, however long that took."""

    sender: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Time passes."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Unpark:
    """A person has mended a channel."""


@dataclass(frozen=True, slots=True)
class Fold:
    """All that waits for a channel, and cannot have arrived, becomes one notification."""

    channel: str


@dataclass
class Sender:
    """A process that delivers: what it holds, until when, and what it is about to record."""

    holds: Notification | None = None
    until: datetime = NOW
    result: DeliveryError | Receipt | None = None


@dataclass(frozen=True, slots=True)
class Deliver:
    """A sender claims, sends and records without a pause, as it does when nothing disturbs it."""

    sender: int
    channel: str
    outcome: Outcome


SOME_SENDER = st.integers(0, SENDERS - 1)
SOME_CHANNEL = st.sampled_from([CHANNELS[0], CHANNELS[0], CHANNELS[1]])
SOME_OUTCOME: st.SearchStrategy[Outcome] = st.sampled_from(
    ["arrives", "fails", "is refused", "arrives, answer lost", "arrives, sender dies", "sender dies"]
)
TELL = st.builds(Tell, st.frozensets(st.integers(0, ALERTS - 1), max_size=2), st.frozensets(SOME_CHANNEL, min_size=1))
CLAIM = st.builds(Claim, SOME_SENDER, SOME_CHANNEL)
STEPS = st.one_of(
    TELL,
    CLAIM,
    CLAIM,
    st.builds(Send, SOME_SENDER, SOME_OUTCOME),
    st.builds(Send, SOME_SENDER, SOME_OUTCOME),
    st.builds(Record, SOME_SENDER),
    st.builds(Deliver, SOME_SENDER, SOME_CHANNEL, SOME_OUTCOME),
    st.builds(Wait, st.sampled_from([1, 31, 119, 120, 600])),
    st.builds(Unpark),
    st.builds(Fold, SOME_CHANNEL),
)
Step = Tell | Claim | Send | Record | Deliver | Wait | Unpark | Fold


@dataclass
class World:
    """Senders, the receivers' mailboxes, and the clock, around a real outbox."""

    database: Database
    alert_ids: tuple[int, ...]
    moment: datetime = NOW
    written: int = 0
    expected: int = 0
    senders: list[Sender] = field(default_factory=lambda: [Sender() for _ in range(SENDERS)])
    arrived: list[tuple[str, int]] = field(default_factory=list)
    """(channel, notification id) in the order of arrival."""
    told: dict[int, frozenset[int]] = field(default_factory=dict)
    """The alerts of each notification that arrived."""
    ever_parked: set[int] = field(default_factory=set)
    not_before: dict[int, datetime] = field(default_factory=dict)
    """When a notification is due again, as its last valid result said."""
    recorded: set[int] = field(default_factory=set)
    """The notifications that were recorded as sent."""

    def step(self, step: Step) -> None:
        """Let one thing happen."""
        match step:
            case Tell(alerts, channels):
                self.written += 1
                for channel in sorted(channels):
                    ids = [self.alert_ids[alert] for alert in sorted(alerts)]
                    assert put(self.database, f"key-{self.written}", *ids, channel=channel, at=self.moment)
                    self.expected += 1
            case Claim(number, channel) if self.senders[number].holds is None:
                self.claim(self.senders[number], channel)
            case Send(number, outcome):
                self.send(self.senders[number], outcome)
            case Record(number):
                self.record(self.senders[number])
            case Deliver(number, channel, outcome) if self.senders[number].holds is None:
                self.claim(self.senders[number], channel)
                self.send(self.senders[number], outcome)
                self.record(self.senders[number])
            case Wait(seconds):
                self.moment += timedelta(seconds=seconds)
            case Unpark():
                with self.database.write() as conn:
                    unpark(conn, self.moment)
            case Fold(channel):
                self.fold(channel)

    def fold(self, channel: str) -> None:
        """Make one of all that waits and cannot have arrived."""
        with self.database.write() as conn:
            waiting = waiting_notifications(conn, channel)
            if len(waiting) > 1:
                ids = [alert_id for one in waiting for alert_id in one.message.alert_ids]
                fold(conn, channel, waiting, message(*dict.fromkeys(ids)), self.moment)

    def claim(self, sender: Sender, channel: str) -> bool:
        """Claim what is due: nothing that is sent, that another holds, or that is to wait."""
        with self.database.write() as conn:
            taken = claim(conn, channel, self.moment, LEASE)
        if taken is None:
            return False
        assert taken.id not in self.recorded
        assert self.moment >= self.not_before.get(taken.id, NOW)
        for other in self.senders:
            assert other.holds is None or other.holds.id != taken.id or other.until <= self.moment
        sender.holds, sender.until = taken, self.moment + LEASE
        return True

    def send(self, sender: Sender, outcome: Outcome) -> None:
        """Send as a channel does: within the lease, and asking the receiver first where it is uncertain."""
        held = sender.holds
        if held is None or sender.result is not None:
            return
        if self.moment >= sender.until:  # a send has a timeout that is shorter than the lease
            sender.holds = None
            return
        place = (held.channel, held.id)
        if outcome.startswith("arrives") and not (held.uncertain and place in self.arrived):
            self.arrived.append(place)
            self.told[held.id] = frozenset(held.message.alert_ids)
        match outcome:
            case "arrives":
                sender.result = Receipt("C1/1.0")
            case "fails":
                sender.result = DeliveryError("down")
            case "is refused":
                sender.result = DeliveryError("invalid_auth", permanent=True)
            case "arrives, answer lost":
                sender.result = DeliveryError("timeout", uncertain=True)
            case "arrives, sender dies" | "sender dies":
                sender.holds = None

    def record(self, sender: Sender) -> None:
        """Write down the result, if there is one."""
        held, result = sender.holds, sender.result
        if held is None or result is None:
            return
        sender.holds, sender.result = None, None
        valid = self.moment < sender.until
        with self.database.write() as conn:
            match result:
                case Receipt():
                    record_sent(conn, held, result, self.moment)
                    self.recorded.add(held.id)
                case DeliveryError(permanent=True):
                    park(conn, held, result, self.moment)
                case _:
                    due_at = self.moment + timedelta(seconds=30)
                    record_retry(conn, held, due_at, result, self.moment)
                    if valid:
                        self.not_before[held.id] = due_at
            self.ever_parked |= {parked.id for parked in parked_notifications(conn)}

    def finish(self) -> None:
        """All senders die, everything is mended, and one sender delivers what is left."""
        self.moment += timedelta(hours=1)
        self.senders = []
        self.step(Unpark())
        for channel in CHANNELS:
            last = Sender()
            while self.claim(last, channel):
                self.send(last, "arrives")
                self.record(last)


def end_of(number: int, into: dict[int, int | None]) -> int:
    """The notification that tells what this one told, after all the foldings."""
    while (following := into[number]) is not None:
        number = following
    return number


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(told=st.lists(TELL, min_size=1, max_size=4), steps=st.lists(STEPS, max_size=60))
def test_every_notification_arrives_once_and_in_its_turn(
    database: Database, told: list[Tell], steps: list[Step]
) -> None:
    """What was written arrives exactly once, and never before an earlier one of its alert in the same channel."""
    with database.write() as conn:
        for table in ("receipt", "notification_alert", "notification", "transition", "alert_day", "alert"):
            conn.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - the names stand above
    world = World(database, tuple(alert.id or 0 for alert in open_in(database, *range(ALERTS))))
    for step in (*told, *steps):
        world.step(step)
    world.finish()

    with database.read() as conn:
        states = queue_state(conn)
        rows = conn.execute(text("SELECT id, key, folded_into FROM notification")).all()
    assert sum(state.sent for state in states) == len(world.arrived)
    into = {number: folded_into for number, _, folded_into in rows}
    written = [number for number, key, _ in rows if key.startswith("key-")]
    assert len(written) == world.expected
    assert {end_of(number, into) for number in written} == {number for _, number in world.arrived}
    assert sum(state.waiting + state.parked for state in states) == 0
    assert set(Counter(world.arrived).values()) <= {1}
    for channel in CHANNELS:
        for alert_id in world.alert_ids:
            order = [
                number
                for arrived_in, number in world.arrived
                if arrived_in == channel and alert_id in world.told[number] and number not in world.ever_parked
            ]
            assert order == sorted(order)
