"""Apprise, by its JSON service against the local receiver of webhooks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sentinel.domain.messages import Notification
from sentinel.errors import DeliveryError, SettingsError
from sentinel.notify import batch, compose
from sentinel.notify.apprise.channel import AppriseChannel
from sentinel.notify.apprise.render import as_html, as_text
from tests.notify.stories import alert_of, hostile, many, opened, spike
from tests.stand_ins.webhook import Fault, Webhook, webhook_stand_in

# Apprise's own import, where Python is older than 3.13.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

OPENED = compose(opened(alert_of(spike())))
SENT = Notification(1, "team", "evaluation-7/0", OPENED, 1, uncertain=False)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """A receiver of the test's own."""
    with webhook_stand_in() as running:
        yield running


def channel(*webhooks: Webhook) -> AppriseChannel:
    """The channel under test; each receiver is a service of Apprise's."""
    return AppriseChannel("team", urls=tuple(each.url.replace("http://", "json://") for each in webhooks))


def test_a_message_has_its_headline_as_title_and_says_how_grave_it_is(webhook: Webhook) -> None:
    """Title, text and kind are what every service of Apprise's can show."""
    receipt = channel(webhook).send(SENT)
    (delivery,) = webhook.deliveries()
    assert receipt.remote_id == "evaluation-7/0"
    assert delivery.content["title"] == OPENED.headline
    assert delivery.content["message"] == as_text(OPENED)
    assert delivery.content["type"] == "failure"
    assert "id 1042" in delivery.content["message"]


def test_what_one_service_took_is_not_sent_there_again(webhook: Webhook) -> None:
    """One of two is away: the next attempt goes only to that one."""
    with webhook_stand_in() as other:
        other.fail(Fault(status=503))
        sender = channel(webhook, other)
        with pytest.raises(DeliveryError) as caught:
            sender.send(SENT)
        error = caught.value
        assert (error.permanent, error.uncertain, len(error.delivered)) == (False, True, 1)
        assert "secret-path" not in str(error)
        sender.send(replace(SENT, attempts=2, uncertain=True, delivered=error.delivered))
        assert (len(webhook.deliveries()), len(other.deliveries())) == (1, 1)


def test_a_url_that_apprise_does_not_know_is_a_matter_of_settings() -> None:
    """The error names its place, not its text."""
    with pytest.raises(SettingsError, match="channel team: Apprise does not understand url 2") as caught:
        AppriseChannel("team", urls=("json://localhost/", "nothing://secret-path"))
    assert "secret-path" not in str(caught.value)


def test_without_apprise_the_error_names_the_command_that_installs_it() -> None:
    """It is an optional extra."""
    code = (
        "import sys; sys.modules['apprise'] = None\n"
        "from sentinel.notify.apprise.channel import AppriseChannel\n"
        "AppriseChannel('team', urls=('json://localhost/',))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'warpstream-sentinel[apprise]'" in done.stderr


def test_a_large_digest_is_cut_and_says_so() -> None:
    """Most services take a few thousand characters."""
    (digest,) = batch(many(200))
    text = as_text(digest)
    assert text.count("Spend spike: load-") >= 10
    assert "and 190 more: sentinel alerts" in text
    assert len(text) < 6000


def test_html_is_escaped() -> None:
    """A name with a tag in it is text."""
    assert "<script>" not in as_html(hostile())
    assert "&lt;script&gt;" in as_html(hostile())
