from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sentinel.domain.costs import Window
from sentinel.domain.coverage import covered_days, date_end_for, learn_end_inclusive, settles_at

DAY = timedelta(days=1)
SETTLE_AFTER = timedelta(hours=36)
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
MARCH = Window(date(2026, 3, 1), date(2026, 3, 21))


class DateEnd(Enum):
    """What a server makes of `date_end`: how far its days reach, and how far its `date_to`."""

    EXCLUSIVE = (0, 0)
    INCLUSIVE = (1, 0)
    INCLUSIVE_HALF_OPEN = (1, 1)


@dataclass(frozen=True)
class Server:
    """A billing API: after its frontier no day has a row yet, and `idle` days never have one."""

    date_end: DateEnd
    frontier: date
    idle: frozenset[date]

    def answer(self, first: date, date_end: date) -> tuple[Window, date | None, frozenset[date]]:
        """Its own window, its newest row, and the days it really speaks of."""
        reach, shift = self.date_end.value
        days = Window(first, date_end + reach * DAY)
        rows = [day for day in days.each_day() if day <= self.frontier and day not in self.idle]
        return Window(first, date_end + shift * DAY), max(rows, default=None), frozenset(days.each_day())


@st.composite
def servers(draw: st.DrawFn, moment: datetime) -> Server:
    """Servers that have every row of a day once it is settled, and none of the future."""
    today = moment.date()
    closed = max(day for day in Window(today - 4 * DAY, today).each_day() if settles_at(day, SETTLE_AFTER) <= moment)
    frontier = draw(st.sampled_from(list(Window(closed, today + DAY).each_day())))
    idle = draw(st.frozensets(st.sampled_from(list(Window(today - 40 * DAY, today + DAY).each_day()))))
    return Server(draw(st.sampled_from(DateEnd)), frontier, idle)


@st.composite
def questions(draw: st.DrawFn) -> tuple[datetime, Server, Window]:
    """A moment, a server, and a window of days up to tomorrow."""
    moment = datetime(2026, 3, draw(st.integers(1, 31)), tzinfo=UTC) + draw(st.timedeltas(timedelta(0), DAY * 0.99))
    today = moment.date()
    first = draw(st.dates(today - 40 * DAY, today))
    return moment, draw(servers(moment)), Window(first, draw(st.dates(first, today)) + DAY)


@given(questions(), st.none() | st.booleans())
def test_nothing_is_covered_that_the_answer_does_not_speak_of(
    question: tuple[datetime, Server, Window], learned: bool | None
) -> None:
    """A covered day was in the answer, and it is no day whose first row is still to come."""
    moment, server, asked = question
    assume(learned is not True or server.date_end is not DateEnd.EXCLUSIVE)
    answered, newest, spoken_of = server.answer(asked.first, date_end_for(asked, learned))
    covered = covered_days(asked, answered, newest, moment, SETTLE_AFTER, end_inclusive=learned)
    assert covered <= spoken_of
    assert all(day <= server.frontier for day in covered)


@given(questions())
def test_every_settled_day_that_was_asked_for_is_covered(question: tuple[datetime, Server, Window]) -> None:
    """Also one without any row, once it is known what `date_end` means."""
    moment, server, asked = question
    inclusive = server.date_end is not DateEnd.EXCLUSIVE
    answered, newest, _ = server.answer(asked.first, date_end_for(asked, inclusive))
    covered = covered_days(asked, answered, newest, moment, SETTLE_AFTER, end_inclusive=inclusive)
    assert covered >= {day for day in asked.each_day() if settles_at(day, SETTLE_AFTER) <= moment}


@given(questions(), st.none() | st.booleans())
def test_what_is_learned_of_date_end_is_true(question: tuple[datetime, Server, Window], asked_as: bool | None) -> None:
    """Whatever was believed before, an answer never teaches the opposite of how its server works."""
    moment, server, asked = question
    date_end = date_end_for(asked, asked_as)
    assume(date_end >= asked.first)
    answered, newest, _ = server.answer(asked.first, date_end)
    learned = learn_end_inclusive(
        date_end,
        answered,
        newest,
        moment,
        SETTLE_AFTER,
        charged_on_date_end=date_end <= server.frontier and date_end not in server.idle,
    )
    assert learned in {None, server.date_end is not DateEnd.EXCLUSIVE}


