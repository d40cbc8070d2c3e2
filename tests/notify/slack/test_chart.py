"""A chart follows its message into the thread, and never holds it up."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sentinel.domain.messages import Chart
from sentinel.errors import DeliveryError
from sentinel.notify import compose
from sentinel.notify.slack.channel import SlackChannel
from tests.notify.slack.sending import again, channel, failure, notification
from tests.notify.stories import alert_of, opened, spike
from tests.stand_ins.slack import TOKEN, Fault, Slack, slack_stand_in

DRAWING = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"day": 1, "cost": 210}, {"day": 2, "cost": 640}]},
    "mark": "line",
    "encoding": {"x": {"field": "day", "type": "quantitative"}, "y": {"field": "cost", "type": "quantitative"}},
}
CHART = Chart(json.dumps(DRAWING), "The cost of <!channel> & co on 60 days: 210, then 640")
MESSAGE = replace(compose(opened(alert_of(spike()))), chart=CHART)


@pytest.fixture
def slack() -> Iterator[Slack]:
    """A workspace of the test's own."""
    with slack_stand_in() as running:
        yield running


def test_the_chart_stands_in_the_thread_with_its_words(slack: Slack) -> None:
    """A PNG, after the message, with a text for those who cannot see it."""
    receipt = channel(slack).send(notification(MESSAGE))
    (message,), (upload,) = slack.posts("finops"), slack.uploads("finops")
    assert receipt.remote_id == f"{message.channel}/{message.ts}"
    assert upload.thread_ts == message.ts
    (file,) = upload.files
    assert file["name"] == "sentinel-evaluation-7-0.png"
    assert file["alt_txt"] == CHART.alt
    assert slack.picture(file).startswith(b"\x89PNG")


@pytest.mark.parametrize("code", ["missing_scope", "posting_to_channel_denied"])
def test_without_the_right_to_upload_the_message_arrives_and_that_is_said_once(
    slack: Slack, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The same lack is not a warning with every alert."""
    slack.fail(Fault("error", method="files.getUploadURLExternal", error=code, times=2))
    sender = channel(slack)
    with caplog.at_level(logging.WARNING, logger="sentinel"):
        sender.send(notification(MESSAGE))
        sender.send(notification(MESSAGE, "evaluation-8/0"))
    assert len(slack.posts()) == 2
    assert caplog.text.count("no chart is shown") == 1
    assert code in caplog.text


def test_a_picture_that_cannot_be_drawn_is_left_out(slack: Slack) -> None:
    """Its words stand in the message anyway."""
    broken = replace(MESSAGE, chart=Chart('{"mark": 5}', "nothing"))
    channel(slack).send(notification(broken))
    assert (len(slack.posts()), len(slack.uploads())) == (1, 0)


@pytest.mark.parametrize("method", ["files.getUploadURLExternal", "files.completeUploadExternal"])
def test_an_upload_that_broke_off_is_done_again_without_a_second_message(slack: Slack, method: str) -> None:
    """Whatever was lost before the chart was there, there is one message and one chart."""
    slack.fail(Fault("drop", method=method))
    sent = notification(MESSAGE)
    error = failure(channel(slack), sent)
    channel(slack).send(again(sent, error))
    assert (len(slack.posts()), len(slack.uploads())) == (1, 1)


def test_a_chart_that_arrived_is_not_shown_twice(slack: Slack) -> None:
    """After "accepted, then disconnected" the thread is asked for it."""
    slack.fail(Fault("accept_then_drop", method="files.completeUploadExternal"))
    sent = notification(MESSAGE)
    channel(slack).send(again(sent, failure(channel(slack), sent)))
    assert (len(slack.posts()), len(slack.uploads())) == (1, 1)


def test_a_process_that_died_after_the_chart_leaves_nothing_to_repeat(slack: Slack) -> None:
    """Another process that finds message and chart adds neither."""
    sent = notification(MESSAGE)
    channel(slack).send(sent)
    channel(slack).send(replace(sent, attempts=2, uncertain=True))
    assert (len(slack.posts()), len(slack.uploads())) == (1, 1)


def test_the_check_says_what_the_app_may_not_do(slack: Slack) -> None:
    """Charts and the look for lost messages need scopes of their own; buttons need the app-level token to work."""
    slack.grant("chat:write", "channels:read")
    assert channel(slack).check() == (
        "signed in to Stand-in as sentinel; without files:write no charts are shown; "
        "without channels:history a message may arrive twice"
    )
    slack.grant("channels:read")
    with pytest.raises(DeliveryError, match="lacks the scope chat:write"):
        channel(slack).check()


def test_the_check_tries_the_app_token(slack: Slack) -> None:
    """A wrong one would leave every button dead."""
    assert channel(slack, buttons=True).check().endswith("; buttons can be pressed while sentinel run is running")
    wrong = SlackChannel("finops", token=TOKEN, channel="#finops", base_url=slack.base_url, app_token="xapp-wrong")
    with pytest.raises(DeliveryError, match="app_token: Slack says invalid_auth"):
        wrong.check()
