"""The daemon: ticks and signals, no logic of the field.

Every tick asks the database what is due, so a clock that jumps, a machine that slept or a tick that came late loses
nothing.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from sentinel.errors import SentinelError

log = logging.getLogger(__name__)

TICK = timedelta(seconds=30)
"""How often the database is asked whether a pull or an evaluation is due."""

DELIVERY_TICK = timedelta(seconds=2)
"""How often each channel's outbox is looked into: what was decided is told within seconds."""

GRACE = timedelta(seconds=5)
"""How long work that is under way may take to end after SIGTERM; what is cut off is taken up at the next start."""

RETRY = timedelta(seconds=30)
"""The pause before a watch that failed is begun anew."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do again and again; it looks for itself whether there is anything to do."""

    name: str
    every: timedelta
    run: Callable[[threading.Event], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that runs by itself until its event is set, and is begun anew `RETRY` after it failed."""

    name: str
    run: Callable[[threading.Event], None]


class Daemon:
    """Runs tasks and watches until a signal ends it; `reload` is called for SIGHUP, in the main thread.

    After a reload the tasks and watches are asked for again: the old watches end, and the new ones begin.
    """

    def __init__(
        self,
        tasks: Callable[[], tuple[Task, ...]],
        reload: Callable[[], None],
        watches: Callable[[], tuple[Watch, ...]] = tuple,
    ) -> None:
        self._tasks = tasks
        self._watches = watches
        self._reload = reload
        self._watched = threading.Event()
        self._stop = threading.Event()
        self._reload_wanted = threading.Event()
        self._running = 0
        self._idle = threading.Condition()

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, then let what is under way end for `GRACE`."""
        with self._signals():
            scheduler = self._scheduler()
            self._schedule(scheduler)
            self._begin_watches()
            scheduler.start()
            # A short wait, since a signal must be acted on wherever it arrives between two waits.
            while not self._stop.wait(0.5):
                if self._reload_wanted.is_set():
                    self._reload_wanted.clear()
                    self._reload()
                    self._schedule(scheduler)
                    self._begin_watches()
            log.info("stopping")
            self._watched.set()
            scheduler.shutdown(wait=False)
            self._wait_for_work()

    def _scheduler(self) -> BackgroundScheduler:
        return BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(32)},
            # A tick that could not run on time runs late, once: work is chosen by the database, not by the tick.
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )

    def _schedule(self, scheduler: BackgroundScheduler) -> None:
        scheduler.remove_all_jobs()
        for task in self._tasks():
            scheduler.add_job(
                self._guarded(task),
                "interval",
                seconds=task.every.total_seconds(),
                id=task.name,
                next_run_time=datetime.now(UTC),
            )

    def _begin_watches(self) -> None:
        """End those that run, and begin those that are wanted now."""
        self._watched.set()
        self._watched = threading.Event()
        for watch in self._watches():
            # A daemon thread: the grace at the end is all that anything gets.
            threading.Thread(
                target=self._keep_watching, args=(watch, self._watched), name=watch.name, daemon=True
            ).start()

    def _keep_watching(self, watch: Watch, end: threading.Event) -> None:
        with self._at_work():
            while not end.is_set():
                try:
                    watch.run(end)
                except SentinelError as error:
                    log.error("%s: %s", watch.name, error)  # noqa: TRY400 - a named error explains itself
                except Exception:
                    log.exception("%s failed; it will be tried again", watch.name)
                end.wait(RETRY.total_seconds())

    def _guarded(self, task: Task) -> Callable[[], None]:
        def run() -> None:
            with self._at_work():
                try:
                    if not self._stop.is_set():
                        task.run(self._stop)
                except SentinelError as error:
                    log.error("%s: %s", task.name, error)  # noqa: TRY400 - a named error explains itself
                except Exception:
                    log.exception("%s failed; it will be tried again", task.name)

        return run

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        """Counted among what the end waits for."""
        with self._idle:
            self._running += 1
        try:
            yield
        finally:
            with self._idle:
                self._running -= 1
                self._idle.notify_all()

    def _wait_for_work(self) -> None:
        deadline = time.monotonic() + GRACE.total_seconds()
        with self._idle:
            while self._running and (left := deadline - time.monotonic()) > 0:
                self._idle.wait(left)
            cut_off = self._running
        if cut_off:
            log.warning("%d tasks did not end in time; the next start takes them up", cut_off)
            logging.shutdown()
            # Their threads would keep the interpreter alive; all that matters is in the database.
            os._exit(0)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Handlers first: as process 1 of a container, an unhandled SIGTERM would be ignored."""

        def end(_number: int, _frame: FrameType | None) -> None:
            self._stop.set()

        def reload(_number: int, _frame: FrameType | None) -> None:
            self._reload_wanted.set()

        handlers = {signal.SIGTERM: end, signal.SIGINT: end, signal.SIGHUP: reload}
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
