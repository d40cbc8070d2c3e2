"""Presses of buttons by Socket Mode: slack-sdk's client against a real WebSocket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

import pytest

from sentinel.errors import DeliveryError, UsageError
from sentinel.notify import Button, Press
from sentinel.notify.slack.listener import SlackListener
from sentinel.notify.slack.press import read_presses
from tests.notify.slack.sending import channel, notification
from tests.notify.slack.test_first_message import OPENED
from tests.stand_ins.slack import APP_TOKEN, Listeners, Post, Slack, slack_stand_in


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A workspace of the test's own."""
    with slack_stand_in() as running:
        yield running


class Heard:
    """What was pressed, and what is answered to it."""

    def __init__(self, answer: Callable[[Press], str | None] = lambda _: None) -> None:
        self.presses: list[Press] = []
        self._answer = answer
        self._lock = Lock()

    def __call__(self, press: Press) -> str | None:
        """Take note of a press."""
        with self._lock:
            self.presses.append(press)
        return self._answer(press)


@contextmanager
def listening(slack: Slack, heard: Heard) -> Iterator[Thread]:
    """A listener in a thread, connected; it has ended afterwards."""
    stop = Event()
    listener = SlackListener(APP_TOKEN, base_url=slack.base_url, answer=heard, ping_every=0.2)
    thread = Thread(target=listener.run, args=(stop,), daemon=True)
    thread.start()
    wait_until(lambda: slack.listeners().open == 1)
    try:
        yield thread
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def wait_until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait for what happens in another thread."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def alert_in(slack: Slack) -> Post:
    """An open alert with its buttons."""
    channel(slack, buttons=True).send(notification(OPENED))
    return slack.posts()[-1]


def test_a_press_is_heard_at_once_and_says_who_pressed_what(slack: Slack) -> None:
    """Slack has its acknowledgement, the deed has everything that it needs."""
    post, heard = alert_in(slack), Heard()
    with listening(slack, heard):
        envelope = slack.press(post, "Snooze 7 days", "ann")
        wait_until(lambda: slack.heard() == [envelope["envelope_id"]] and heard.presses)
    (press,) = heard.presses
    assert (press.button, press.alert_id, press.user) == (Button.SNOOZE, 1042, "ann")
    assert press.was_in(f"{post.channel}/{post.ts}")
    assert press.was_in(f"{post.channel}/{post.ts}/shared")
    assert not press.was_in(f"C0ELSEWHERE/{post.ts}")
    assert slack.whispers() == []


def test_what_slack_tells_again_has_the_same_id(slack: Slack) -> None:
    """An envelope that comes twice is one press; a second press is another."""
    post, heard = alert_in(slack), Heard()
    with listening(slack, heard):
        envelope = slack.press(post, "Acknowledge")
        slack.tell({**envelope, "envelope_id": "again", "retry_attempt": 1})
        slack.press(post, "Acknowledge")
        wait_until(lambda: len(heard.presses) == 3)
    assert len({press.id for press in heard.presses}) == 2


@pytest.mark.parametrize("raises", [False, True], ids=["returns", "raises"])
def test_what_cannot_be_done_is_told_to_the_one_who_pressed(slack: Slack, raises: bool) -> None:
    """Escaped, and only to him or her."""

    def refuse(_: Press) -> str:
        if raises:
            raise UsageError("alert <1042> has ended")
        return "alert <1042> has ended"

    post = alert_in(slack)
    with listening(slack, Heard(refuse)):
        slack.press(post, "Expected")
        wait_until(slack.whispers)
    (whisper,) = slack.whispers()
    assert whisper["text"] == "alert &lt;1042&gt; has ended"
    assert whisper["response_type"] == "ephemeral"
    assert whisper["replace_original"] is False


def test_after_slack_asks_to_connect_anew_presses_are_still_heard(slack: Slack) -> None:
    """Slack refreshes each connection every few hours."""
    post, heard = alert_in(slack), Heard()
    with listening(slack, heard):
        slack.tell({"type": "disconnect", "reason": "refresh_requested"})
        wait_until(lambda: slack.listeners() == Listeners(open=1, ever=2))
        slack.press(post, "Explain")
        wait_until(lambda: heard.presses)


def test_a_wrong_app_token_is_told_and_not_shown(slack: Slack) -> None:
    """The listener ends, so that whoever started it can say so and try again."""
    with pytest.raises(DeliveryError, match=r"\(app_token\): Slack says invalid_auth") as caught:
        SlackListener("xapp-wrong", base_url=slack.base_url, answer=Heard()).run(Event())
    assert "xapp-wrong" not in str(caught.value)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "view_submission", "actions": [{"value": "acknowledge 1"}]},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": [{"value": "delete 1"}, {"value": "acknowledge x"}, {"value": None}]},
        {"type": "block_actions", "user": "ann", "channel": [], "actions": [{"value": "acknowledge 1 2"}]},
    ],
    ids=str,
)
def test_what_is_no_press_of_ours_is_left_alone(payload: dict[str, object]) -> None:
    """Other buttons, other interactions, other forms."""
    assert list(read_presses(payload)) == []


def test_an_entry_of_a_menu_is_a_press_too() -> None:
    """Where many alerts stand below one another the buttons are a menu."""
    action = {"type": "overflow", "action_ts": "1.5", "selected_option": {"value": "explain 7"}}
    payload = {"type": "block_actions", "user": {"id": "U1", "username": "ann"}, "actions": [action]}
    (press,) = read_presses({**payload, "channel": {"id": "C1"}, "message": {"thread_ts": "1.0"}})
    assert (press.button, press.alert_id, press.user, press.thread_ts) == (Button.EXPLAIN, 7, "ann", "1.0")
