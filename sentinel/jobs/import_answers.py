"""Saved API answers become history, as if they had been pulled when people say, or else when they say themselves."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sentinel.domain.costs import Answer
from sentinel.domain.moments import start_of
from sentinel.errors import BadAnswer, UsageError
from sentinel.pull import decode_answer
from sentinel.store import Database, PullReport, record_answer

_GZIP = b"\x1f\x8b"
_SUFFIXES = (".json", ".json.gz")

MAX_BYTES = 2 * 1024**3
"""A file that unpacks to more is no answer of a billing API."""


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What one file brought: a report, or why it could not be read."""

    source: str
    report: PullReport | None
    error: str | None = None


def find_answers(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files to read: those named, and in folders every .json and .json.gz; `-` is standard input.

    Raises UsageError for a path that does not exist and for a folder without answers.
    """
    found: list[Path] = []
    for path in paths:
        if str(path) == "-" or path.is_file():
            found.append(path)
        elif path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and p.name.endswith(_SUFFIXES))
            if not inside:
                raise UsageError(f"{path}: the folder holds no .json or .json.gz file")
            found += inside
        else:
            raise UsageError(f"{path}: no such file or folder")
    return tuple(found)


def import_answers(
    database: Database,
    account: str,
    paths: Iterable[Path],
    pulled_at: datetime | None,
    settle_after: timedelta,
    now: datetime,
    *,
    settled: bool = False,
) -> Iterator[ImportedFile]:
    """Store each answer in a transaction of its own; a bad file stores nothing and does not stop the others.

    Without `pulled_at` an answer counts as pulled when its newest row ended, or `now` where that is still to come.
    Where people say that its figures had `settled`, it counts as pulled `settle_after` later. Of several that count as
    pulled at the same moment, the fullest has the last word: the later `date_to`, then the more rows, then the later
    name. Raises UsageError where figures cannot have settled yet; then nothing is stored.
    """
    sources = [_Source(path) for path in paths]
    if pulled_at is None:
        yield from _import_in_order(database, account, sources, settle_after, now, settled=settled)
        return
    for source in sources:
        try:
            yield _store(database, account, source, decode_answer(source.read()), pulled_at, settle_after)
        except (BadAnswer, OSError) as error:
            yield ImportedFile(source.name, None, str(error))


def _import_in_order(
    database: Database,
    account: str,
    sources: Iterable[_Source],
    settle_after: timedelta,
    now: datetime,
    *,
    settled: bool,
) -> Iterator[ImportedFile]:
    """Look at all answers, and store them in the order of their moments."""
    ranked: list[tuple[_Rank, _Source]] = []
    bad: list[ImportedFile] = []
    for source in sources:
        try:
            rank = _rank(decode_answer(source.read()), source.name)
        except (BadAnswer, OSError) as error:
            bad.append(ImportedFile(source.name, None, str(error)))
            continue
        if settled and rank.moment + settle_after > now:
            ended = f"its newest day ended at {rank.moment:%Y-%m-%d %H:%M} UTC"
            raise UsageError(f"{source.name}: {ended}, so its figures have not settled yet: leave --settled out")
        moment = rank.moment + settle_after if settled else min(rank.moment, now)
        ranked.append((rank._replace(moment=moment), source))
    yield from bad
    for rank, source in sorted(ranked, key=lambda one: one[0]):
        try:
            yield _store(database, account, source, decode_answer(source.read()), rank.moment, settle_after)
        except (BadAnswer, OSError) as error:
            yield ImportedFile(source.name, None, str(error))


def _store(
    database: Database, account: str, source: _Source, answer: Answer, moment: datetime, settle_after: timedelta
) -> ImportedFile:
    with database.write() as conn:
        return ImportedFile(source.name, record_answer(conn, account, moment, None, answer, settle_after))


class _Source:
    """A file, or standard input, which can be read only once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._content: bytes | None = None
        self.name = "standard input" if str(path) == "-" else str(path)

    def read(self) -> bytes:
        """The JSON text of the answer. Raises BadAnswer and OSError."""
        if str(self._path) != "-":
            return _unpacked(self._path.read_bytes())
        if self._content is None:
            self._content = _unpacked(sys.stdin.buffer.read(MAX_BYTES + 1))
        return self._content


class _Rank(NamedTuple):
    """An answer's place among those that do not say when they were pulled."""

    moment: datetime
    date_to: date
    rows: int
    name: str


def _rank(answer: Answer, name: str) -> _Rank:
    """An answer's place, if it was pulled when its newest row ended."""
    days = answer.daily_charges().day
    ended = start_of(date.fromordinal(int(days.max()) + 1) if len(days) else answer.window.stop)
    return _Rank(ended, answer.window.stop, len(days), name)


def _unpacked(raw: bytes) -> bytes:
    if raw.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
                raw = packed.read(MAX_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadAnswer("", f"the gzip data is damaged: {error}") from error
    if len(raw) > MAX_BYTES:
        raise BadAnswer("", f"larger than {MAX_BYTES // 1024**3} GiB")
    return raw
