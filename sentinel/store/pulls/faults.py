"""What went wrong with the pulls, each fault once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from sentinel.domain.costs import Window
from sentinel.store.pulls.covering import oldest_covered
from sentinel.store.pulls.known import reaches_before
from sentinel.store.pulls.outcome import Outcome
from sentinel.store.pulls.pull_log import PastPull, pulls_since

_NUMBER = re.compile(r"(?<!answered )\b\d[\d.,:-]*")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that went wrong with an account's pulls, `times` times.

    `kind` is the name of the error, `message` the newest, `first` and `last` the moments of the first and the last
    time, `asked` the window of the last. `ongoing`: for the newest day of a window nothing was stored since.
    """

    account: str
    kind: str
    message: str
    first: datetime
    last: datetime
    times: int
    asked: Window | None
    ongoing: bool


def faults(conn: Connection, account: str, since: datetime) -> tuple[Fault, ...]:
    """What went wrong since a moment, each fault once, the newest first.

    Failed pulls, those that were made again at once, and answers kept aside are all faults. Two are the same where
    they are told in the same words, whatever the numbers in these. That the API refuses the days before the account's
    history begins is no fault.
    """
    begins = oldest_covered(conn, account)
    answered: dict[date, int] = {}
    same: dict[tuple[str, str], list[_Failure]] = {}
    for place, pull in enumerate(pulls_since(conn, account, since)):
        if pull.outcome is Outcome.STORED:
            answered |= dict.fromkeys(pull.about.each_day(), place)
        elif not reaches_before(begins, pull.error_kind, pull.asked):
            same.setdefault((pull.error_kind or "", _words(pull.error)), []).append(_Failure(place, pull))
    found = (_fault(failures, answered) for failures in same.values())
    return tuple(sorted(found, key=lambda fault: fault.last, reverse=True))


@dataclass(frozen=True, slots=True)
class _Failure:
    """A pull that stored nothing, and its place in the order of pulls."""

    place: int
    pull: PastPull

    def lasts(self, answered: dict[date, int]) -> bool:
        """Whether no later pull was stored; `answered` has the place of the last one by day.

        Only the newest day counts: older ones may leave the history before they are asked for again.
        """
        days = self.pull.about
        return days.days > 0 and answered.get(date.fromordinal(days.stop.toordinal() - 1), -1) < self.place


def _fault(failures: list[_Failure], answered: dict[date, int]) -> Fault:
    first, last = failures[0].pull, failures[-1].pull
    return Fault(
        account=last.account,
        kind=last.error_kind or "",
        message=last.error,
        first=first.pulled_at,
        last=last.pulled_at,
        times=len(failures),
        asked=last.asked,
        ongoing=any(failure.lasts(answered) for failure in failures),
    )


def _words(message: str) -> str:
    """A message without its numbers and without what the API said; the status of an answer is no such number."""
    return _NUMBER.sub("0", message.partition("; it says: ")[0])
