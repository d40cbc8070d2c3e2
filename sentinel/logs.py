"""Logs on stderr: their form, and the guard that keeps secrets out of them."""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TextIO

from sentinel.settings import LogFormat

_MASK = "***"
_SHORTEST_SECRET = 6
"""A shorter text would be found inside ordinary words."""

_KEY = r"(?:api[-_]?key|token|secret|password|authorization)"
_TELLTALE = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"(\b[a-z][a-z0-9+.-]*://)[^\s/@'\"]+@", rf"\1{_MASK}@"),  # user:password@ in any URL
        (r"(https?://hooks\.slack\.com/)[^\s'\"]+", rf"\1{_MASK}"),
        (r"\b(?:xox[a-z]|xapp)-[\w-]+", _MASK),
        (r"\b(bearer|basic) [\w.~+/=-]+", rf"\1 {_MASK}"),
        # A key with its value, as in a query or a header; not a sentence that speaks of one.
        (rf"({_KEY}=)[^\s'\"&,;]+", rf"\1{_MASK}"),
        (rf"({_KEY}['\"]\s*:\s*['\"])[^'\"]+", rf"\1{_MASK}"),
    )
)


class Redactor:
    """Replaces secrets in texts: those it was told of, and whatever looks like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def redact(self, text: str) -> str:
        """The text without them."""
        if self._known is not None:
            text = self._known.sub(_MASK, text)
        for pattern, replacement in _TELLTALE:
            text = pattern.sub(replacement, text)
        return text


class TextFormatter(logging.Formatter):
    """`2026-03-05T14:00:00Z INFO sentinel.jobs.cycle: pulled 31 days`, traceback below."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redactor = redactor

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802, ARG002 - logging's
        """The moment in UTC."""
        return _moment(record)

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets."""
        return self._redactor.redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the traceback under `error`."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The line, without secrets."""
        said = {
            "time": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._redactor.redact(record.getMessage()),
        }
        if record.exc_info:
            said["error"] = self._redactor.redact(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False)


def set_up_logs(
    log_format: LogFormat,
    *,
    secrets: Iterable[str] = (),
    level: int = logging.INFO,
    stream: TextIO | None = None,
) -> None:
    """Send every log line to `stream` (stderr), without the given secrets; replaces an earlier set-up.

    The HTTP libraries log each request with its whole URL at INFO, and those of webhooks are secrets: they are kept
    at WARNING. So are those that tell of every step of a migration and every tick of a schedule.
    """
    redactor = Redactor(secrets)
    handler = logging.StreamHandler(sys.stderr if stream is None else stream)
    handler.setFormatter(JsonFormatter(redactor) if log_format is LogFormat.JSON else TextFormatter(redactor))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("httpx", "httpcore", "slack_sdk", "urllib3", "apprise", "alembic", "apscheduler"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # A tick that falls into the one before is left out, as it should be; a warning of each would look like a fault.
    logging.getLogger("apscheduler.scheduler").setLevel(max(level, logging.ERROR))


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
