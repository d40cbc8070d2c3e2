"""Saved API answers become history, as if they had been pulled when they say."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

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
    database: Database, account: str, paths: Iterable[Path], pulled_at: datetime | None, settle_after: timedelta
) -> Iterator[ImportedFile]:
    """Store each answer in a transaction of its own; a bad file stores nothing and does not stop the others.

    Without `pulled_at` an answer counts as pulled when its newest row ended.
    """
    for path in paths:
        source = "standard input" if str(path) == "-" else str(path)
        try:
            answer = decode_answer(_read(path))
            moment = pulled_at or _newest_row_ended(answer)
            with database.write() as conn:
                report = record_answer(conn, account, moment, None, answer, settle_after)
        except (BadAnswer, OSError) as error:
            yield ImportedFile(source, None, str(error))
        else:
            yield ImportedFile(source, report)


def _read(path: Path) -> bytes:
    raw = sys.stdin.buffer.read(MAX_BYTES + 1) if str(path) == "-" else path.read_bytes()
    if raw.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
                raw = packed.read(MAX_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadAnswer("", f"the gzip data is damaged: {error}") from error
    if len(raw) > MAX_BYTES:
        raise BadAnswer("", f"larger than {MAX_BYTES // 1024**3} GiB")
    return raw


def _newest_row_ended(answer: Answer) -> datetime:
    newest = max((row[1] for cluster in answer.clusters() for row in cluster.charges), default=None)
    if newest is None:
        return start_of(answer.window.stop)
    return start_of(date.fromordinal(newest) + timedelta(days=1))
