"""Progress of long work, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


@contextmanager
def pull_progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each account that tells windows done of windows in all."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("windows"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def told(account: str, done: int, total: int) -> None:
            task = (
                tasks.setdefault(account, bars.add_task(account, total=total))
                if account not in tasks
                else tasks[account]
            )
            bars.update(task, completed=done, total=total)

        yield told


@contextmanager
def count_progress(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """One bar that tells how many units are done of how many."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bars:
        task = bars.add_task(what, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
