"""One incident over five days, as a team lives through it in Slack."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

import pytest

from sentinel.domain.costs import Window
from sentinel.jobs.deliver import deliver_pending
from sentinel.jobs.evaluate import evaluate
from sentinel.jobs.press import act_on
from sentinel.notify import open_channel, open_listener
from sentinel.rules.model import Rules
from sentinel.settings import Settings
from sentinel.store import Database, marks, open_database, queue_state, record_answer
from tests.stand_ins.slack import APP_TOKEN, TOKEN, Post, Slack, slack_stand_in
from tests.store.answers import Called, Row, answer

START = date(2026, 1, 5)
STEADY = 60
UNITS = 100_000_000
NAMES = Called(clusters={"vci_a": "orders-prod"}, workspaces={"wi_1": "production"})
RULES = Rules.model_validate(
    {
        "settings": {"history_days": 60, "settle_after": "12h"},
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "channels": {"finops": {"slack": {"token": TOKEN, "channel": "#finops", "app_token": APP_TOKEN}}},
        "defaults": {"notify": ["finops"]},
        "freshness": {"enabled": False},
        "spikes": [{"name": "each-cluster", "per": ["cluster"], "severity": "critical", "remind_every": "1d"}],
    }
)


def steady(days: int) -> list[float]:
    """A cost that moves by a percent or two."""
    return [100 * (1 + 0.01 * ((7 * n) % 5 - 2)) for n in range(days)]


@dataclass(slots=True)
class Team:
    """A small account, a Slack channel, and sentinel between them; `now` is moved by hand."""

    database: Database
    slack: Slack
    costs: list[float]
    now: datetime = field(default_factory=lambda: at(0))

    def live_until(self, moment: datetime) -> None:
        """Pull everything, evaluate, and deliver, as a cycle does it."""
        self.now = moment
        today = (moment.date() - START).days
        window = Window(START, moment.date() + timedelta(days=1))
        days = enumerate(self.costs[: today + 1])
        rows = [Row(START + timedelta(days=n), round(cost * UNITS), cost * 50) for n, cost in days]
        with self.database.write() as conn:
            settle_after = RULES.settings.settle_after
            record_answer(conn, "main", moment, window, answer(window, rows, called=NAMES), settle_after)
        evaluate(self.database, RULES, "hash", moment)
        self.deliver()

    def marks(self) -> list[str]:
        """Who has spoken."""
        with self.database.read() as conn:
            return [mark.author for mark in marks(conn)]

    def waiting(self) -> int:
        """How many messages wait for Slack."""
        with self.database.read() as conn:
            return sum(state.waiting for state in queue_state(conn))

    def deliver(self) -> None:
        """Send what waits."""
        channels = {name: open_channel(name, spec, self.settings) for name, spec in RULES.channels.items()}
        deliver_pending(self.database, RULES, channels, lambda: self.now, sleep=lambda _: None)

    @property
    def settings(self) -> Settings:
        """Where Slack is."""
        return Settings(slack_url=self.slack.base_url)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Somebody may press buttons meanwhile."""
        stop = Event()
        listener = open_listener(
            APP_TOKEN, self.settings, lambda press: act_on(self.database, RULES, ("finops",), press, self.now)
        )
        thread = Thread(target=listener.run, args=(stop,), daemon=True)
        thread.start()
        wait_until(lambda: self.slack.listeners().open == 1)
        yield
        stop.set()
        thread.join()


def at(day: int, hour: int = 14) -> datetime:
    """An hour of the nth day of the history."""
    return datetime.combine(START + timedelta(days=day), datetime.min.time(), UTC) + timedelta(hours=hour)


def wait_until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait for what happens in another thread."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@pytest.fixture
def team(sqlite_url: str) -> Iterator[Team]:
    """Sixty steady days, three days of an incident, then steady days again."""
    with ExitStack() as stack:
        slack = stack.enter_context(slack_stand_in())
        database = stack.enter_context(open_database(sqlite_url))
        yield Team(database, slack, [*steady(STEADY), 300.0, 620.0, 310.0, *steady(10)])


FIGURES = (
    (r"\(\$?[\d.]+ to \$?[\d.]+\)", "(band)"),
    (r"\bz \d+\.\d", "z score"),
    (r"score [\d.]+, from \d+ days, \d+ left out", "score and days"),
    (r"more than \$[\d.]+, the upper", "more than the upper"),
)
"""What the detector works out, and what it stands for here."""

