"""One neutral message: what is told, before any channel gives it a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Tone(StrEnum):
    """How a message stands out."""

    CRITICAL = "critical"
    WARNING = "warning"
    GOOD = "good"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value, as in a small table."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture: `specification` is Vega-Lite as JSON text, `alt` says in one sentence what it shows."""

    specification: str
    alt: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain text under column headings; the first column is words, the others are figures."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a long message, below its lines (Slack: in its thread)."""

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    chart: Chart | None = None


class Phase(StrEnum):
    """How the one alert that a message tells of stands after it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Open, and somebody has spoken on it."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Message:
    """What is told, in this order: what, how much, since when, why, where, what one can do.

    `headline` is one line of plain text. `lines` are sentences of plain text. `facts` is the small print.
    `details` are messages that a batch carries (Slack: in its thread; e-mail: below).
    `actions` are what one can do, as commands a person can type. `phase` is None where the message tells of no alert,
    of many, or changes none. `standing` is the alert as it stands after a change, for whoever keeps one picture of it
    up to date; None where the message itself says that best. `sections` carry what goes beyond its lines.
    `for_everybody`: it is news also for those who do not follow the alert (Slack: its thread).
    """

    tone: Tone
    headline: str
    lines: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    actions: tuple[str, ...] = ()
    details: tuple[Message, ...] = ()
    alert_ids: tuple[int, ...] = ()
    chart: Chart | None = None
    phase: Phase | None = None
    standing: Message | None = None
    sections: tuple[Section, ...] = ()
    for_everybody: bool = False


class NotificationState(StrEnum):
    """Where a notification is on its way."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    SILENCED = "silenced"
    """A silence stood over all that it told when its turn came."""
    FOLDED = "folded"
    """Another one tells what it told, with others of its time."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One message on its way to one channel; `key` is its identity for the receiver, the same at every attempt.

    `attempts` counts the sends begun. `uncertain`: an earlier attempt may have arrived. `thread` is the receiver's
    reference of the alert's first message, None where there is none yet; a digest has those of its alerts in `threads`,
    by their ids. `delivered` names the parts of it that have arrived at an earlier attempt, in the channel's own words.
    `first_attempt_at` is when the first send began, counted anew after it was parked; `created_at` when the message was
    written.
    """

    id: int
    channel: str
    key: str
    message: Message
    attempts: int
    uncertain: bool
    thread: str | None = None
    delivered: tuple[str, ...] = ()
    first_attempt_at: datetime | None = None
    created_at: datetime | None = None
    threads: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the receiver answered: its reference of the message, e.g. a Slack `ts` or a Message-ID."""

    remote_id: str
