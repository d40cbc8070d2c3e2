"""An answer becomes history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from sentinel.domain.costs import Answer, Window
from sentinel.domain.coverage import covered_days
from sentinel.domain.suspicion import ClustersKept
from sentinel.store import tables
from sentinel.store.history.apply import apply_difference
from sentinel.store.history.book import Book
from sentinel.store.history.charges import record_charges
from sentinel.store.history.collector import paused_collector
from sentinel.store.history.doubts import (
    DAYS_BEFORE,
    KEPT_ASIDE,
    Known,
    describe,
    is_confirmed,
    lost_days,
    record_losses,
)
from sentinel.store.history.incoming import Incoming, Sighting, read_answer
from sentinel.store.history.names import record_names
from sentinel.store.history.places import insert_new, open_book
from sentinel.store.history.report import PullReport
from sentinel.store.history.revisions import delete_revisions, insert_revisions
from sentinel.store.history.rows import DailyRows, Difference, compare, distinct, distinct_numbers
from sentinel.store.history.timeline import Timeline, load_timeline
from sentinel.store.history.undated import PullMoment
from sentinel.store.pulls.account_facts import end_inclusive
from sentinel.store.pulls.date_end import learn
from sentinel.store.pulls.entries import RowCounts, insert_pull, insert_pull_days, keep_body
from sentinel.store.pulls.outcome import Outcome


@paused_collector()
def record_answer(
    conn: Connection,
    account: str,
    pulled_at: datetime,
    asked: Window | None,
    answer: Answer,
    settle_after: timedelta,
) -> PullReport:
    """Store an answer in the caller's transaction, which must be a writing one: all of it, or nothing.

    `asked` is the window that was wanted, None for a saved answer. Unchanged rows are not written. What a later pull
    said of the same days stays, in whatever order the answers arrive. An answer that has suddenly lost half of what was
    known is kept aside and changes nothing, until one at least six hours later agrees. Raises BadAnswer.
    """
    book = open_book(conn, account)
    incoming = read_answer(answer, book)
    newest = None if incoming.newest_day is None else date.fromordinal(incoming.newest_day)
    covered = covered_days(
        asked or answer.window,
        answer.window,
        newest,
        pulled_at,
        settle_after,
        end_inclusive=end_inclusive(conn, account),
    )
    days = frozenset(day.toordinal() for day in covered)
    first, stop = min(days, default=DAYS_BEFORE + 1), max(days, default=DAYS_BEFORE) + 1
    timeline = load_timeline(conn, account, pulled_at, first - DAYS_BEFORE, stop)
    now = incoming.rows.on(days)
    lost = lost_days(book, _known(conn, account, timeline), now, days, pulled_at)
    if lost and not is_confirmed(conn, account, pulled_at, lost, timeline.earlier):
        return _keep_aside(conn, account, pulled_at, asked, answer, covered, lost)

    difference = compare(timeline.before.on(days), now)
    counts = _count(difference, timeline, settle_after)
    pull = insert_pull(conn, account, pulled_at, asked, answer.window, Outcome.STORED, counts=counts)
    insert_pull_days(conn, account, pull, days)
    series = distinct_numbers(now.series)
    sightings = _sightings(book, incoming, series)
    places = {number for sighting in sightings for number in (sighting.workspace, sighting.cluster)}
    insert_new(conn, account, book, places, series)
    _write(conn, account, pull, timeline, difference, now, days)
    charges = record_charges(
        conn,
        account,
        PullMoment(pulled_at, pull),
        asked or answer.window,
        answer.window,
        _following(covered, timeline),
        answer.account_charges,
    )
    renamed = record_names(conn, account, pulled_at, sightings)
    if asked is not None:
        learn(conn, account, asked, answer.window, newest, pulled_at, settle_after)
    return PullReport(
        account=account,
        pulled_at=pulled_at,
        pull=pull,
        covered=tuple(sorted(covered)),
        newly_covered=_dates(days - timeline.covered_before - timeline.covered_later),
        rows=counts,
        charges_changed=charges,
        renamed=renamed,
    )


def _known(conn: Connection, account: str, timeline: Timeline) -> Known:
    c = tables.daily_vector.c
    newest = conn.execute(select(func.max(c.day)).where(c.account == account)).scalar()
    return Known(timeline.before, timeline.covered_before, newest)


def _keep_aside(
    conn: Connection,
    account: str,
    pulled_at: datetime,
    asked: Window | None,
    answer: Answer,
    covered: Iterable[date],
    lost: tuple[ClustersKept, ...],
) -> PullReport:
    pull = insert_pull(conn, account, pulled_at, asked, answer.window, Outcome.KEPT_ASIDE, describe(lost), KEPT_ASIDE)
    record_losses(conn, pull, lost)
    keep_body(conn, account, pull, answer.body)
    return PullReport(account, pulled_at, pull, tuple(sorted(covered)), lost=lost)


def _count(difference: Difference, timeline: Timeline, settle_after: timedelta) -> RowCounts:
    settled = timeline.earlier.settling(settle_after).day
    known = np.concatenate([difference.new.day, difference.changed.day, difference.vanished.day])
    known = known[np.isin(known, timeline.earlier.day)]
    restated = int(np.isin(known, settled).sum())
    return RowCounts(
        new=len(difference.new),
        changed=len(difference.changed),
        unchanged=difference.unchanged,
        vanished=len(difference.vanished),
        grown=len(known) - restated,
        restated=restated,
    )


def _write(
    conn: Connection,
    account: str,
    pull: int,
    timeline: Timeline,
    difference: Difference,
    now: DailyRows,
    days: frozenset[int],
) -> None:
    insert_revisions(conn, difference.on(days & timeline.covered_before), pull)
    apply_difference(conn, account, difference.on(days - timeline.covered_later), now)
    # The next later pull had been compared with what was known before this one; now it follows on this one.
    following = timeline.following
    for later in distinct(following.pull).tolist():
        of_later = days.intersection(following.day[following.pull == later].tolist())
        delete_revisions(conn, later, of_later)
        insert_revisions(conn, compare(now.on(of_later), timeline.afterwards.on(of_later)), later)


def _following(covered: Iterable[date], timeline: Timeline) -> dict[date, PullMoment | None]:
    following = timeline.following
    later = {
        day: PullMoment(pulled_at, pull)
        for day, pull, pulled_at in zip(
            following.day.tolist(), following.pull.tolist(), following.moments(), strict=True
        )
    }
    return {day: later.get(day.toordinal()) for day in covered}


def _sightings(book: Book, incoming: Incoming, series: NDArray[np.int64]) -> list[Sighting]:
    """Those of the clusters with a row: only these can be found again in the history."""
    return [incoming.sightings[cluster] for cluster in distinct_numbers(book.clusters_of(series)).tolist()]


def _dates(days: Iterable[int]) -> tuple[date, ...]:
    return tuple(date.fromordinal(day) for day in sorted(days))