BUTTONS = ["Acknowledge", "Snooze 7 days", "Expected", "Explain"]
STANDING = """\
CRITICAL  Spend spike: orders-prod
Expected $100 (band) on Sat 7 Mar, saw at least $620: +$520 (+520%), second day, $720 so far
Volume +520%, price unchanged. 100% of the excess of workspace production"""
FACTS = "production / us-east-1 / rule each-cluster / z score / id 1"
RESOLVED = f"""\
RESOLVED  Spend spike: orders-prod
Back to normal on two settled days
On 3 days, Fri 6 Mar to Sun 8 Mar: +$930 in all
{FACTS}
`sentinel alerts show 1`"""
THREAD = [
    f"""\
CRITICAL  Spend spike, escalated: orders-prod
Expected $100 (band) on Sat 7 Mar, saw at least $620: +$520 (+520%), second day, $720 so far
It grew from $200 when last told to $720
Volume +520%, price unchanged. 100% of the excess of workspace production
{FACTS}""",
    """\
Acknowledged by @ann
No more reminders; what gets worse is still told
rule each-cluster / id 1""",
    """\
Why: orders-prod on Sat 7 Mar
It fired: $620 is more than the upper end of what is usual, and $520 (520%) more than expected, where the rule asks \
for $10 and 25%
Expected $100 (band), score and days
Of the difference $520 is volume, $0 is price
The day is not settled: its cost can still grow
rule each-cluster / id 1
`sentinel explain each-cluster --day 2026-03-07`""",
    RESOLVED,
]


def test_one_incident_over_five_days_is_one_thread(team: Team) -> None:
    """Opened with a chart, escalated, acknowledged and explained by buttons, not reminded, resolved: word for word.

    What got worse, and the end, are shown in the channel too.
    """
    team.live_until(at(59))
    assert team.slack.posts() == []

    team.live_until(at(60))
    (first,), (chart,) = team.slack.posts("finops"), team.slack.uploads("finops")
    assert spoken(first) == (
        "CRITICAL  Spend spike: orders-prod\n"
        "Expected $100 (band) on Fri 6 Mar, saw at least $300: +$200 (+200%)\n"
        f"Volume +200%, price unchanged. 100% of the excess of workspace production\n{FACTS}"
    )
    assert first.buttons == BUTTONS
    assert chart.thread_ts == first.ts
    assert_is_chart(team.slack, chart)

    team.live_until(at(61))
    first = team.slack.posts("finops")[0]
    assert (spoken(first), first.buttons) == (f"{STANDING}\n{FACTS}", BUTTONS)

    with team.listening():
        told_twice = team.slack.press(first, "Acknowledge", "ann")
        team.slack.tell(told_twice)
        wait_until(lambda: len(team.slack.heard()) == 2 and team.marks() == ["ann"])
        team.slack.press(first, "Explain", "bob")
        wait_until(lambda: team.waiting() == 2)
    team.deliver()
    first = team.slack.posts("finops")[0]
    assert spoken(first) == f"{STANDING}\nAcknowledged by ann on Sat 7 Mar\n{FACTS}"
    assert first.buttons == BUTTONS[1:]

    told = team.slack.posts(), team.slack.uploads()
    for day in (62, 63, 64):
        team.live_until(at(day))
    assert (team.slack.posts(), team.slack.uploads()) == told

    team.live_until(at(65))
    first, *thread = team.slack.posts()
    assert (spoken(first), first.buttons) == (RESOLVED, [])
    assert {post.thread_ts for post in (*thread, *team.slack.uploads())} == {first.ts}
    assert [spoken(post) for post in thread] == THREAD
    assert [post.broadcast for post in thread] == [True, False, False, True]
    assert team.marks() == ["ann"]
    assert team.slack.whispers() == []


def test_without_a_word_from_anybody_the_same_incident_is_reminded_of(team: Team) -> None:
    """What the story's silence is worth: nobody spoke, so the thread says it again."""
    for day in (59, 60, 61, 62):
        team.live_until(at(day))
    assert team.slack.posts()[-1].words.startswith("CRITICAL  Spend spike, reminder: orders-prod\n")


def spoken(post: Post) -> str:
    """What a post says, without its buttons; the detector's own figures are left to the detector's tests."""
    words = "\n".join(line for line in post.words.splitlines() if line not in BUTTONS)
    for pattern, stands_for in FIGURES:
        words = re.sub(pattern, stands_for, words)
    return words


def assert_is_chart(slack: Slack, post: Post) -> None:
    """A picture of sixty days, in the thread."""
    (file,) = post.files
    assert file["alt_txt"].startswith("Bar chart of what orders-prod cost on 60 days")
    assert slack.picture(file).startswith(b"\x89PNG")
