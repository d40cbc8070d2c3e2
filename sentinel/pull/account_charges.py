"""Credits and support charges of an account: a shape that the documentation leaves open, so two are read."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sentinel.domain.costs import AccountCharge, Window
from sentinel.errors import BadAnswer
from sentinel.pull.days import read_row_days
from sentinel.pull.totals import read_units
from sentinel.pull.wire import AccountRow

_log = logging.getLogger(__name__)


def read_account_charges(rows: Iterable[AccountRow], window: Window) -> tuple[AccountCharge, ...]:
    """The account charges of an answer, added up by product and day, or by product and month where they bear no day.

    A row with `breakdowns` is dated by these, a breakdown of several days of one month by its month. A row with only a
    `total` belongs to the month of the answer. Where the answer spans two months, such a row can be told to neither: it
    is left aside with a warning. Raises BadAnswer.
    """
    sums: Counter[tuple[str, date, date | None]] = Counter()
    for index, row in enumerate(rows):
        for charge in _charges(row, window, f"account_charges[{index}]"):
            sums[charge.product, charge.month, charge.day] += charge.cost
    return tuple(AccountCharge(product, month, day, cost) for (product, month, day), cost in sums.items())


def _charges(row: AccountRow, window: Window, path: str) -> Iterator[AccountCharge]:
    if row.breakdowns is not None:
        for index, part in enumerate(row.breakdowns):
            place = f"{path}.breakdowns[{index}]"
            days = read_row_days(part.date_from, part.date_to, window, place)
            month = _month_of(days)
            if month is None:
                raise BadAnswer(f"{place}.date_to", f"expected the same month as {days.first}, got {part.date_to}")
            day = days.first if days.days == 1 else None
            yield AccountCharge(row.product, month, day, read_units(part.total, f"{place}.total"))
    elif bytes(row.total):
        cost = read_units(row.total, f"{path}.total")
        month = _month_of(window)
        if month is None:
            _log.warning(
                "%s (%s) was left aside: it bears no days, and the answer of %s to %s spans more than one month",
                *(path, row.product, window.first, window.stop),
            )
        else:
            yield AccountCharge(row.product, month, None, cost)
    else:
        raise BadAnswer(path, 'expected "breakdowns" or "total" beside "product"')


def _month_of(days: Window) -> date | None:
    """The first day of the month that all the days lie in."""
    last = max(days.first, days.stop - timedelta(days=1))
    month = days.first.replace(day=1)
    return month if last.replace(day=1) == month else None
