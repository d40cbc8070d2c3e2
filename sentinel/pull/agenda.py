"""The windows still to ask for in one pull, cut to what the API manages to answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import timedelta

from sentinel.domain.costs import Window

_REFUSED_DAYS_THAT_END_IT = 3
"""So many single days refused in a row, and older ones are not tried: the account began later."""


def split(window: Window) -> tuple[Window, ...]:
    """The two halves of a window, the newer one first; nothing where it has a single day."""
    if window.days <= 1:
        return ()
    middle = window.first + timedelta(days=window.days // 2)
    return Window(middle, window.stop), Window(window.first, middle)


class Agenda:
    """Takes the windows of a plan one by one, newest first, and learns from what became of each.

    After each window that `next` gave, tell what became of it: `answered`, `too_big` or `refused`. Its length is the
    number of windows still to come, as far as is known by now.
    """

    def __init__(self, windows: Iterable[Window]) -> None:
        self._windows = deque(windows)
        self._limit = 31
        self._ceiling = 31
        self._refused_days = 0

    def __len__(self) -> int:
        return len(self._windows)

    def next(self) -> Window | None:
        """Take the next window, None when all are done."""
        if not self._windows:
            return None
        window = self._windows.popleft()
        while window.days > self._limit:
            newer, older = split(window)
            self._windows.appendleft(older)
            window = newer
        return window

    def answered(self) -> None:
        """The last window was answered: after a refusal, longer ones are tried again."""
        self._refused_days = 0
        self._limit = min(2 * self._limit, self._ceiling)

    def too_big(self, window: Window) -> bool:
        """The answer was too large or too slow: its halves come next. False where it cannot be split."""
        self._ceiling = self._limit = max(1, (window.days + 1) // 2)
        return self._split(window)

    def refused(self, window: Window) -> bool:
        """The API does not answer for the window: its halves come next, in case it does for one of them.

        False where it cannot be split: this one day is refused. After a few such days in a row, the rest,
        which is older, is dropped.
        """
        self._limit = max(1, (window.days + 1) // 2)
        if self._split(window):
            return True
        self._refused_days += 1
        if self._refused_days >= _REFUSED_DAYS_THAT_END_IT:
            self._windows.clear()
        return False

    def again(self, window: Window) -> None:
        """Ask for a window once more, next: `date_end` turned out inclusive, and the answer ran into the next month."""
        self._windows.appendleft(window)

    def _split(self, window: Window) -> bool:
        halves = split(window)
        self._windows.extendleft(reversed(halves))
        return bool(halves)
