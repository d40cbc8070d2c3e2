"""What the database knows of an account's days and pulls when the next ones are planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import Connection, select

from sentinel.domain.costs import Window
from sentinel.domain.coverage import REFUSED_DAYS_REST, KnownDays
from sentinel.domain.suspicion import CONFIRMED_AFTER
from sentinel.errors import WindowRefused
from sentinel.store import tables
from sentinel.store.pulls.account_facts import end_inclusive
from sentinel.store.pulls.covering import ALL_DAYS, CoveringPulls, load_covering, microseconds, oldest_covered
from sentinel.store.pulls.outcome import Outcome


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One request to the billing API, and what came of it."""

    pulled_at: datetime
    asked: Window
    outcome: Outcome
    error_kind: str | None
    error: str


@dataclass(frozen=True, slots=True)
class PullHealth:
    """How an account's pulls stand; moments are UTC.

    `failing_since` is the first failure since the last answer, None where the last request was answered, and `error`
    says what went wrong last. `kept_aside_at` is when the oldest answer was pulled that looked wrong and was neither
    confirmed nor contradicted since.
    """

    failing_since: datetime | None = None
    error: str = ""
    kept_aside_at: datetime | None = None


def known_days(conn: Connection, account: str, settle_after: timedelta, moment: datetime) -> KnownDays:
    """What was known by a moment. Imports are no attempts, but what they covered is covered."""
    attempts = _attempts(conn, account, moment)
    covering = load_covering(conn, account, *ALL_DAYS).until(moment)
    begins = date.fromordinal(int(covering.day[0])) if len(covering.day) else None
    return KnownDays(
        account=account,
        first_pull=attempts[0].pulled_at if attempts else None,
        last_pull=attempts[-1].pulled_at if attempts else None,
        failures=_pulls(_failing(attempts, begins)),
        covered=_dates(covering),
        settled=_dates(covering.settling(settle_after)),
        doubtful=_unanswered(attempts) | _unchecked(covering, settle_after, moment),
        refused=_refused(attempts, moment - REFUSED_DAYS_REST),
        end_inclusive=end_inclusive(conn, account),
    )


def pull_health(conn: Connection, account: str, moment: datetime) -> PullHealth:
    """How the pulls of an account stand at a moment."""
    failing = _failing(_attempts(conn, account, moment), oldest_covered(conn, account))
    return PullHealth(
        failing_since=failing[0].pulled_at if failing else None,
        error=failing[-1].error if failing else "",
        kept_aside_at=_kept_aside_at(conn, account, moment),
    )


def reaches_before(begins: date | None, error_kind: str | None, asked: Window | None) -> bool:
    """Whether a pull was refused because it asked for days before an account's first one: then nothing is amiss."""
    return begins is not None and error_kind == WindowRefused.__name__ and asked is not None and asked.first < begins


def _attempts(conn: Connection, account: str, until: datetime) -> list[_Attempt]:
    c = tables.pull.c
    query = (
        select(c.pulled_at, c.asked_first, c.asked_stop, c.outcome, c.error_kind, c.error)
        .where(c.account == account, c.pulled_at <= until, c.asked_first.is_not(None), c.outcome != Outcome.RETRIED)
        .order_by(c.pulled_at, c.id)
    )
    return [
        _Attempt(pulled_at, Window(first, stop), Outcome(outcome), error_kind, error or "")
        for pulled_at, first, stop, outcome, error_kind, error in conn.execute(query)
    ]


def _failing(attempts: list[_Attempt], begins: date | None) -> list[_Attempt]:
    """The failures since the last answer."""
    answered = [place for place, attempt in enumerate(attempts) if attempt.outcome is not Outcome.FAILED]
    since = attempts[answered[-1] + 1 :] if answered else attempts
    return [attempt for attempt in since if not reaches_before(begins, attempt.error_kind, attempt.asked)]


def _pulls(attempts: Iterable[_Attempt]) -> int:
    """In how many pulls these attempts were made: within one, each window is older than the one before, or its part."""
    pulls, last = 0, None
    for attempt in attempts:
        window = attempt.asked
        if last is None or (window.stop > last.first and not _is_part(window, last)):
            pulls += 1
        last = window
    return pulls


def _is_part(window: Window, whole: Window) -> bool:
    return whole.first <= window.first and window.stop <= whole.stop and window.days < whole.days


def _last_of_each_day(attempts: Iterable[_Attempt]) -> dict[date, _Attempt]:
    return {day: attempt for attempt in attempts for day in attempt.asked.each_day()}


def _refused(attempts: Iterable[_Attempt], later_than: datetime) -> frozenset[date]:
    """The days whose last attempt was refused, and not too long ago."""
    return frozenset(
        day
        for day, attempt in _last_of_each_day(attempts).items()
        if attempt.error_kind == WindowRefused.__name__ and attempt.pulled_at > later_than
    )


def _unanswered(attempts: Iterable[_Attempt]) -> frozenset[date]:
    """The days whose last attempt failed, or brought an answer that was kept aside; refused ones have a rest."""
    return frozenset(
        day
        for day, attempt in _last_of_each_day(attempts).items()
        if attempt.outcome is not Outcome.STORED and attempt.error_kind != WindowRefused.__name__
    )


def _unchecked(covering: CoveringPulls, settle_after: timedelta, moment: datetime) -> frozenset[date]:
    """The settled days whose answers all came within a few hours that are over: a second opinion is due."""
    settling = covering.settling(settle_after)
    newest = covering.pulled_at[np.searchsorted(covering.day, settling.day, side="right") - 1]
    waits = np.timedelta64(CONFIRMED_AFTER)
    due = (newest - settling.pulled_at < waits) & (microseconds(moment) - settling.pulled_at >= waits)
    return frozenset(date.fromordinal(day) for day in settling.day[due].tolist())


def _kept_aside_at(conn: Connection, account: str, moment: datetime) -> datetime | None:
    pull, loss = tables.pull.c, tables.pull_loss.c
    query = (
        select(pull.pulled_at, loss.day)
        .join(tables.pull_loss, loss.pull_id == pull.id)
        .where(pull.account == account, pull.outcome == Outcome.KEPT_ASIDE, pull.pulled_at <= moment)
    )
    lost = [(pulled_at, day) for pulled_at, day in conn.execute(query)]
    if not lost:
        return None
    covering = load_covering(conn, account, min(day for _, day in lost), max(day for _, day in lost) + 1).until(moment)
    believed = dict(zip(covering.day.tolist(), covering.moments(), strict=True))  # the last pull of each day
    return min((at for at, day in lost if day not in believed or believed[day] <= at), default=None)


def _dates(covering: CoveringPulls) -> frozenset[date]:
    return frozenset(date.fromordinal(day) for day in set(covering.day.tolist()))
