"""The daemon as people run it: a real process, a billing API, Slack and a mail server on loopback."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from sentinel.simulator import Fault as ApiFault
from sentinel.simulator import Server, World
from tests.command import Command
from tests.stand_ins.slack import TOKEN, Fault, Slack, slack_stand_in
from tests.stand_ins.smtp import MailServer, smtp_stand_in
from tests.stand_ins.webhook import webhook_stand_in

RULES = f"""\
settings: {{pull_every: 1s, history_days: 70}}
accounts:
  - {{name: main, api_key: key, currency: USD}}
channels:
  finops: {{slack: {{token: {TOKEN}, channel: "#finops"}}}}
  owners: {{email: {{to: [owners@example.com], from: sentinel@example.com}}}}
defaults: {{notify: [finops, owners]}}
spikes:
  - {{name: spike, where: {{cluster: orders-prod}}, per: [cluster, product_family]}}
"""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the daemon talks to, and the command that starts it."""

    sentinel: Command
    api: Server
    slack: Slack
    mail: MailServer


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    """A simulated account in the middle of a spike that lasts, Slack, and a mail server."""
    world = World.build(datetime.now(UTC), seed=1)
    with ExitStack() as stack:
        api = stack.enter_context(Server({"key": world}, clock=lambda: datetime.now(UTC)))
        slack = stack.enter_context(slack_stand_in())
        mail = stack.enter_context(smtp_stand_in())
        sentinel = Command(
            tmp_path,
            {
                "SENTINEL_WARPSTREAM_URL": api.url,
                "SENTINEL_SLACK_URL": slack.base_url,
                "SENTINEL_SMTP_URL": f"smtp://{mail.host}:{mail.port}",
            },
        )
        sentinel.write_rules(RULES)
        yield Surroundings(sentinel, api, slack, mail)


@pytest.fixture
def start(around: Surroundings) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts daemons, and leaves none behind."""
    started: list[subprocess.Popen[bytes]] = []

    def start_one() -> subprocess.Popen[bytes]:
        started.append(around.sentinel.start("run"))
        return started[-1]

    yield start_one
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_until(holds: Callable[[], object], what: str, around: Surroundings, seconds: float = 60) -> None:
    """Wait for something that happens in another process."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not happen; the log says:\n{around.sentinel.log()}"
        time.sleep(0.05)


def notification_states(around: Surroundings) -> list[str]:
    """The states in the outbox, as another process sees them."""
    file = around.sentinel.folder / "sentinel.db"
    if not file.exists():
        return []
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'notification'").fetchone()
        return [state for (state,) in connection.execute("SELECT state FROM notification")] if known else []


def test_a_spike_arrives_once_in_slack_and_once_by_mail_and_further_cycles_add_nothing(
    around: Surroundings, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """The main job, end to end: pulled on schedule, judged, told once on each channel."""
    daemon = start()
    wait_until(lambda: around.slack.posts() and around.mail.mails(), "both messages", around)
    asked = around.api.requests
    wait_until(lambda: around.api.requests >= asked + 4, "two more pulls", around)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=10) == 0
    (post,) = around.slack.posts("finops")
    (mail,) = around.mail.mails()
    assert "orders-prod" in post.text
    assert "Spend spike" in post.text
    assert "orders-prod" in mail.part("plain")
    assert mail.recipients == ["owners@example.com"]
    assert notification_states(around) == ["sent", "sent"]


