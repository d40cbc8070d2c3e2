"""Stage 4 of the cycle: what waits in the outbox goes to its channels; harmless to run twice."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from sentinel.domain.messages import Notification
from sentinel.errors import DeliveryError
from sentinel.jobs.outgoing import is_held, load_of, take_next
from sentinel.notify import Channel, parked_notice, retry_at
from sentinel.rules.model import Rules
from sentinel.store import Database, enqueue, next_due, park, record_retry, record_sent

log = logging.getLogger(__name__)

Sleep = Callable[[float], object]
"""Waits so many seconds, or until the process is to stop."""


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """What became of one channel's notifications in this run."""

    channel: str
    sent: int = 0
    put_off: int = 0
    parked: int = 0
    silenced: int = 0


def deliver_pending(
    database: Database,
    rules: Rules,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime],
    stop: Event | None = None,
    sleep: Sleep | None = None,
) -> tuple[ChannelReport, ...]:
    """Send what is due on every channel, one thread a channel: a dead one delays no other."""
    if not channels:
        return ()
    with ThreadPoolExecutor(len(channels), thread_name_prefix="deliver") as threads:
        reports = threads.map(
            lambda channel: deliver_channel(database, rules, channel, clock, stop, sleep), channels.values()
        )
        return tuple(reports)


def deliver_channel(
    database: Database,
    rules: Rules,
    channel: Channel,
    clock: Callable[[], datetime],
    stop: Event | None = None,
    sleep: Sleep | None = None,
) -> ChannelReport:
    """Send what is due on one channel: claim, send, record, one notification after the other, at the channel's pace.

    The channel may keep its connection from one to the next; at the end it is closed.
    """
    with closing(channel):
        return _send_due(database, rules, channel, clock, stop, sleep)


def _send_due(
    database: Database,
    rules: Rules,
    channel: Channel,
    clock: Callable[[], datetime],
    stop: Event | None,
    sleep: Sleep | None,
) -> ChannelReport:
    spec = rules.channels[channel.name]
    pace = _Pace(spec.pause.total_seconds(), clock)
    sleep = sleep or (stop.wait if stop else time.sleep)
    sent = put_off = parked = silenced = 0
    while not (stop and stop.is_set()):
        if not pace.has_begun or pace.left > 0:
            # Looked at first: most of the time nothing is due, and a reader disturbs no writer.
            with database.read() as conn:
                load = load_of(conn, channel.name, spec, clock())
                if is_held(spec, load) or next_due(conn, channel.name, clock()) is None:
                    break
            pace.begin(load.sent_at)
            if pace.left > 0:
                sleep(pace.left)
            if stop and stop.is_set():
                break
        with database.write() as conn:
            outgoing = take_next(conn, channel.name, spec, clock())
        silenced += outgoing.silenced
        notification = outgoing.notification
        if notification is None:
            break
        try:
            receipt = channel.send(notification)
        except DeliveryError as error:
            pace.sent()
            if _put_off(database, rules, notification, error, clock()):
                put_off += 1
            else:
                parked += 1
            continue
        pace.sent()
        with database.write() as conn:
            record_sent(conn, notification, receipt, clock())
        sent += 1
    return ChannelReport(channel.name, sent, put_off, parked, silenced)


class _Pace:
    """The least time between two messages of one channel: `seconds`, by a clock."""

    def __init__(self, seconds: float, clock: Callable[[], datetime]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._last: datetime | None = None
        self.has_begun = False

    def begin(self, sent_at: datetime | None) -> None:
        """Count from what an earlier run has sent, where this one has sent nothing yet."""
        self._last = self._last or sent_at
        self.has_begun = True

    def sent(self) -> None:
        """Count from now."""
        self._last = self._clock()

    @property
    def left(self) -> float:
        """Seconds until the next message may go: never more than the pace, also when the clock was set back."""
        if self._last is None:
            return 0.0
        passed = (self._clock() - self._last).total_seconds()
        return min(max(self._seconds - passed, 0.0), self._seconds)


def _put_off(
    database: Database, rules: Rules, notification: Notification, error: DeliveryError, moment: datetime
) -> bool:
    """Try again later, or park it where that is no use and tell another channel; whether it will be tried again."""
    # Jitter only spreads the retries of channels that failed together.
    chance = random.random()  # noqa: S311 - no secret depends on it
    first_attempt = notification.first_attempt_at or moment
    due_at = retry_at(notification.attempts, error, first_attempt, moment, chance)
    with database.write() as conn:
        if due_at is None:
            park(conn, notification, error, moment)
            notice = parked_notice(notification, error, rules, moment)
            if notice:
                enqueue(conn, notice.channel, notice.key, notice.message, moment)
            log.error("%s: parked %s: %s", notification.channel, notification.key, error)
        else:
            record_retry(conn, notification, due_at, error, moment)
            log.warning("%s: %s is tried again at %s: %s", notification.channel, notification.key, due_at, error)
    return due_at is not None
