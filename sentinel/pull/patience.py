"""How long to wait before the same request is made again."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from threading import Event

from sentinel.errors import ApiUnavailable, PullError

Retried = Callable[[PullError], None]
"""Told what went wrong with an attempt, right before the same is tried again."""

STOPPING = "sentinel is stopping: the pull was given up, and is made again after the next start"


def unheard(_error: PullError) -> None:
    """Tell nobody."""


_log = logging.getLogger(__name__)


class Patience:
    """The waits between the attempts of one request: doubling, jittered, and never shorter than the API asks for.

    `first` and `longest` are in seconds; `longest` caps Retry-After as well. `shutdown` ends a wait early.
    """

    def __init__(self, first: float, longest: float, shutdown: Event, retried: Retried) -> None:
        self._next = first
        self._longest = longest
        self._shutdown = shutdown
        self._retried = retried
        self._error: ApiUnavailable | None = None
        self._seconds = 0.0

    def after(self, error: Exception) -> bool | float:
        """Decide, as stamina's backoff hook: False gives up, 0 goes on at once, for only `wait` can be ended early."""
        if not isinstance(error, ApiUnavailable) or self._shutdown.is_set():
            return False
        self._error = error
        backoff = self._next * random.uniform(0.5, 1.0)  # noqa: S311 - jitter is no secret
        self._next *= 2
        self._seconds = min(self._longest, max(backoff, error.retry_after or 0.0))
        return 0.0

    def wait(self) -> None:
        """Wait as long as the last error calls for, before the first attempt not at all. Raises ApiUnavailable."""
        if self._seconds:
            _log.info("asking again in %.1f s", self._seconds)
        if self._shutdown.wait(self._seconds):
            raise ApiUnavailable(STOPPING)
        if self._error:
            self._retried(self._error)
