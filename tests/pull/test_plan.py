from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.costs import Window
from sentinel.domain.coverage import KnownDays
from sentinel.pull import PullSettings, is_due, plan_days

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = NOON.date()
SETTINGS = PullSettings(history_days=60)
NOTHING = KnownDays("main")

moments = st.builds(
    lambda day, hours: datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hours),
    st.dates(date(2023, 1, 1), date(2028, 12, 31)),
    st.floats(0, 23.9),
)


def days(first: date, last: date) -> frozenset[date]:
    """All days from first to last."""
    return frozenset(Window(first, last + timedelta(days=1)).each_day())


def known(
    settled: frozenset[date], unsettled: frozenset[date] = frozenset(), refused: frozenset[date] = frozenset()
) -> KnownDays:
    """An account with these days."""
    return replace(NOTHING, settled=settled, covered=settled | unsettled, refused=refused)


def planned(account: KnownDays, moment: datetime = NOON, settings: PullSettings = SETTINGS) -> list[str]:
    """The windows of a plan as text."""
    return [f"{window.first}..{window.stop}" for window in plan_days(account, moment, settings)]


def test_a_first_pull_asks_for_the_whole_history_by_month_newest_first() -> None:
    """Today included; a window may end on the first of the next month."""
    assert planned(NOTHING) == ["2026-03-01..2026-03-21", "2026-02-01..2026-03-01", "2026-01-19..2026-02-01"]


def test_a_complete_history_asks_for_the_current_month_alone() -> None:
    """Everything before is settled, and the month before cannot change any more."""
    assert planned(known(days(date(2026, 1, 1), date(2026, 3, 18)))) == ["2026-03-01..2026-03-21"]


def test_doubtful_days_are_asked_for_again_although_they_are_settled() -> None:
    """Their month's other days are not."""
    settled = known(days(date(2026, 1, 1), date(2026, 3, 18)))
    doubted = replace(settled, doubtful=days(date(2026, 2, 3), date(2026, 2, 5)))
    assert planned(doubted) == ["2026-03-01..2026-03-21", "2026-02-03..2026-02-06"]


@pytest.mark.parametrize(("day", "asked"), [(1, True), (7, True), (8, False), (31, False)])
def test_the_month_before_is_asked_for_until_restate_days_after_its_end(day: int, asked: bool) -> None:
    """As a whole, settled or not."""
    moment = datetime(2026, 3, day, 23, 59, tzinfo=UTC)
    everything = known(days(date(2025, 1, 1), moment.date()))
    assert ("2026-02-01..2026-03-01" in planned(everything, moment)) is asked


def test_gaps_and_unsettled_days_are_asked_for() -> None:
    """A gap is a window of its own; neighbours are joined within their month."""
    gap = {date(2026, 2, 10), date(2026, 2, 11)}
    unsettled = frozenset({date(2026, 1, 31), date(2026, 2, 1)})
    settled = days(date(2026, 1, 1), date(2026, 2, 28)) - gap - unsettled
    assert planned(known(settled, unsettled)) == [
        "2026-03-01..2026-03-21",
        "2026-02-10..2026-02-12",
        "2026-02-01..2026-02-02",
        "2026-01-31..2026-02-01",
    ]


def test_a_closed_day_that_was_refused_rests() -> None:
    """Days around it, and days of the running month, are asked for all the same."""
    refused = frozenset({date(2026, 2, 10), date(2026, 3, 2), TODAY})
    assert planned(known(days(date(2026, 1, 1), date(2026, 2, 8)), refused=refused)) == [
        "2026-03-01..2026-03-21",
        "2026-02-11..2026-03-01",
        "2026-02-09..2026-02-10",
    ]


def test_days_before_a_refused_beginning_are_not_asked_for() -> None:
    """The account began later: nothing older than the refused days is known."""
    account = known(days(date(2026, 2, 10), date(2026, 2, 28)), refused=days(date(2026, 2, 3), date(2026, 2, 5)))
    assert planned(account) == ["2026-03-01..2026-03-21", "2026-02-06..2026-02-10"]


def test_a_refused_day_that_can_still_grow_does_not_rest() -> None:
    """Some APIs refuse a day that has only just ended."""
    moment = datetime(2026, 3, 1, 6, tzinfo=UTC)
    yesterday = date(2026, 2, 28)
    account = known(days(date(2025, 12, 1), date(2026, 2, 27)), refused=frozenset({yesterday}))
    assert planned(account, moment, replace(SETTINGS, restate_days=0)) == [
        "2026-03-01..2026-03-02",
        "2026-02-28..2026-03-01",
    ]


def test_days_are_utc_days() -> None:
    """Whatever zone the moment is given in."""
    tokyo = datetime(2026, 4, 1, 8, tzinfo=timezone(timedelta(hours=9)))
    assert planned(NOTHING, tokyo)[0] == "2026-03-01..2026-04-01"


@given(moments, st.integers(0, 500), st.integers(0, 40), st.data())
def test_a_plan_covers_exactly_the_wanted_days_once_within_months(
    moment: datetime, history_days: int, restate_days: int, data: st.DataObject
) -> None:
    """No day twice, none forgotten, none beyond; every window within its month; newest first."""
    today = moment.date()
    history = sorted(days(today - timedelta(days=history_days), today))
    settled = frozenset(data.draw(st.sets(st.sampled_from(history))))
    windows = plan_days(known(settled), moment, PullSettings(history_days, restate_days=restate_days))

    asked = Counter(day for window in windows for day in window.each_day())
    month = today.replace(day=1)
    whole = month if (today - month).days >= restate_days else (month - timedelta(days=1)).replace(day=1)
    assert asked == dict.fromkeys((set(history) - settled) | days(whole, today), 1)
    assert all(window.first.replace(day=1) == (window.stop - timedelta(days=1)).replace(day=1) for window in windows)
    assert list(windows) == sorted(windows, key=lambda window: window.first, reverse=True)


@given(moments, st.integers(1, 500))
def test_a_pull_that_settles_everything_leaves_only_what_can_change(moment: datetime, history_days: int) -> None:
    """The next plan asks for the current month, and maybe the one before: a pull makes progress."""
    settings = PullSettings(history_days)
    first = plan_days(NOTHING, moment, settings)
    covered = frozenset(day for window in first for day in window.each_day())
    settled = frozenset(day for day in covered if day <= moment.date() - timedelta(days=3))
    assert len(plan_days(known(settled, covered - settled), moment, settings)) <= 2


def test_a_pull_is_due_when_there_was_none() -> None:
    """A new account is pulled at once."""
    assert is_due(NOTHING, NOON, SETTINGS)


@pytest.mark.parametrize(
    ("failures", "minutes", "due"),
    [
        (0, 359, False),
        (0, 360, True),
        (1, 14, False),
        (1, 15, True),
        (2, 29, False),
        (2, 30, True),
        (4, 119, False),
        (4, 120, True),
        (9, 359, False),
        (9, 360, True),
        (10_000, 360, True),
    ],
)
def test_a_failed_pull_is_made_again_sooner_then_ever_later(failures: int, minutes: int, due: bool) -> None:
    """15 minutes, doubling, up to `pull_every`: nothing is hammered."""
    account = replace(NOTHING, last_pull=NOON, failures=failures)
    assert is_due(account, NOON + timedelta(minutes=minutes), SETTINGS) is due


def test_a_clock_set_back_does_not_stop_the_pulls() -> None:
    """The last pull seems to lie in the future."""
    assert is_due(replace(NOTHING, last_pull=NOON + timedelta(days=30)), NOON, SETTINGS)
