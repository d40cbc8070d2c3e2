"""Scheduled reports: each due moment is told once, whatever runs when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count, takewhile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel.domain.costs import Window
from sentinel.domain.schedules import due_moments
from sentinel.errors import ApiUnavailable
from sentinel.evaluate import Inquiry
from sentinel.jobs.due_reports import make_due_reports
from sentinel.jobs.report import report, send_report
from sentinel.rules.model import Rules
from sentinel.rules.reports import read_schedule
from sentinel.store import (
    Database,
    ReportProgress,
    begin_report,
    open_database,
    record_answer,
    record_failed_pull,
    record_report,
    reports_made,
    waiting_notifications,
)
from tests.store.answers import Row, answer

FIRST = date(2026, 1, 5)
UNITS = 100_000_000
SETTLE_AFTER = timedelta(hours=36)
WEEKLY = {"name": "weekly", "every": "monday 09:00", "notify": ["here"]}


def rules_of(*reports: dict[str, Any], zone: str = "UTC") -> Rules:
    """Rules with these reports."""
    return Rules.model_validate(
        {
            "settings": {"timezone": zone, "history_days": 60},
            "accounts": [{"name": "main", "api_key": "k"}],
            "channels": {"here": {"console": {}}, "there": {"console": {}}},
            "reports": list(reports),
        }
    )


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Desk:
    """A database that is pulled and asked by hand."""

    database: Database
    rules: Rules = field(default_factory=lambda: rules_of(WEEKLY))

    def pull(self, moment: str) -> None:
        """An answer for all days up to this one, each at ten dollars."""
        now = at(moment)
        window = Window(FIRST, now.date() + timedelta(days=1))
        rows = [Row(day, 10 * UNITS, 500.0) for day in window.each_day()]
        with self.database.write() as conn:
            record_answer(conn, "main", now, window, answer(window, rows), SETTLE_AFTER)

    def fail(self, moment: str) -> None:
        """The API is down."""
        now = at(moment)
        window = Window(now.date() - timedelta(days=3), now.date() + timedelta(days=1))
        with self.database.write() as conn:
            record_failed_pull(conn, "main", now, window, ApiUnavailable("HTTP 503"))

    def tick(self, moment: str) -> list[str]:
        """What is made at a moment: names and periods."""
        made = make_due_reports(self.database, self.rules, at(moment))
        return [f"{one.report.name} {one.report.spend.period}" for one in made]

    def told(self, channel: str = "here") -> list[str]:
        """The headlines that wait for a channel."""
        with self.database.read() as conn:
            return [one.message.headline for one in waiting_notifications(conn, channel)]

    def lines(self) -> tuple[str, ...]:
        """What the newest of them says."""
        with self.database.read() as conn:
            return waiting_notifications(conn, "here")[-1].message.lines


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """An account with a history since January."""
    with open_database(sqlite_url) as database:
        yield Desk(database)


def test_a_weekly_report_is_made_once_after_its_time(desk: Desk) -> None:
    """Not before, not again, and again a week later."""
    desk.pull("2026-03-01 06:00")
    assert desk.tick("2026-03-01 06:01") == []
    desk.pull("2026-03-02 06:00")
    assert desk.tick("2026-03-02 08:59") == []
    assert desk.tick("2026-03-02 09:00") == ["weekly 2026-02-23 to 2026-03-01"]
    assert desk.tick("2026-03-02 09:00") == []
    assert desk.tick("2026-03-08 23:00") == []
    desk.pull("2026-03-09 06:00")
    assert desk.tick("2026-03-09 09:01") == ["weekly 2026-03-02 to 2026-03-08"]
    assert desk.told() == [
        "REPORT  weekly: $70 in the week of Mon 23 Feb, unchanged",
        "REPORT  weekly: $70 in the week of Mon 2 Mar, unchanged",
    ]


def test_a_new_report_tells_nothing_of_before_it_was_there(desk: Desk) -> None:
    """Its first moment is the next one."""
    desk.pull("2026-03-02 10:00")
    assert desk.tick("2026-03-02 10:00") == []
    assert desk.tick("2026-03-08 10:00") == []


def test_another_schedule_begins_anew_and_another_receiver_does_not(desk: Desk) -> None:
    """A time moved behind the present one is not due a second time on the same day."""
    desk.pull("2026-03-01 06:00")
    desk.tick("2026-03-01 06:00")
    desk.pull("2026-03-02 06:00")
    assert len(desk.tick("2026-03-02 09:30")) == 1
    desk.rules = rules_of(WEEKLY | {"every": "monday 10:00"})
    assert desk.tick("2026-03-02 11:00") == []
    desk.rules = rules_of(WEEKLY | {"every": "monday 10:00", "notify": ["there"]})
    desk.pull("2026-03-09 06:00")
    assert len(desk.tick("2026-03-09 10:00")) == 1
    assert (len(desk.told()), len(desk.told("there"))) == (1, 1)


def test_a_report_that_comes_back_has_missed_nothing(desk: Desk) -> None:
    """While it was not in the rules nobody wanted it."""
    desk.pull("2026-03-01 06:00")
    desk.tick("2026-03-01 06:00")
    desk.rules = rules_of()
    assert desk.tick("2026-03-03 06:00") == []
    desk.rules = rules_of(WEEKLY)
    desk.pull("2026-03-20 06:00")
    assert desk.tick("2026-03-20 06:00") == []


def test_reports_missed_while_nothing_ran_are_one_and_say_so(desk: Desk) -> None:
    """Only the newest is made, late; it says for when it was, and how many are lost."""
    desk.pull("2026-03-01 06:00")
    desk.tick("2026-03-01 06:00")
    desk.pull("2026-03-25 12:00")
    assert desk.tick("2026-03-25 12:00") == ["weekly 2026-03-16 to 2026-03-22"]
    assert desk.lines()[-2:] == (
        "This report was due on Mon 23 Mar 09:00 UTC and comes 2 days late",
        "3 earlier reports were missed: nothing was running when they were due",
    )
    assert desk.tick("2026-03-25 12:01") == []


def test_a_report_waits_for_the_days_of_its_period(desk: Desk) -> None:
    """Until a pull has brought them."""
    desk.pull("2026-03-01 06:00")
    desk.tick("2026-03-01 06:00")
    desk.pull("2026-02-28 12:00")
    desk.rules = rules_of(WEEKLY | {"every": "monday 09:00"})
    desk.pull("2026-03-07 12:00")
    desk.fail("2026-03-09 08:00")
    assert desk.tick("2026-03-09 09:00") == []
    assert desk.tick("2026-03-09 13:59") == []
    desk.pull("2026-03-09 14:10")
    assert desk.tick("2026-03-09 14:11") == ["weekly 2026-03-02 to 2026-03-08"]
    assert any(
        line.startswith("This report was due on Mon 9 Mar 09:00 UTC and comes 5 hours late") for line in desk.lines()
    )


def test_a_report_does_not_wait_for_ever(desk: Desk) -> None:
    """After six hours it goes out, names the days that are unknown, and says why."""
    desk.pull("2026-03-07 12:00")
    desk.tick("2026-03-07 12:00")
    desk.fail("2026-03-09 08:00")
    assert desk.tick("2026-03-09 14:59") == []
    assert desk.tick("2026-03-09 15:00") == ["weekly 2026-03-02 to 2026-03-08"]
    assert desk.told() == ["REPORT  weekly: at least $60 in the week of Mon 2 Mar, unchanged"]
    assert "Sun 8 Mar is unknown: no answer covers it" in desk.lines()
    assert "The pulls of main fail since Mon 9 Mar 08:00 UTC: HTTP 503" in desk.lines()


def test_a_first_failure_after_a_pause_is_waited_for_as_well(desk: Desk) -> None:
    """The six hours count from when the pulls began to fail, not from a moment when nothing was running."""
    desk.pull("2026-03-07 12:00")
    desk.tick("2026-03-07 12:00")
    desk.fail("2026-03-11 08:00")
    assert desk.tick("2026-03-11 08:01") == []
    desk.pull("2026-03-11 08:30")
    assert desk.tick("2026-03-11 08:31") == ["weekly 2026-03-02 to 2026-03-08"]


def test_a_time_before_the_period_has_ended_in_utc_is_waited_for(desk: Desk) -> None:
    """Monday 08:00 in Tokyo is Sunday 23:00 in UTC: the week of its readers is told, once its last day has ended."""
    desk.rules = rules_of(WEEKLY | {"every": "monday 08:00"}, zone="Asia/Tokyo")
    desk.pull("2026-03-08 20:00")
    desk.tick("2026-03-08 20:00")
    assert desk.tick("2026-03-08 23:00") == []
    assert desk.tick("2026-03-09 00:00") == ["weekly 2026-03-02 to 2026-03-08"]


def test_days_before_the_history_are_not_waited_for(desk: Desk) -> None:
    """A month report of a young history says what is unknown at once."""
    desk.rules = rules_of({"name": "m", "every": "1st 09:00", "notify": ["here"]}).model_copy(
        update={"settings": rules_of().settings.model_copy(update={"history_days": 10})}
    )
    with desk.database.write() as conn:
        window = Window(date(2026, 2, 19), date(2026, 3, 2))
        rows = [Row(day, UNITS, 1.0) for day in window.each_day()]
        record_answer(conn, "main", at("2026-03-01 06:00"), window, answer(window, rows), SETTLE_AFTER)
    desk.tick("2026-03-01 07:00")
    assert desk.tick("2026-03-01 09:00") == ["m 2026-02-01 to 2026-02-28"]
    assert "18 days from Sun 1 Feb to Wed 18 Feb are unknown: no answer covers them" in desk.lines()


def test_what_somebody_asks_for_is_sent_besides(desk: Desk) -> None:
    """It is neither instead of the scheduled one nor swallowed by it."""
    desk.pull("2026-03-01 06:00")
    desk.tick("2026-03-01 06:00")
    desk.pull("2026-03-02 06:00")
    rule = desk.rules.reports[0]
    for minute in (30, 31):
        moment = at(f"2026-03-02 08:{minute}")
        send_report(desk.database, rule, report(desk.database, desk.rules, Inquiry.of(rule), moment), moment)
    assert len(desk.tick("2026-03-02 09:00")) == 1
    assert len(desk.told()) == 3


def test_of_two_programs_one_makes_a_report(database_url: str) -> None:
    """Whoever records first has it; the other one writes nothing."""
    with open_database(database_url) as database:
        with database.write() as conn:
            begin_report(conn, "weekly", "monday 09:00 UTC", at("2026-03-01 06:00"))
            seen = reports_made(conn)["weekly"]
            begin_report(conn, "weekly", "monday 09:00 UTC", at("2026-03-05 06:00"))
            assert reports_made(conn) == {"weekly": seen}
        due = at("2026-03-02 09:00")
        with database.write() as conn:
            assert record_report(conn, "weekly", seen, due)
        with database.write() as conn:
            assert not record_report(conn, "weekly", seen, due)
            assert reports_made(conn) == {"weekly": ReportProgress("monday 09:00 UTC", due)}


NAMES = (f"r{number}" for number in count())
EVERY = ("day 02:30", "day 00:00", "sunday 02:30", "monday 09:00", "31st 23:59")
BEGIN = at("2026-03-20 00:00")
"""Both changes of the clocks of 2026 in Berlin lie in the year after it."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One database for all examples, each with a report of a name of its own."""
    with open_database(f"sqlite:///{Path(tmp_path_factory.mktemp('due')) / 'sentinel.db'}") as database:
        yield database


