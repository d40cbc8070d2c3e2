"""SIGKILL at random moments while three channels deliver: nothing is lost, and what comes twice is known to be."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from sentinel.domain.messages import Message, Tone
from sentinel.store import enqueue, open_database
from tests.stand_ins.serving import ROOT, started
from tests.stand_ins.slack import TOKEN, Slack
from tests.stand_ins.smtp import MailServer, smtp_stand_in
from tests.stand_ins.webhook import Webhook
from tests.store.conversations import NOW, open_in

CHANNELS = ("slack", "mail", "hook")
LEASE_AND_MORE = 150
"""Seconds that the clock goes ahead from one process to the next."""


@dataclass(frozen=True, slots=True)
class Receivers:
    """Slack, a mail server and a webhook, each a process of its own."""

    slack: Slack
    mail: MailServer
    hook: Webhook

    def rules(self) -> str:
        """Three channels without grouping, limit and pace."""
        kinds = {
            "slack": f'slack: {{token: {TOKEN}, channel: "#finops"}}',
            "mail": "email: {to: [owners@example.com], from: sentinel@example.com}",
            "hook": f'webhook: {{url: "{self.hook.url}"}}',
        }
        channels = "".join(
            f"  {name}: {{{kind}, digest_above: never, rate_limit: none, pace: 0s}}\n" for name, kind in kinds.items()
        )
        return f"accounts: [{{name: main, api_key: key}}]\nchannels:\n{channels}"

    def environment(self) -> Mapping[str, str]:
        """Where they are."""
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SENTINEL_SLACK_URL": self.slack.base_url,
            "SENTINEL_SMTP_URL": f"smtp://{self.mail.host}:{self.mail.port}",
        }

    def arrived(self) -> dict[str, Counter[str]]:
        """How often each headline arrived, for each channel."""
        return {
            "slack": Counter(post.text.partition(" / ")[0] for post in self.slack.posts()),
            "mail": Counter(str(mail.parsed["Subject"]) for mail in self.mail.mails()),
            "hook": Counter(delivery.content["message"]["headline"] for delivery in self.hook.deliveries()),
        }


@pytest.fixture
def receivers() -> Iterator[Receivers]:
    """Running receivers."""
    with ExitStack() as stack:
        slack = stack.enter_context(started("tests.stand_ins.slack"))
        mail = stack.enter_context(smtp_stand_in())
        hook = stack.enter_context(started("tests.stand_ins.webhook"))
        yield Receivers(Slack(slack["url"]), mail, Webhook(hook["url"]))


def headline(number: int) -> str:
    """What tells one alert, the same words on every channel."""
    return f"WARNING alert {number} of many"


def write_alerts(url: str, alerts: int) -> None:
    """Alerts and their notifications to all channels, written as an evaluation writes them: in one transaction."""
    with open_database(url) as database:
        opened = open_in(database, *range(alerts))
        with database.write() as conn:
            for number, alert in enumerate(opened):
                message = Message(Tone.WARNING, headline(number), alert_ids=(alert.id or 0,))
                for channel in CHANNELS:
                    assert enqueue(conn, channel, f"evaluation-1/{number}", message, NOW)


def start(folder: Path, receivers: Receivers, ahead: float) -> subprocess.Popen[bytes]:
    """A process that has begun to deliver."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.killed", f"sqlite:///{folder / 'sentinel.db'}", str(ahead)],
        cwd=folder,
        env=dict(receivers.environment()),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"delivering\n"
    return process


def kill_again_and_again(folder: Path, receivers: Receivers, kills: int, chance: random.Random) -> int:
    """Deliver, with a SIGKILL after a random share of the work each time, then to the end; how many were in time.

    The shares add up to about all there is: the last kills hit what earlier ones have left behind.
    """
    killed = 0
    most = 2 * unsent(folder) // kills
    for attempt in range(kills):
        with start(folder, receivers, attempt * LEASE_AND_MORE) as process:
            enough = unsent(folder) - chance.randint(0, most)
            while unsent(folder) > enough and process.poll() is None:
                time.sleep(0.1)
            time.sleep(chance.uniform(0.0, 0.05))
            killed += process.poll() is None
            process.kill()
    for rest in range(5):
        with start(folder, receivers, (kills + rest) * LEASE_AND_MORE) as process:
            process.wait(timeout=900)
        if not unsent(folder):
            break
    return killed


def unsent(folder: Path) -> int:
    """How many notifications are not recorded as sent."""
    with closing(sqlite3.connect(folder / "sentinel.db", timeout=60)) as connection:
        (count,) = connection.execute("SELECT count(*) FROM notification WHERE state <> 'sent'").fetchone()
    return int(count)


def answers_lost(folder: Path) -> dict[str, set[str]]:
    """For each channel the numbers of the alerts whose notification was once sent, or begun, without an answer."""
    with closing(sqlite3.connect(folder / "sentinel.db")) as connection:
        rows = connection.execute("SELECT channel, key FROM notification WHERE uncertain").fetchall()
    lost: dict[str, set[str]] = {channel: set() for channel in CHANNELS}
    for channel, key in rows:
        lost[channel].add(headline(int(key.rpartition("/")[2])))
    return lost


def prove(folder: Path, receivers: Receivers, alerts: int, kills: int, seed: int) -> None:
    """Nothing is lost, and nothing comes twice but where the answer was lost; in Slack nothing does."""
    url = f"sqlite:///{folder / 'sentinel.db'}"
    (folder / "rules.yaml").write_text(receivers.rules(), encoding="utf-8")
    write_alerts(url, alerts)
    killed = kill_again_and_again(folder, receivers, kills, random.Random(seed))
    arrived, lost = receivers.arrived(), answers_lost(folder)
    twice = {channel: {told for told, times in arrived[channel].items() if times > 1} for channel in CHANNELS}
    figures = ", ".join(
        f"{channel} {len(lost[channel])} answers lost, {len(twice[channel])} told twice" for channel in CHANNELS
    )
    print(f"\n{alerts} alerts on 3 channels, {killed} processes killed: {figures}")  # noqa: T201 - the figures
    assert killed >= kills // 2
    assert sum(map(len, lost.values())) > 0
    expected = {headline(number) for number in range(alerts)}
    for channel in CHANNELS:
        assert set(arrived[channel]) == expected
        assert twice[channel] <= lost[channel]
    assert twice["slack"] == set()
    assert unsent(folder) == 0
    with closing(sqlite3.connect(folder / "sentinel.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_is_lost_when_the_process_is_killed(tmp_path: Path, receivers: Receivers) -> None:
    """Sixty alerts on three channels, five kills."""
    prove(tmp_path, receivers, alerts=60, kills=5, seed=3)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_over_a_thousand_alerts(tmp_path: Path, receivers: Receivers, seed: int) -> None:
    """A thousand alerts on three channels, forty kills."""
    prove(tmp_path, receivers, alerts=1000, kills=40, seed=seed)
