"""Buttons in Slack with the daemon as people run it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

from tests.stand_ins.slack import APP_TOKEN, Listeners
from tests.test_daemon import RULES, Surroundings, around, start, wait_until

__all__ = ["around", "start"]

WITH_BUTTONS = RULES.replace('channel: "#finops"', f'channel: "#finops", app_token: {APP_TOKEN}')


def test_a_press_is_answered_in_the_thread_and_sigterm_ends_the_listener_in_time(
    around: Surroundings, start: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """The daemon listens by itself; a reload lets it listen anew, and it still ends within ten seconds."""
    around.sentinel.write_rules(WITH_BUTTONS)
    daemon = start()
    wait_until(lambda: around.slack.posts("finops"), "the alert was told", around)
    wait_until(lambda: around.slack.listeners().open == 1, "it listens", around)
    around.slack.press(around.slack.posts("finops")[0], "Acknowledge", "ann")
    wait_until(
        lambda: any(post.words.startswith("Acknowledged by @ann") for post in around.slack.posts("finops")),
        "the press was answered",
        around,
    )
    first = around.slack.posts("finops")[0]
    wait_until(lambda: "Acknowledge" not in around.slack.posts("finops")[0].buttons, "the button is gone", around)
    daemon.send_signal(signal.SIGHUP)
    wait_until(lambda: around.slack.listeners() == Listeners(open=1, ever=2), "it listens anew, and only there", around)
    around.slack.press(first, "Snooze 7 days", "bob")
    wait_until(
        lambda: any(post.words.startswith("Snoozed by @bob until") for post in around.slack.posts("finops")),
        "the second press was answered",
        around,
    )
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=10) == 0