@pytest.mark.parametrize("date_end", DateEnd)
def test_date_end_is_learned_from_closed_days_with_charges(date_end: DateEnd) -> None:
    """A window of the past whose next day has charges tells the three kinds of servers apart."""
    server = Server(date_end, NOON.date(), frozenset())
    asked = Window(date(2026, 3, 1), date(2026, 3, 10))
    answered, newest, _ = server.answer(asked.first, asked.stop)
    learned = learn_end_inclusive(asked.stop, answered, newest, NOON, SETTLE_AFTER, charged_on_date_end=True)
    assert learned is (date_end is not DateEnd.EXCLUSIVE)


@pytest.mark.parametrize(
    ("date_end", "newest"),
    [(date(2026, 3, 19), date(2026, 3, 18)), (date(2026, 3, 10), date(2026, 3, 8)), (date(2026, 3, 10), None)],
)
def test_an_answer_that_is_late_or_poor_teaches_nothing_of_date_end(date_end: date, newest: date | None) -> None:
    """The day may not have settled, or rows may be missing for another reason."""
    answered = Window(date(2026, 3, 1), date_end)
    assert learn_end_inclusive(date_end, answered, newest, NOON, SETTLE_AFTER, charged_on_date_end=True) is None


@pytest.mark.parametrize(
    ("newest", "last"),
    [
        (date(2026, 3, 20), 20),
        (date(2026, 3, 19), 19),
        (date(2026, 3, 18), 18),
        (date(2026, 3, 10), 18),
        (None, 18),
    ],
)
def test_days_after_the_newest_row_count_once_they_are_old_enough(newest: date | None, last: int) -> None:
    """At noon of the 20th, 36 hours after its end, the 18th has settled; the 19th may still get its first row."""
    covered = covered_days(MARCH, MARCH, newest, NOON, SETTLE_AFTER, end_inclusive=None)
    assert covered == set(Window(MARCH.first, date(2026, 3, last + 1)).each_day())


def test_an_answer_for_more_than_was_asked_covers_what_was_asked() -> None:
    """A server may repeat the billing month as its window, and yet hold only rows of the days asked for."""
    asked = Window(date(2026, 3, 10), date(2026, 3, 12))
    month = Window(date(2026, 3, 1), date(2026, 4, 1))
    covered = covered_days(asked, month, date(2026, 3, 11), NOON, SETTLE_AFTER, end_inclusive=None)
    assert covered == set(asked.each_day())


def test_an_answer_for_less_than_was_asked_covers_what_it_answers() -> None:
    """The rest stays unknown."""
    shorter = Window(date(2026, 3, 3), date(2026, 3, 6))
    covered = covered_days(MARCH, shorter, date(2026, 3, 5), NOON, SETTLE_AFTER, end_inclusive=None)
    assert covered == set(shorter.each_day())


def test_an_answer_for_other_days_covers_nothing() -> None:
    """No day of it was asked for."""
    other = Window(date(2026, 1, 1), date(2026, 1, 5))
    assert covered_days(MARCH, other, date(2026, 1, 4), NOON, SETTLE_AFTER, end_inclusive=None) == set()


def test_date_to_itself_is_covered_only_if_a_row_starts_on_it() -> None:
    """A closed window of a server whose `date_end` is not known."""
    asked = Window(date(2026, 3, 1), date(2026, 3, 5))
    without = covered_days(asked, asked, date(2026, 3, 4), NOON, SETTLE_AFTER, end_inclusive=None)
    with_row = covered_days(asked, asked, date(2026, 3, 5), NOON, SETTLE_AFTER, end_inclusive=None)
    assert without == set(asked.each_day())
    assert with_row == without | {date(2026, 3, 5)}


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 100))
def test_a_day_settles_so_long_after_its_utc_end(day: date, hours: int) -> None:
    """The end of a day is the next midnight."""
    midnight = datetime.combine(day, time(), UTC) + DAY
    assert settles_at(day, timedelta(hours=hours)) == midnight + timedelta(hours=hours)
