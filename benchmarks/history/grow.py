"""Databases with a long history, made fast."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from sentinel.domain.costs import Window
from sentinel.pull import decode_answer
from sentinel.simulator import bulk_answer
from sentinel.store import Database, PullReport, open_database, record_answer
from sentinel.store.pulls.entries import insert_pull, insert_pull_days
from sentinel.store.pulls.outcome import Outcome

FIRST = date(2024, 1, 1)
SETTLE_AFTER = timedelta(hours=36)
_PULLS_A_DAY = 4
_WEEK = 7


def record(database: Database, body: bytes, window: Window, later: timedelta = timedelta()) -> PullReport:
    """Record one answer, pulled three days after its window ended, or `later` than that."""
    pulled_at = datetime.combine(window.stop, time(), UTC) + timedelta(days=3) + later
    answer = decode_answer(body)
    with database.write() as conn:
        return record_answer(conn, "main", pulled_at, window, answer, SETTLE_AFTER)


def grow(file: Path, clusters: int, days: int) -> None:
    """Make a database of so many clusters, five products each, with a row on every day, and four pulls a day.

    The first week is recorded as answers are; the weeks after it are copies with figures of their own.
    """
    with open_database(f"sqlite:///{file}") as database:
        record(database, bulk_answer(clusters, 5, FIRST, _WEEK).body, Window(FIRST, FIRST + timedelta(days=_WEEK)))
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")
        copy.execute("PRAGMA synchronous = OFF")
        for day in range(_WEEK, days):
            _copy_day(copy, FIRST.toordinal() + day % _WEEK, FIRST.toordinal() + day, day // _WEEK)
        copy.commit()
    with open_database(f"sqlite:///{file}") as database, database.write() as conn:
        for day in range(_WEEK, days):
            _pull_month(conn, FIRST + timedelta(days=day))


def _copy_day(copy: sqlite3.Connection, source: int, target: int, more: int) -> None:
    """Copy the rows of one day, and their arrays, each figure a little larger."""
    copy.execute(
        "INSERT INTO daily_cost SELECT ?, series_id, cost + ?, quantity + ? FROM daily_cost WHERE day = ?",
        (target, more, more, source),
    )
    query = "SELECT account, series, cost, quantity FROM daily_vector WHERE day = ?"
    account, series, cost, quantity = copy.execute(query, (source,)).fetchone()
    costs, quantities = np.frombuffer(cost, "<i8") + more, np.frombuffer(quantity, "<f8") + more
    copy.execute(
        "INSERT INTO daily_vector (account, day, series, cost, quantity) VALUES (?, ?, ?, ?, ?)",
        (account, target, series, costs.tobytes(), quantities.tobytes()),
    )


def _pull_month(conn: Connection, day: date) -> None:
    """Enter the pulls of the month up to a day, made three days after it."""
    month = Window(max(day.replace(day=1), FIRST), day + timedelta(days=1))
    for number in range(_PULLS_A_DAY):
        pulled_at = datetime.combine(day, time(), UTC) + timedelta(days=3, hours=24 / _PULLS_A_DAY * number)
        pull = insert_pull(conn, "main", pulled_at, month, month, Outcome.STORED)
        insert_pull_days(conn, "main", pull, (one.toordinal() for one in month.each_day()))
