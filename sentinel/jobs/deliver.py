"""Stage 4 of the cycle: what waits in the outbox goes to its channels; harmless to run twice."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from sentinel.domain.messages import Notification
from sentinel.errors import DeliveryError
from sentinel.notify import Channel, parked_notice, retry_at
from sentinel.rules.model import Rules
from sentinel.store import Database, claim, enqueue, park, record_retry, record_sent

log = logging.getLogger(__name__)

FAILURES_IN_A_ROW = 3
"""After so many notifications that did not arrive the channel is taken to be down, until the next run."""

LEASE = timedelta(minutes=2)
"""Longer than any send may take; a process that died in the middle gives its notification back after it."""


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """What became of one channel's notifications in this run."""

    channel: str
    sent: int = 0
    put_off: int = 0
    parked: int = 0


def deliver_pending(
    database: Database,
    rules: Rules,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime],
    stop: Event | None = None,
) -> tuple[ChannelReport, ...]:
    """Send what is due on every channel, one thread a channel: a dead one delays no other."""
    if not channels:
        return ()
    with ThreadPoolExecutor(len(channels), thread_name_prefix="deliver") as threads:
        reports = threads.map(lambda channel: deliver_channel(database, rules, channel, clock, stop), channels.values())
        return tuple(reports)


def deliver_channel(
    database: Database, rules: Rules, channel: Channel, clock: Callable[[], datetime], stop: Event | None = None
) -> ChannelReport:
    """Send what is due on one channel: claim, send, record, one notification after the other."""
    sent = put_off = parked = in_a_row = 0
    while in_a_row < FAILURES_IN_A_ROW and not (stop and stop.is_set()):
        with database.write() as conn:
            notification = claim(conn, channel.name, clock(), LEASE)
        if notification is None:
            break
        try:
            receipt = channel.send(notification)
        except DeliveryError as error:
            if _put_off(database, rules, notification, error, clock()):
                put_off += 1
                in_a_row += 1
            else:
                parked += 1
            continue
        with database.write() as conn:
            record_sent(conn, notification, receipt, clock())
        sent += 1
        in_a_row = 0
    return ChannelReport(channel.name, sent, put_off, parked)


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
