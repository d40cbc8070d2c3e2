"""The parts of the history benchmark; each is run in a process of its own, so that its memory is its own."""

from __future__ import annotations

import json
import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.history.grow import FIRST, SETTLE_AFTER, grow, record
from sentinel.domain.costs import Window
from sentinel.simulator import bulk_answer
from sentinel.store import load_matrix, open_database

TURNS = 5
"""The machine does other things as well: each side has its turn so often, and the best of them counts."""

MIB = 1024**2


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure, as text, beside what is wanted."""

    what: str
    measured: str
    wanted: str | None = None
    reached: bool = True


def ingest(folder: Path, scale: int) -> Iterator[Figure]:
    """10,000 clusters x 5 products x 7 days, bytes to committed, in turns with bare executemany: the best of each."""
    body_file = folder / "answer.json"
    window = Window(FIRST, FIRST + timedelta(days=7))
    _write_bulk(body_file, 10_000 // scale, 5, FIRST, 7)
    with open_database(f"sqlite:///{folder / 'warm.db'}") as database:
        # What is imported and compiled once is no part of an answer's cost.
        record(database, bulk_answer(10, 5, FIRST, 2).body, Window(FIRST, FIRST + timedelta(days=2)))
    ours, bare, memory = [], [], 0
    for turn in range(TURNS):
        file = folder / f"history{turn}.db"
        with open_database(f"sqlite:///{file}") as database:
            before = _peak()
            body = body_file.read_bytes()
            started = time.perf_counter()
            report = record(database, body, window)
            ours.append(time.perf_counter() - started)
            memory = memory or _peak() - before
        size = len(body)
        del body
        bare.append(_bare_insert(file, folder / f"bare{turn}.db"))
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
        record(database, body, window)
        before = _written()
        again = record(database, body, window, later=timedelta(hours=6))
        written = _written() - before
    assert again.changes_nothing
    yield Figure(
        f"unchanged re-pull of {again.unchanged:,} rows writes",
        f"{written / 1000:.0f} KB",
        "fewer than 100 KB",
        written < 100_000,
    )


def append(folder: Path, scale: int) -> Iterator[Figure]:
    """One more day on a history of 30 and on one of 800 days, in turns: the best of each."""
    clusters = 2_000 // scale
    files = {days: folder / f"{days}.db" for days in (30, 800)}
    for days, file in files.items():
        grow(file, clusters, days)
    taken: dict[int, list[float]] = {days: [] for days in files}
    with ExitStack() as opened:
        databases = {days: opened.enter_context(open_database(f"sqlite:///{file}")) for days, file in files.items()}
        for turn in range(TURNS):
            for days, database in databases.items():
                day = FIRST + timedelta(days=days + turn)
                body = bulk_answer(clusters, 5, day, 1).body
                started = time.perf_counter()
                record(database, body, Window(day, day + timedelta(days=1)))
                taken[days].append(time.perf_counter() - started)
    for days, seconds in taken.items():
        yield Figure(f"append one day of {clusters * 5:,} rows to {days} days", f"{min(seconds) * 1000:.0f} ms")
    ratio = min(taken[800]) / min(taken[30])
    yield Figure("  ratio 800 / 30 days", f"{ratio:.2f}", "at most 1.20", ratio <= 1.2)


def load(folder: Path, scale: int) -> Iterator[Figure]:
    """The matrix of 50,000 series x 400 days, cost and quantity, against fetchmany of the same rows."""
    file = folder / "history.db"
    program = "import sys; from pathlib import Path; from benchmarks.history.grow import grow; "
    program += "grow(Path(sys.argv[1]), int(sys.argv[2]), 400)"
    subprocess.run([sys.executable, "-c", program, str(file), str(10_000 // scale)], check=True)
    window = Window(FIRST, FIRST + timedelta(days=400))
    with open_database(f"sqlite:///{file}") as database, database.read() as conn:
        before = _peak()
        started = time.perf_counter()
        matrix = load_matrix(conn, ("main",), window, SETTLE_AFTER)
        seconds = time.perf_counter() - started
        itself = matrix.cost.nbytes + matrix.quantity.nbytes
        over = _peak() - before - itself
        shape, filled = matrix.cost.shape, int(np.count_nonzero(matrix.cost))
        sums = matrix.cost.sum(axis=0), matrix.quantity.sum(axis=0)
        assert matrix.covered.all()
        del matrix
    bare = _fetchmany(file, shape)
    assert np.allclose(sums, bare.sums, rtol=1e-9)
    yield Figure(f"load of {shape[0]:,} x {shape[1]} ({filled:,} rows)", f"{seconds:.2f} s")
    yield Figure("  fetchmany of the same rows into the same arrays", f"{bare.seconds:.2f} s")
    yield Figure("  times as fast", f"{bare.seconds / seconds:.1f}", "at least 2.0", bare.seconds / seconds >= 2)
    yield Figure(
        f"  peak memory over the matrix itself ({itself / MIB:.0f} MiB)",
        f"{over / MIB:.0f} MiB",
        "at most 200 MiB",
        over <= 200 * MIB,
    )


def _bare_insert(source: Path, target: Path) -> float:
    """Seconds that sqlite3 alone needs for the rows, with the same table, the same journal and the same durability."""
    with closing(sqlite3.connect(source)) as history:
        rows = history.execute("SELECT day, series_id, cost, quantity FROM daily_cost").fetchall()
        (journal,) = history.execute("PRAGMA journal_mode").fetchone()
    with closing(sqlite3.connect(target, isolation_level=None)) as bare:
        bare.execute(f"PRAGMA journal_mode = {journal}")
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


@dataclass(frozen=True, slots=True, eq=False)
class _Fetched:
    """How long fetchmany took, and the sums of cost and quantity by day, so that both have read the same."""

    seconds: float
    sums: tuple[NDArray[np.float64], NDArray[np.float64]]


def _fetchmany(source: Path, shape: tuple[int, ...]) -> _Fetched:
    """Read the rows by fetchmany, as tuples, and put them into two arrays."""
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
    return _Fetched(time.perf_counter() - started, (cost.sum(axis=0), quantity.sum(axis=0)))


def _write_bulk(file: Path, clusters: int, products: int, first: date, days: int) -> None:
    """Build the body elsewhere: its making would raise this process's peak memory."""
    program = (
        "import sys; from datetime import date; from pathlib import Path; from sentinel.simulator import bulk_answer\n"
        "file, clusters, products, first, days = sys.argv[1:]\n"
        "Path(file).write_bytes(bulk_answer(int(clusters), int(products), date.fromisoformat(first), int(days)).body)"
    )
    arguments = [str(file), str(clusters), str(products), first.isoformat(), str(days)]
    subprocess.run([sys.executable, "-c", program, *arguments], check=True)


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
