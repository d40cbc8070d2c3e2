"""Days on the wire: `YYYY-MM-DD` and nothing else."""

from __future__ import annotations

import re
from datetime import date, timedelta

from sentinel.domain.costs import Window
from sentinel.errors import BadAnswer

_FORM = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LONGEST_ANSWER = 3660


def read_day(text: str, path: str) -> date:
    """The day that `YYYY-MM-DD` names. Raises BadAnswer for any other form, and for a day that no calendar has."""
    try:
        if _FORM.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise BadAnswer(path, f'expected a day of the calendar, got "{text}"') from error
    raise BadAnswer(path, f'expected a day as YYYY-MM-DD, got "{text[:60]}"')


def read_window(date_from: str, date_to: str) -> Window:
    """An answer's own [date_from, date_to), empty where a server repeats one inclusive day. Raises BadAnswer."""
    window = Window(read_day(date_from, "date_from"), read_day(date_to, "date_to"))
    if window.stop < window.first:
        raise BadAnswer("date_to", f"expected a day from {date_from} (date_from) on, got {date_to}")
    if window.days > _LONGEST_ANSWER:
        raise BadAnswer("date_to", f"expected at most {_LONGEST_ANSWER} days after {date_from}, got {date_to}")
    return window


def read_row_days(date_from: str, date_to: str, window: Window, path: str) -> Window:
    """The days of a half-open row [date_from, date_to), one or more. Raises BadAnswer.

    It begins in the answer's window or right at its end, for a server may take `date_end` as the last day.
    """
    row = Window(read_day(date_from, f"{path}.date_from"), read_day(date_to, f"{path}.date_to"))
    if not window.first <= row.first <= window.stop:
        detail = f"expected a day of the answer's own {window.first} to {window.stop}, got {date_from}"
        raise BadAnswer(f"{path}.date_from", detail)
    if row.stop <= row.first:
        raise BadAnswer(f"{path}.date_to", f"expected a day after {date_from} (date_from), got {date_to}")
    return row


def read_row_day(date_from: str, date_to: str, window: Window, path: str) -> date:
    """The one day of a half-open daily row. Raises BadAnswer for a row of several days: they cannot be told apart."""
    row = read_row_days(date_from, date_to, window, path)
    if row.days != 1:
        detail = f"expected {row.first + timedelta(days=1)}, the day after date_from, got {date_to}"
        raise BadAnswer(f"{path}.date_to", detail)
    return row.first


def starts_of(window: Window) -> dict[str, int]:
    """The ordinal of each day that a row may be of, by the `date_from` of such a row."""
    return {date.fromordinal(day).isoformat(): day for day in _days_of_rows(window)}


def ends_of(window: Window) -> dict[str, int]:
    """The same days by the `date_to` of a daily row."""
    return {date.fromordinal(day + 1).isoformat(): day for day in _days_of_rows(window)}


def _days_of_rows(window: Window) -> range:
    return range(window.first.toordinal(), min(window.stop.toordinal() + 1, date.max.toordinal()))
