"""What the database knows of an account's days and pulls, for those who plan pulls and judge freshness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import NamedTuple

from sqlalchemy import Connection, exists, select

from sentinel.domain.costs import Window
from sentinel.domain.coverage import REFUSED_DAYS_REST, KnownDays
from sentinel.errors import WindowRefused
from sentinel.store import tables
from sentinel.store.covering import CoveringPulls, load_covering
from sentinel.store.date_end import end_inclusive
from sentinel.store.outcome import Outcome

_EVERY_DAY = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class PullHealth:
    """How the pulls of an account stand; see `domain.accounts.AccountState`."""

    failing_since: datetime | None
    error: str
    kept_aside_at: datetime | None


class _Attempt(NamedTuple):
    """A pull that asked the API; imports are none."""

    pulled_at: datetime
    window: Window
    outcome: str
    error_kind: str | None
    error: str | None

    @property
    def failed(self) -> bool:
        return self.outcome == Outcome.FAILED


def known_days(conn: Connection, account: str, settle_after: timedelta, as_of: datetime) -> KnownDays:
    """What was known of an account's days at a moment."""
    covering = load_covering(conn, account, 0, _EVERY_DAY).until(as_of)
    attempts = _attempts(conn, account, as_of)
    return KnownDays(
        account=account,
        first_pull=min((attempt.pulled_at for attempt in attempts), default=None),
        last_pull=attempts[-1].pulled_at if attempts else None,
        failures=len(_failures_since_an_answer(attempts)),
        covered=_days(covering),
        settled=_days(covering.settling(settle_after)),
        refused=_refused(attempts, as_of),
        end_inclusive=end_inclusive(conn, account),
    )


def pull_health(conn: Connection, account: str, as_of: datetime) -> PullHealth:
    """Whether an account's pulls fail, and whether an answer is kept aside, at a moment."""
    failures = _failures_since_an_answer(_attempts(conn, account, as_of))
    return PullHealth(
        failing_since=failures[0].pulled_at if failures else None,
        error=failures[-1].error or "" if failures else "",
        kept_aside_at=_kept_aside_at(conn, account, as_of),
    )


def _attempts(conn: Connection, account: str, as_of: datetime) -> list[_Attempt]:
    """In the order in which they were recorded: a clock may have been set back between them."""
    c = tables.pull.c
    query = (
        select(c.pulled_at, c.asked_first, c.asked_stop, c.outcome, c.error_kind, c.error)
        .where(c.account == account, c.asked_first.is_not(None), c.pulled_at <= as_of)
        .order_by(c.id)
    )
    return [
        _Attempt(pulled_at, Window(first, stop), outcome, error_kind, error)
        for pulled_at, first, stop, outcome, error_kind, error in conn.execute(query)
    ]


def _failures_since_an_answer(attempts: list[_Attempt]) -> list[_Attempt]:
    return list(takewhile(lambda attempt: attempt.failed, reversed(attempts)))[::-1]


def _refused(attempts: list[_Attempt], as_of: datetime) -> frozenset[date]:
    refused: set[date] = set()
    for attempt in attempts:
        if as_of - attempt.pulled_at < REFUSED_DAYS_REST:
            change = refused.update if attempt.error_kind == WindowRefused.__name__ else refused.difference_update
            change(attempt.window.each_day())
    return frozenset(refused)


def _kept_aside_at(conn: Connection, account: str, as_of: datetime) -> datetime | None:
    """When the oldest answer was pulled that was kept aside and that no later answer has settled since."""
    pull, loss, later = tables.pull.c, tables.pull_loss.c, tables.pull_day.alias()
    answered = exists().where(
        later.c.account == account, later.c.day == loss.day, later.c.pull_id > loss.pull_id
    )
    query = (
        select(pull.pulled_at)
        .join(tables.pull_loss, loss.pull_id == pull.id)
        .where(pull.account == account, pull.pulled_at <= as_of, ~answered)
        .order_by(pull.pulled_at)
        .limit(1)
    )
    kept_at: datetime | None = conn.execute(query).scalar()
    return kept_at


def _days(covering: CoveringPulls) -> frozenset[date]:
    return frozenset(date.fromordinal(day) for day in covering.day.tolist())
