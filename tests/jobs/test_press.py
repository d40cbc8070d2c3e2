"""What becomes of a press, and of a word from the command line, for those who were told of the alert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from sentinel.domain.alerts import Alert, AlertState, MarkKind
from sentinel.domain.messages import Notification, Phase, Receipt
from sentinel.jobs.press import act_on
from sentinel.jobs.respond import respond
from sentinel.notify import Button, Press
from sentinel.rules.model import Rules
from sentinel.store import Database, claim, marks, open_database, record_sent, update_alerts
from tests.store.conversations import LEASE, NOW, open_in, put

LATER = NOW + timedelta(hours=1)
SLACK = {"slack": {"token": "xoxb-1", "channel": "#finops", "app_token": "xapp-1"}}
RULES = Rules.model_validate(
    {
        "accounts": [{"name": "main", "api_key": "made-up"}],
        "channels": {
            "finops": SLACK,
            "quiet": {"slack": {"webhook_url": "https://hooks.example.com/1"}},
            "oncall": {"pagerduty": {"routing_key": "r"}},
            "team": {"slack": {"token": "xoxb-1", "channel": "#team"}},
        },
    }
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database, of both kinds."""
    with open_database(database_url) as opened:
        yield opened


def told(database: Database, *channels: str) -> Alert:
    """An open alert that these channels were told of, each in its place."""
    (alert,) = open_in(database, 1)
    for channel in channels:
        put(database, f"first-{channel}", alert.id, channel=channel)
        arrived(database, channel, Receipt("C0FINOPS01/1.5"))
    return alert


def arrived(database: Database, channel: str, receipt: Receipt) -> Notification | None:
    """Take what waits for a channel and record that it has arrived."""
    with database.write() as conn:
        notification = claim(conn, channel, LATER, LEASE)
        if notification is not None:
            record_sent(conn, notification, receipt, LATER)
        return notification


def press(
    alert: Alert, button: Button = Button.ACKNOWLEDGE, number: str = "U1/1.0", place: str = "C0FINOPS01"
) -> Press:
    """A press of a button below an alert."""
    return Press(number, button, alert.id or 0, "ann", place, None, "https://hooks.example.com/answer")


def pressed(database: Database, what: Press) -> str | None:
    """What the one who pressed is told."""
    return act_on(database, RULES, ("finops",), what, LATER)


def kinds(database: Database) -> list[tuple[MarkKind, str]]:
    """The marks, and who made them."""
    with database.read() as conn:
        return [(mark.kind, mark.author) for mark in marks(conn)]


def test_a_press_is_a_mark_and_an_answer_wherever_one_can_stand(database: Database) -> None:
    """Slack's threads and PagerDuty hear of it; an incoming webhook, and who was never told, do not."""
    alert = told(database, "finops", "quiet", "oncall")
    assert pressed(database, press(alert)) is None
    assert kinds(database) == [(MarkKind.ACKNOWLEDGED, "ann")]
    answered = {name: arrived(database, name, Receipt("x")) for name in RULES.channels}
    assert [name for name, each in answered.items() if each is not None] == ["finops", "oncall"]
    slack = answered["finops"]
    assert slack is not None
    assert slack.message.headline == "Acknowledged by @ann"
    assert slack.message.phase is Phase.ACKNOWLEDGED
    assert slack.message.standing is not None
    assert "Acknowledged by ann on" in slack.message.standing.lines[-1]
    assert (slack.thread, slack.threads) == ("C0FINOPS01/1.5", {alert.id: "C0FINOPS01/1.5"})


def test_the_same_press_counts_once(database: Database) -> None:
    """However often Slack tells of it; a second press is a second word."""
    alert = told(database, "finops")
    for _ in range(3):
        assert pressed(database, press(alert)) is None
    assert len(kinds(database)) == 1
    pressed(database, press(alert, number="U2/2.0"))
    assert len(kinds(database)) == 2


def test_a_message_can_be_answered_as_soon_as_it_stands_there(database: Database) -> None:
    """Whoever is faster than the receipt is heard too, and answered after it."""
    (alert,) = open_in(database, 1)
    put(database, "first", alert.id)
    assert pressed(database, press(alert)) is None
    arrived(database, "finops", Receipt("C0FINOPS01/1.5"))
    answered = arrived(database, "finops", Receipt("x"))
    assert answered is not None
    assert answered.thread == "C0FINOPS01/1.5"


def test_snoozed_for_seven_days(database: Database) -> None:
    """The mark says until when."""
    alert = told(database, "finops")
    pressed(database, press(alert, Button.SNOOZE))
    with database.read() as conn:
        (mark,) = marks(conn)
    assert (mark.kind, mark.until) == (MarkKind.SNOOZED, LATER + timedelta(days=7))


def test_expected(database: Database) -> None:
    """The next evaluation ends the alert."""
    alert = told(database, "finops")
    pressed(database, press(alert, Button.EXPECTED))
    assert kinds(database) == [(MarkKind.EXPECTED, "ann")]


def test_an_explanation_is_no_mark(database: Database) -> None:
    """It changes nothing, and says so where the rule is gone."""
    alert = told(database, "finops")
    assert pressed(database, press(alert, Button.EXPLAIN)) is None
    assert kinds(database) == []
    answered = arrived(database, "finops", Receipt("x"))
    assert answered is not None
    assert answered.message.phase is None
    assert answered.message.lines == ("Its rule is no longer in rules.yaml",)


@pytest.mark.parametrize("button", Button)
def test_an_alert_that_this_channel_was_never_told_of_is_none_of_its_business(
    database: Database, button: Button
) -> None:
    """An unknown number, another Slack channel, or a channel that heard nothing: one answer, and nothing is done."""
    alert = told(database, "team")
    for what in (
        press(replace(alert, id=4711), button),
        press(alert, button),
        press(told_elsewhere(database), button, place="C0ELSEWHERE"),
    ):
        assert pressed(database, what) == f"Alert {what.alert_id} is none that this channel was told of"
    assert kinds(database) == []


def told_elsewhere(database: Database) -> Alert:
    """Another alert, told in the first channel."""
    (alert,) = open_in(database, 2)
    put(database, "elsewhere", alert.id)
    arrived(database, "finops", Receipt("C0FINOPS01/2.5/shared"))
    return alert


def test_an_alert_that_has_ended_takes_no_word(database: Database) -> None:
    """A button that was left standing says so."""
    alert = told(database, "finops")
    with database.write() as conn:
        update_alerts(conn, [replace(alert, state=AlertState.RESOLVED, closed_at=NOW)])
    assert pressed(database, press(alert)) == f"Alert {alert.id} has ended: it is resolved"
    assert kinds(database) == []


def test_a_word_from_the_command_line_is_told_in_the_thread_too(database: Database) -> None:
    """Whoever looks at Slack sees that somebody takes care of it."""
    alert = told(database, "finops", "quiet")
    respond(
        database,
        alert.id or 0,
        MarkKind.ACKNOWLEDGED,
        author="bob",
        comment="a load test",
        moment=LATER,
        rules=RULES,
    )
    answered = arrived(database, "finops", Receipt("x"))
    assert answered is not None
    assert answered.message.headline == "Acknowledged by bob"
    assert answered.message.lines[0] == "a load test"
    assert arrived(database, "quiet", Receipt("x")) is None
