"""Which days to ask for: decided from what the database knows, never from the ticks of a clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sentinel.domain.costs import Window
from sentinel.domain.coverage import KnownDays, settles_at

_DAY = timedelta(days=1)
_FIRST_RETRY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class PullSettings:
    """What rules.yaml says of pulling.

    `history_days`: how many days before today are wanted. `settle_after`: so long after its end a day can still grow.
    `restate_days`: so long after a month's end all of it is still asked for again. `pull_every`: the time between two
    pulls.
    """

    history_days: int = 400
    settle_after: timedelta = timedelta(hours=36)
    restate_days: int = 7
    pull_every: timedelta = timedelta(hours=6)


def is_due(known: KnownDays, moment: datetime, settings: PullSettings) -> bool:
    """Whether a pull is due: `pull_every` after the last one, sooner and then ever later while pulls fail."""
    if known.last_pull is None or moment < known.last_pull:
        return True
    doublings = min(known.failures - 1, 32)
    wait = settings.pull_every if known.failures == 0 else min(settings.pull_every, _FIRST_RETRY * 2**doublings)
    return moment - known.last_pull >= wait


def plan_days(known: KnownDays, moment: datetime, settings: PullSettings) -> tuple[Window, ...]:
    """The windows to ask for, newest first, each within one month; `stop` may be the first of the next.

    Wanted are, since `history_days` before today: the days not covered, those not settled and the doubtful ones; and as
    a whole the current month, and the one before until `restate_days` after its end. Today is among them. Closed days
    that the API refused lately are left out, and with them the older ones if nothing older is known: the account began
    later.
    """
    today = moment.astimezone(UTC).date()
    tomorrow = today + _DAY
    asked_whole = _first_of_asked_months(today, settings.restate_days)
    first = today - timedelta(days=settings.history_days)
    resting = {day for day in known.refused if moment >= settles_at(day, settings.settle_after)}
    began_after = _newest_before_history(resting, known)
    wanted = {
        day
        for day in Window(first, tomorrow).each_day()
        if (day not in known.settled or day in known.doubtful)
        and day not in resting
        and (began_after is None or day > began_after)
    }
    return _windows(wanted.union(Window(asked_whole, tomorrow).each_day()))


def _first_of_asked_months(today: date, restate_days: int) -> date:
    current = today.replace(day=1)
    return (current - _DAY).replace(day=1) if (today - current).days < restate_days else current


def _newest_before_history(refused: set[date], known: KnownDays) -> date | None:
    oldest = min(known.covered, default=date.max)
    return max((day for day in refused if day < oldest), default=None)


def _windows(days: Iterable[date]) -> tuple[Window, ...]:
    """Neighbouring days of one month joined, newest first."""
    windows: list[Window] = []
    for day in sorted(days, reverse=True):
        if windows and windows[-1].first == day + _DAY and day.month == windows[-1].first.month:
            windows[-1] = Window(day, windows[-1].stop)
        else:
            windows.append(Window(day, day + _DAY))
    return tuple(windows)
