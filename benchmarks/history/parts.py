"""The parts of the history benchmark; each is run in a process of its own, so that its memory is its own."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from sentinel.domain.costs import Window
from sentinel.pull import decode_answer
from sentinel.simulator import bulk_answer
from sentinel.store import Database, PullReport, load_matrix, open_database, record_answer

SETTLE_AFTER = timedelta(hours=36)
FIRST = date(2024, 1, 1)
MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, as text, beside what is wanted."""

    what: str
    measured: str
    wanted: str | None = None
    reached: bool = True


def ingest(folder: Path, scale: int) -> Iterator[Figure]:
    """10,000 clusters x 5 products x 7 days, from bytes to committed, against bare executemany: the best of three."""
    body_file = folder / "answer.json"
    window = Window(FIRST, FIRST + timedelta(days=7))
    _write_bulk(body_file, 10_000 // scale, 5, FIRST, 7)
    with open_database(f"sqlite:///{folder / 'warm.db'}") as database:
        # What is imported and compiled once is no part of an answer's cost.
        _record(database, bulk_answer(10, 5, FIRST, 2).body, Window(FIRST, FIRST + timedelta(days=2)))
    ours, bare, memory = [], [], 0
    for attempt in range(3):
        file = folder / f"history{attempt}.db"
        with open_database(f"sqlite:///{file}") as database:
            before = _peak()
            body = body_file.read_bytes()
            started = time.perf_counter()
            report = _record(database, body, window)
            ours.append(time.perf_counter() - started)
            memory = memory or _peak() - before
        size = len(body)
        del body
        bare.append(_bare_insert(file, folder / f"bare{attempt}.db"))
    ratio = min(bare) / min(ours)
    rows = report.new
    yield Figure(f"ingest of {rows:,} rows, bytes to committed", f"{min(ours):.2f} s, {rows / min(ours):,.0f} rows/s")
    yield Figure("  bare sqlite3 executemany of the same rows", f"{min(bare):.2f} s, {rows / min(bare):,.0f} rows/s")
    yield Figure("  ratio of the rates", f"{ratio:.2f}", "at least 0.60", ratio >= 0.6)
    limit = size + 64 * MIB
    yield Figure(
        f"  peak memory over the start (body {size / MIB:.1f} MiB)",
        f"{memory / MIB:.1f} MiB",
        f"at most {limit / MIB:.1f} MiB",
        memory <= limit,
    )


def unchanged(folder: Path, scale: int) -> Iterator[Figure]:
    """The same answer once more."""
    body = bulk_answer(10_000 // scale, 5, FIRST, 7).body
    window = Window(FIRST, FIRST + timedelta(days=7))
    with open_database(f"sqlite:///{folder / 'history.db'}") as database:
        _record(database, body, window)
        before = _written()
        again = _record(database, body, window, later=timedelta(hours=6))
        written = _written() - before
    assert again.changes_nothing
    yield Figure(
        f"unchanged re-pull of {again.unchanged:,} rows writes",
        f"{written / 1000:.0f} KB",
        "fewer than 100 KB",
        written < 100_000,
    )


def append(folder: Path, scale: int) -> Iterator[Figure]:
    """One more day on a history of 30 and of 800 days."""
    clusters = 2_000 // scale
    best = {}
    for days in (30, 800):
        with open_database(f"sqlite:///{folder / f'{days}.db'}") as database:
            for window in _months(FIRST, days):
                _record(database, bulk_answer(clusters, 5, window.first, window.days).body, window)
            last = FIRST + timedelta(days=days)
            taken = []
            for extra in range(5):
                day = last + timedelta(days=extra)
                body = bulk_answer(clusters, 5, day, 1).body
                started = time.perf_counter()
                _record(database, body, Window(day, day + timedelta(days=1)))
                taken.append(time.perf_counter() - started)
            best[days] = min(taken)
            yield Figure(f"append one day of {clusters * 5:,} rows to {days} days", f"{min(taken) * 1000:.0f} ms")
    ratio = best[800] / best[30]
    yield Figure("  ratio 800 / 30 days (best of five each)", f"{ratio:.2f}", "at most 1.20", ratio <= 1.2)


def load(folder: Path, scale: int) -> Iterator[Figure]:
    """The matrix of 50,000 series x 400 days, cost and quantity, against fetchmany of the same rows."""
    url = f"sqlite:///{folder / 'history.db'}"
    program = "import sys; from benchmarks.history.parts import grow; grow(sys.argv[1], int(sys.argv[2]), 400)"
    subprocess.run([sys.executable, "-c", program, url, str(10_000 // scale)], check=True)
    window = Window(FIRST, FIRST + timedelta(days=400))
    with open_database(url) as database, database.read() as conn:
        before = _peak()
        started = time.perf_counter()
        matrix = load_matrix(conn, ("main",), window, SETTLE_AFTER)
        seconds = time.perf_counter() - started
        itself = matrix.cost.nbytes + matrix.quantity.nbytes
        over = _peak() - before - itself
        shape, filled = matrix.cost.shape, int(np.count_nonzero(matrix.cost))
        del matrix
    bare = _fetchmany(folder / "history.db", shape)
    yield Figure(f"load of {shape[0]:,} x {shape[1]} ({filled:,} rows)", f"{seconds:.2f} s")
    yield Figure("  fetchmany of the same rows into the same arrays", f"{bare:.2f} s")
    yield Figure("  times as fast", f"{bare / seconds:.1f}", "at least 2.0", bare / seconds >= 2)
    yield Figure(
        f"  peak memory over the matrix itself ({itself / MIB:.0f} MiB)",
        f"{over / MIB:.0f} MiB",
        "at most 200 MiB",
        over <= 200 * MIB,
    )


def grow(url: str, clusters: int, days: int) -> None:
    """Record so many days of a bulk world, week by week."""
    with open_database(url) as database:
        for start in range(0, days, 7):
            first = FIRST + timedelta(days=start)
            count = min(7, days - start)
            body = bulk_answer(clusters, 5, first, count).body
            _record(database, body, Window(first, first + timedelta(days=count)))


def _record(database: Database, body: bytes, window: Window, later: timedelta = timedelta()) -> PullReport:
    pulled_at = datetime.combine(window.stop, datetime.min.time(), UTC) + timedelta(days=3) + later
    answer = decode_answer(body)
    with database.write() as conn:
        return record_answer(conn, "main", pulled_at, window, answer, SETTLE_AFTER)


def _bare_insert(source: Path, target: Path) -> float:
    """Seconds that sqlite3 alone needs for the rows, with the same durability and the same table."""
    with closing(sqlite3.connect(source)) as history:
        rows = history.execute("SELECT day, series_id, cost, quantity FROM daily_cost").fetchall()
    with closing(sqlite3.connect(target, isolation_level=None)) as bare:
        bare.execute("PRAGMA synchronous = FULL")
        bare.execute(
            "CREATE TABLE daily_cost (day INTEGER NOT NULL, series_id INTEGER NOT NULL, cost BIGINT NOT NULL, "
            "quantity FLOAT NOT NULL, PRIMARY KEY (day, series_id)) WITHOUT ROWID"
        )
        started = time.perf_counter()
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany("INSERT INTO daily_cost VALUES (?, ?, ?, ?)", rows)
        bare.execute("COMMIT")
        return time.perf_counter() - started


def _fetchmany(source: Path, shape: tuple[int, ...]) -> float:
    """Seconds to read the rows by fetchmany, as tuples, and to put them into two arrays."""
    cost, quantity = np.zeros(shape), np.zeros(shape)
    started = time.perf_counter()
    with closing(sqlite3.connect(source)) as history:
        numbers = {number: row for row, (number,) in enumerate(history.execute("SELECT id FROM series ORDER BY id"))}
        cursor = history.execute("SELECT day, series_id, cost, quantity FROM daily_cost ORDER BY day, series_id")
        first = FIRST.toordinal()
        while rows := cursor.fetchmany(50_000):
            day, series, costs, quantities = zip(*rows, strict=True)
            place = np.fromiter(map(numbers.__getitem__, series), np.int64, len(series)), np.array(day) - first
            cost[place] = np.array(costs) / 1e8
            quantity[place] = quantities
    return time.perf_counter() - started


def _write_bulk(file: Path, clusters: int, products: int, first: date, days: int) -> None:
    """Build the body elsewhere: its making would raise this process's peak memory."""
    program = (
        "import sys; from datetime import date; from pathlib import Path; from sentinel.simulator import bulk_answer\n"
        "file, clusters, products, first, days = sys.argv[1:]\n"
        "Path(file).write_bytes(bulk_answer(int(clusters), int(products), date.fromisoformat(first), int(days)).body)"
    )
    arguments = [str(file), str(clusters), str(products), first.isoformat(), str(days)]
    subprocess.run([sys.executable, "-c", program, *arguments], check=True)


def _months(first: date, days: int) -> Iterator[Window]:
    stop = first + timedelta(days=days)
    while first < stop:
        following = min((first.replace(day=1) + timedelta(days=32)).replace(day=1), stop)
        yield Window(first, following)
        first = following


def _peak() -> int:
    """The largest resident size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _written() -> int:
    """Bytes that this process has given to the file system so far."""
    lines = Path("/proc/self/io").read_text("ascii").splitlines()
    return int(dict(line.split(": ") for line in lines)["wchar"])


if __name__ == "__main__":
    parts: dict[str, Callable[[Path, int], Iterator[Figure]]] = {
        "ingest": ingest,
        "unchanged": unchanged,
        "append": append,
        "load": load,
    }
    for figure in parts[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3])):
        sys.stdout.write(json.dumps(asdict(figure)) + "\n")
