"""Whether an answer has lost too much to be believed at once, by what the history knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, select

from sentinel.domain.suspicion import ClustersKept, PoorAnswer, confirms, losses
from sentinel.store import tables
from sentinel.store.history.book import Book
from sentinel.store.history.rows import DailyRows, days_of, distinct, key_of
from sentinel.store.pulls.covering import CoveringPulls
from sentinel.store.pulls.outcome import Outcome

DAYS_BEFORE = 7
"""A charge on each day of a week makes a following day without any suspicious; some accounts rest on weekends."""

KEPT_ASIDE = "PoorAnswer"
"""The kind of fault that an answer kept aside is; it is no error of the answer's form."""

_RECENT = 31
"""A silence that began longer ago, in days, is not sudden: such days are asked for when an account is first pulled."""


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What the history knows when an answer comes.

    `rows` are those of the days that the answer covers and of `DAYS_BEFORE` days before these, `covered` the days
    among them that are covered, `newest` the newest day of all with a charge; days are ordinals.
    """

    rows: DailyRows
    covered: frozenset[int]
    newest: int | None


def lost_days(
    book: Book, known: Known, now: DailyRows, covered: frozenset[int], pulled_at: datetime
) -> tuple[ClustersKept, ...]:
    """The days on which an answer is suspicious: `now` are its rows on the days that it covers."""
    if known.newest is None:
        return ()
    on_known_days = _kept_on_known_days(book, known, now, covered)
    return losses((*on_known_days, *_first_silent_day(book, known, now, covered, pulled_at)))


def is_confirmed(
    conn: Connection, account: str, pulled_at: datetime, lost: tuple[ClustersKept, ...], covering: CoveringPulls
) -> bool:
    """Whether an earlier answer, kept aside, says the same, and none that came between them says otherwise.

    `covering` are the stored pulls of the days in question.
    """
    later = PoorAnswer(pulled_at, lost)
    return any(
        confirms(later, earlier) and not _contradicted(earlier, pulled_at, covering)
        for earlier in _kept_aside(conn, account)
    )


def describe(lost: tuple[ClustersKept, ...]) -> str:
    """Why an answer was kept aside, in a sentence."""
    worst = max(lost, key=lambda one: one.known - one.kept)
    days = f"{len(lost)} days, most on {worst.day}" if len(lost) > 1 else f"{worst.day}"
    return f"charges of {worst.known - worst.kept} of {worst.known} clusters are gone ({days})"


def record_losses(conn: Connection, pull: int, lost: tuple[ClustersKept, ...]) -> None:
    """Remember why a pull was kept aside."""
    rows = [{"pull_id": pull, "day": one.day.toordinal(), "known": one.known, "kept": one.kept} for one in lost]
    conn.execute(insert(tables.pull_loss), rows)


def _kept_on_known_days(book: Book, known: Known, now: DailyRows, covered: frozenset[int]) -> Iterator[ClustersKept]:
    days = covered & known.covered
    had, has = _clusters(book, known.rows.on(days)), _clusters(book, now.on(days))
    had_of_day = _count(had)
    kept_of_day = _count(had[np.isin(had, has, assume_unique=True)])
    for day, number in had_of_day.items():
        yield ClustersKept(date.fromordinal(day), number, kept_of_day.get(day, 0))


def _first_silent_day(
    book: Book, known: Known, now: DailyRows, covered: frozenset[int], pulled_at: datetime
) -> Iterator[ClustersKept]:
    """The first of the newest days without a charge, if each covered day of the week before it had one."""
    newest = max(known.newest or 0, *now.day[-1:].tolist(), 0)
    oldest = max(newest + 1, pulled_at.toordinal() - _RECENT)
    silent = sorted(day for day in covered - known.covered if day >= oldest)
    if not silent:
        return
    clusters = _count(np.union1d(_clusters(book, known.rows), _clusters(book, now)))
    all_covered = covered | known.covered
    for day in silent:
        week = [other for other in range(day - DAYS_BEFORE, day) if other in all_covered]
        if week and all(clusters.get(other, 0) for other in week):
            yield ClustersKept(date.fromordinal(day), known=clusters[week[-1]], kept=0)
            return


def _clusters(book: Book, rows: DailyRows) -> NDArray[np.int64]:
    """The keys of day and cluster that have a charge, each once."""
    return distinct(key_of(rows.day, book.clusters_of(rows.series)))


def _count(pairs: NDArray[np.int64]) -> dict[int, int]:
    """How many clusters each day has."""
    days, counts = np.unique(days_of(pairs), return_counts=True)
    return dict(zip(days.tolist(), counts.tolist(), strict=True))


def _kept_aside(conn: Connection, account: str) -> Iterator[PoorAnswer]:
    pull, loss = tables.pull.c, tables.pull_loss.c
    query = (
        select(pull.id, pull.pulled_at, loss.day, loss.known, loss.kept)
        .join(tables.pull_loss, loss.pull_id == pull.id)
        .where(pull.account == account, pull.outcome == Outcome.KEPT_ASIDE)
        .order_by(pull.id, loss.day)
    )
    answers: dict[int, PoorAnswer] = {}
    for number, pulled_at, day, known, kept in conn.execute(query):
        earlier = answers.get(number, PoorAnswer(pulled_at, ()))
        lost = ClustersKept(date.fromordinal(day), known, kept)
        answers[number] = PoorAnswer(pulled_at, (*earlier.losses, lost))
    yield from answers.values()


def _contradicted(earlier: PoorAnswer, until: datetime, covering: CoveringPulls) -> bool:
    """Whether an answer in between covered one of the lost days and was believed."""
    between = covering.after(earlier.pulled_at).until(until)
    return bool(np.isin([loss.day.toordinal() for loss in earlier.losses], between.day).any())