@settings(max_examples=15)
@given(
    every=st.sampled_from(EVERY),
    zone=st.sampled_from(("UTC", "Europe/Berlin", "America/New_York")),
    ticks=st.lists(st.integers(0, 250 * 24 * 2).map(lambda half: BEGIN + timedelta(minutes=30 * half)), max_size=12),
)
def test_each_due_moment_is_told_or_counted_exactly_once(
    shared: Database, every: str, zone: str, ticks: list[datetime]
) -> None:
    """Whenever and in whatever order it is looked: those that are made and those that are missed are all of them."""
    rules = rules_of({"name": next(NAMES), "every": every, "notify": ["here"]}, zone=zone)
    made = [one.report.due for tick in [BEGIN, *ticks] for one in make_due_reports(shared, rules, tick)]
    newest = max([BEGIN, *ticks])
    # A report may wait until its period has ended in UTC as well, which no zone is a day behind.
    closed = takewhile(lambda one: one <= newest, due_moments(read_schedule(every), ZoneInfo(zone), BEGIN))
    due = list(closed)
    told = [one for one in made if one is not None]
    assert len({one.moment for one in told}) == len(told)
    assert {one.moment for one in told} <= set(due)
    waiting = [one for one in due if not told or one > told[-1].moment]
    assert sum(1 + one.missed for one in told) == len(due) - len(waiting)
    assert all(newest - one < timedelta(days=1) for one in waiting)
