"""Which charge days an answer covers, which are settled, and what an account's history knows of its days.

A day is covered if some answer included it: covered and no row is zero, not covered is unknown. The billing API
leaves open whether `date_end` belongs to a window, and how late a day gets its first row, so an answer is never
read as saying more than it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sentinel.domain.costs import Window

REFUSED_DAYS_REST = timedelta(days=7)
"""So long a day that the API refused to answer for is left alone before it is asked for again."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KnownDays:
    """What the database knows of one account's days when its pulls are planned.

    `first_pull` and `last_pull` are the moments (UTC) of the attempts recorded first and last, answered or not, None
    where there was none; `failures` counts the pulls in a row, up to the last one, that ended without an answer.
    `settled` is a part of `covered`. `doubtful` are days to ask for again although they are settled: the latest attempt
    brought no answer that was believed; or their answers all came within a few hours, some time ago, when nothing was
    known that the answers of a faulty API would have differed from. `refused` are the days whose latest attempt the API
    refused (`WindowRefused`) less than `REFUSED_DAYS_REST` ago. `end_inclusive` is what was learned of `date_end`, None
    where nothing was.
    """

    account: str
    first_pull: datetime | None = None
    last_pull: datetime | None = None
    failures: int = 0
    covered: frozenset[date] = frozenset()
    settled: frozenset[date] = frozenset()
    doubtful: frozenset[date] = frozenset()
    refused: frozenset[date] = frozenset()
    end_inclusive: bool | None = None

    @property
    def begins(self) -> date | None:
        """The day that the history begins with, because the API refuses the days before it; None where that is open."""
        first = min(self.covered, default=None)
        return first if first is not None and any(day < first for day in self.refused) else None


def settles_at(day: date, settle_after: timedelta) -> datetime:
    """The first moment at which a pull finds this UTC day settled."""
    return datetime.combine(day + _DAY, time(), UTC) + settle_after


def date_end_for(asked: Window, end_inclusive: bool | None) -> date:
    """The `date_end` to send for a window: its last day where the API includes it, else the day after."""
    return asked.stop - _DAY if end_inclusive else asked.stop


def covered_days(
    asked: Window,
    answered: Window,
    newest_row: date | None,
    pulled_at: datetime,
    settle_after: timedelta,
    *,
    end_inclusive: bool | None,
) -> frozenset[date]:
    """The days that one answer tells the cost of; rows on any other day say nothing and are left aside.

    `asked` is the window that was wanted (for an imported answer: its own), `answered` the answer's own
    [date_from, date_to), `newest_row` the latest day with a cluster charge, None where there is no row,
    `end_inclusive` what was known when the request was sent. A day counts if it was asked for, lies in the answer and
    has begun. The day after both ends counts only if a row starts on it: then `date_end` was inclusive. A day after the
    newest row counts only once it is old enough to be settled: before that its row may still be missing.
    """
    first = max(asked.first, answered.first)
    # A server that includes `date_end` may repeat it as `date_to`: then date_to is one day short of the stop.
    repeated_end = bool(end_inclusive) and answered.stop == date_end_for(asked, end_inclusive)
    stop = min(asked.stop, answered.stop + _DAY if repeated_end else answered.stop)
    if newest_row == stop:
        stop += _DAY
    days = (date.fromordinal(ordinal) for ordinal in range(first.toordinal(), stop.toordinal()))
    return frozenset(
        day
        for day in days
        if day <= pulled_at.astimezone(UTC).date()
        and ((newest_row is not None and day <= newest_row) or pulled_at >= settles_at(day, settle_after))
    )


def learn_end_inclusive(
    date_end: date,
    answered: Window,
    newest_row: date | None,
    pulled_at: datetime,
    settle_after: timedelta,
    *,
    charged_on_date_end: bool,
) -> bool | None:
    """What one answer teaches about `date_end`: True inclusive, False exclusive, None nothing.

    `date_end` is what was sent (`date_end_for`), `charged_on_date_end` whether the history holds a charge on that day.
    Inclusive: a row starts on it, or the answer's window ends the day after. Exclusive: the day is old enough to be
    settled and is known to have charges, yet the answer ends right before it.
    """
    if newest_row == date_end or answered.stop == date_end + _DAY:
        return True
    closed = pulled_at >= settles_at(date_end, settle_after)
    if closed and charged_on_date_end and newest_row == date_end - _DAY and answered.stop == date_end:
        return False
    return None