def test_a_daemon_killed_between_storing_and_sending_tells_it_after_its_restart(
    around: Surroundings, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """An alert that was stored is told, whatever happens to the process."""
    daemon = start()
    wait_until(partial(notification_states, around), "the alert was stored", around)
    daemon.kill()
    daemon.wait()
    start()
    wait_until(lambda: around.slack.posts() and around.mail.mails(), "both messages", around, seconds=180)
    assert len(around.slack.posts()) == 1
    assert len(around.mail.mails()) == 1


def test_sigterm_ends_the_daemon_within_ten_seconds_even_in_the_middle_of_a_send(
    around: Surroundings, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """A deployment does not wait for a slow receiver."""
    around.slack.fail(Fault("slow", seconds=25))
    daemon = start()
    wait_until(lambda: "sending" in notification_states(around), "a send began", around)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=10) == 0


def test_a_bad_answer_is_kept_named_and_changes_no_history(around: Surroundings) -> None:
    """Yesterday's history still evaluates: exit code 1, the path in the message, the raw body kept."""
    assert around.sentinel("pull").returncode == 0
    around.api.chaos.next(ApiFault.WRONG_TYPE)
    failed = around.sentinel("pull")
    assert failed.returncode == 1
    assert 'expected number, got "n/a"' in failed.stderr
    assert "breakdowns[" in failed.stderr
    evaluated = around.sentinel("evaluate")
    assert (evaluated.returncode, "opened" in evaluated.stdout) == (0, True), evaluated.stderr
    with sqlite3.connect(around.sentinel.folder / "sentinel.db") as connection:
        kept = connection.execute("SELECT COUNT(*) FROM pull_body").fetchone()
    assert kept == (1,)


def test_a_second_daemon_on_the_same_database_refuses_and_names_the_first(
    around: Surroundings, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """Two daemons would tell everything twice."""
    first = start()
    wait_until(around.slack.posts, "the first daemon runs", around)
    second = around.sentinel("run")
    assert second.returncode == 1
    assert str(first.pid) in second.stderr


def test_once_is_a_full_cycle_for_cron_and_says_by_its_exit_code_that_alerts_fire(around: Surroundings) -> None:
    """Exit code 3 with --fail-on-alert, 0 without; a second run tells nothing new, and stdout holds JSON alone."""
    told = RULES.replace("channels:", "channels:\n  here: {console: {}}")
    around.sentinel.write_rules(told.replace("[finops, owners]", "[finops, here]"))
    first = around.sentinel("once", "--json", "--fail-on-alert")
    assert first.returncode == 3, first.stderr
    assert [json.loads(line)["transition"] for line in first.stdout.splitlines()] == ["opened"]
    assert "Spend spike" in first.stderr
    rehearsed = around.sentinel("once", "--dry-run", "--fail-on-alert")
    assert (rehearsed.returncode, rehearsed.stdout) == (3, ""), "what is open still fires"
    with webhook_stand_in() as monitor:
        second = around.sentinel("once", "--json", SENTINEL_HEARTBEAT_URL=monitor.url)
        assert (second.returncode, second.stdout) == (0, "")
        assert len(monitor.deliveries()) == 1, "a sign of life"
    assert len(around.slack.posts()) == 1


def test_check_online_tries_the_api_and_every_channel_and_sends_nothing(around: Surroundings) -> None:
    """What would fail tonight is told now."""
    fine = around.sentinel("check", "--online")
    assert (fine.returncode, fine.stdout.count("works")) == (0, 3), fine.stdout
    around.sentinel.write_rules(RULES.replace("api_key: key", "api_key: stale"))
    failing = around.sentinel("check", "--online")
    assert (failing.returncode, "FAILS  account main" in failing.stdout) == (1, True), failing.stdout
    assert around.slack.posts() == []
    assert around.mail.mails() == []


def test_an_invalid_rules_file_is_told_on_sighup_and_the_old_rules_stay(
    around: Surroundings, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """A typing mistake at midnight does not end the watch."""
    daemon = start()
    wait_until(around.slack.posts, "the daemon runs", around)
    around.sentinel.write_rules(RULES.replace("spikes:", "spiks:"))
    daemon.send_signal(signal.SIGHUP)
    wait_until(lambda: len(around.slack.posts()) == 2, "the mistake was told", around)
    assert "rules file is invalid" in around.slack.posts()[1].text
    asked = around.api.requests
    wait_until(lambda: around.api.requests > asked, "the old rules still pull", around)
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=10) == 0
