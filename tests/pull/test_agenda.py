from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.costs import Window
from sentinel.domain.coverage import KnownDays
from sentinel.pull import Agenda, PullSettings, plan_days, split

windows = st.builds(
    lambda first, length: Window(first, first + timedelta(days=length)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(2, 31),
)


def plan(history_days: int = 100) -> tuple[Window, ...]:
    """The first plan of an account on 20 March."""
    return plan_days(KnownDays("main"), datetime(2026, 3, 20, 12, tzinfo=UTC), PullSettings(history_days))


@given(windows)
def test_a_window_is_split_in_two_halves_newest_first(window: Window) -> None:
    """They follow one another, and differ by one day at most."""
    newer, older = split(window)
    assert (older.first, older.stop, newer.stop) == (window.first, newer.first, window.stop)
    assert newer.days - older.days in {0, 1}


def test_a_single_day_cannot_be_split() -> None:
    """There is nothing shorter to ask for."""
    assert split(Window(date(2026, 1, 1), date(2026, 1, 2))) == ()


def test_an_agenda_without_trouble_is_the_plan() -> None:
    """Nothing is cut without a reason."""
    assert asked(Agenda(plan())) == list(plan())


@given(st.integers(1, 31), st.integers(0, 400))
def test_every_day_is_answered_once_however_little_the_api_manages(longest: int, history_days: int) -> None:
    """Windows that are too big are cut until they fit, and no day is lost or asked for twice."""
    answered: list[Window] = []
    ask = Agenda(plan(history_days))
    while window := ask.next():
        if window.days > longest:
            assert ask.too_big(window)
        else:
            ask.answered()
            answered.append(window)
    assert days_of(answered) == days_of(plan(history_days))
    assert len(ask) == 0


def test_what_was_too_big_once_is_not_tried_again() -> None:
    """A deadline that passed costs minutes: later months are cut beforehand."""
    ask = Agenda(plan())
    tried = asked(ask, lambda window: ask.too_big(window) if window.days > 10 else ask.answered())
    assert [window.days for window in tried if window.days > 10] == [20]


def test_a_day_that_is_too_big_by_itself_is_given_up() -> None:
    """The caller is told, and the rest goes on."""
    ask = Agenda([Window(date(2026, 3, 1), date(2026, 3, 3))])
    outcomes = []
    while window := ask.next():
        outcomes.append(ask.too_big(window))
    assert outcomes == [True, False, False]


def test_history_before_the_account_began_is_found_with_few_questions() -> None:
    """All days since the beginning are answered; of the many days before, only some are asked for."""
    began = date(2026, 1, 10)
    answered: list[Window] = []
    ask = Agenda(plan(history_days=400))

    def reply(window: Window) -> None:
        if window.first < began:
            ask.refused(window)
        else:
            ask.answered()
            answered.append(window)

    tried = asked(ask, reply)
    assert days_of(answered) == sorted(Window(began, date(2026, 3, 21)).each_day())
    assert len(tried) < 20


def test_a_refusal_of_today_does_not_keep_the_history_away() -> None:
    """An API may not answer for the running day; every other day is asked for, soon by month again."""
    today = date(2026, 3, 20)
    answered: list[Window] = []
    ask = Agenda(plan(history_days=400))

    def reply(window: Window) -> None:
        if window.stop > today:
            ask.refused(window)
        else:
            ask.answered()
            answered.append(window)

    tried = asked(ask, reply)
    assert days_of(answered) == [day for day in days_of(plan(history_days=400)) if day != today]
    assert len(tried) < 30


def test_single_refused_days_do_not_end_the_agenda() -> None:
    """Only a run of them shows that nothing older is to be had."""
    holes = {date(2026, 3, day) for day in (2, 5, 9, 12, 15)}
    answered: list[Window] = []
    ask = Agenda(plan())

    def reply(window: Window) -> None:
        if holes.intersection(window.each_day()):
            ask.refused(window)
        else:
            ask.answered()
            answered.append(window)

    asked(ask, reply)
    assert days_of(answered) == [day for day in days_of(plan()) if day not in holes]


def test_a_window_can_be_asked_for_again() -> None:
    """It comes next."""
    ask = Agenda(plan())
    first = ask.next()
    assert first is not None
    ask.again(first)
    assert ask.next() == first


def asked(ask: Agenda, reply: Callable[[Window], object] = lambda _: None) -> list[Window]:
    """All windows that an agenda gives while it is told their outcome."""
    tried = []
    while window := ask.next():
        tried.append(window)
        reply(window)
    return tried


def days_of(windows: Iterable[Window]) -> list[date]:
    """Their days in order, those that stand twice twice."""
    return sorted(day for window in windows for day in window.each_day())
