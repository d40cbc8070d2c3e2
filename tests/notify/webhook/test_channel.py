from __future__ import annotations

import hashlib
import hmac
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.notify import batch, compose
from sentinel.notify.posting import READ_AT_MOST, retry_after
from sentinel.notify.webhook.channel import WebhookChannel
from tests.notify.illustrated import illustrated
from tests.notify.stories import alert_of, many, opened, spike
from tests.stand_ins.serving import started
from tests.stand_ins.webhook import Fault, Webhook, webhook_stand_in

ALERT = compose(opened(alert_of(spike())))
SENT = Notification(1, "oncall", "evaluation-7-0", ALERT, attempts=1, uncertain=False)


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """A receiver of the test's own."""
    with webhook_stand_in() as running:
        yield running


def send(webhook: Webhook, sent: Notification = SENT, secret: str | None = None, timeout: float = 5.0) -> Receipt:
    """Send one notification by a channel of its own."""
    with closing(WebhookChannel("oncall", url=webhook.url, secret=secret, timeout=timeout)) as channel:
        return channel.send(sent)


def failure(webhook: Webhook, fault: Fault, timeout: float = 5.0) -> DeliveryError:
    """The error of a post that meets a fault."""
    webhook.fail(fault)
    with pytest.raises(DeliveryError) as caught:
        send(webhook, timeout=timeout)
    return caught.value


def test_a_notification_arrives_as_json(webhook: Webhook) -> None:
    """The body has the message as people read it; the key stands in it and in Idempotency-Key."""
    receipt = send(webhook)
    (delivery,) = webhook.deliveries()
    assert delivery.headers["content-type"] == "application/json"
    assert delivery.key == receipt.remote_id == "evaluation-7-0"
    assert delivery.content["form"] == 1
    assert delivery.content["key"] == "evaluation-7-0"
    assert delivery.content["channel"] == "oncall"
    told = delivery.content["message"]
    assert told["tone"] == "critical"
    assert told["headline"] == ALERT.headline
    assert told["lines"] == list(ALERT.lines)
    assert told["facts"][0] == {"label": "workspace", "value": "production"}
    assert told["alert_ids"] == [1042]


def test_the_chart_stays_behind(webhook: Webhook) -> None:
    """Programs get the figures, not how people are shown them; neither of the message nor of its details."""
    spike_told = illustrated()["spike-opened"]
    digest = replace(illustrated()["digest"], details=(spike_told,))
    send(webhook, Notification(1, "oncall", "k", digest, 1, uncertain=False))
    (delivery,) = webhook.deliveries()
    told = delivery.content["message"]
    assert "chart" not in told
    assert "chart" not in told["details"][0]
    assert told["details"][0]["headline"] == spike_told.headline


def test_a_digest_carries_its_details(webhook: Webhook) -> None:
    """Each alert of a digest is a message inside the message."""
    (digest,) = batch(many(30))
    send(webhook, Notification(1, "oncall", "k", digest, 1, uncertain=False))
    (delivery,) = webhook.deliveries()
    assert len(delivery.content["message"]["details"]) == 30


def test_with_a_secret_the_body_is_signed(webhook: Webhook) -> None:
    """The receiver computes the same HMAC over the raw body; without a secret there is no signature."""
    send(webhook, secret="shared")
    send(webhook)
    signed, unsigned = webhook.deliveries()
    expected = hmac.new(b"shared", signed.body.encode(), hashlib.sha256).hexdigest()
    assert signed.headers["sentinel-signature"] == f"sha256={expected}"
    assert "sentinel-signature" not in unsigned.headers


def test_posts_go_over_one_connection_until_the_channel_is_closed(webhook: Webhook) -> None:
    """Also one whose answer was a refusal; after the end of a delivery the next one connects anew."""
    with closing(WebhookChannel("oncall", url=webhook.url)) as channel:
        channel.send(SENT)
        webhook.fail(Fault(status=503, keeps=True))
        with pytest.raises(DeliveryError):
            channel.send(SENT)
        channel.send(SENT)
        channel.close()
        channel.send(SENT)
    first, refused, third, fourth = (delivery.port for delivery in webhook.deliveries())
    assert first == refused == third != fourth


def test_what_an_answer_says_at_length_is_not_read(webhook: Webhook) -> None:
    """Its status has said that the message was taken."""
    webhook.fail(Fault(status=200, keeps=True, size=4 * READ_AT_MOST))
    assert send(webhook).remote_id == SENT.key


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(webhook: Webhook, status: int) -> None:
    """The message, and what a URL may hold of secrets, go only where rules.yaml says."""
    error = failure(webhook, Fault(status=status, headers={"Location": webhook.url}))
    assert error.permanent
    assert webhook.deliveries() == []


@pytest.mark.parametrize(
    ("status", "permanent", "uncertain"),
    [
        (400, True, False),
        (404, True, False),
        (410, True, False),
        (429, False, False),
        (500, False, True),
        (503, False, True),
    ],
)
def test_the_status_decides(webhook: Webhook, status: int, permanent: bool, uncertain: bool) -> None:
    """4xx is ours to mend, 429 and 5xx pass; a 5xx may come after the message was taken."""
    error = failure(webhook, Fault(status=status))
    assert (error.permanent, error.uncertain) == (permanent, uncertain)
    assert str(status) in str(error)
    assert ("check the url" in str(error)) == (status in (404, 410))


def test_retry_after_is_read(webhook: Webhook) -> None:
    """The receiver's own wish is passed on."""
    assert failure(webhook, Fault(status=429, headers={"Retry-After": "120"})).retry_after == 120


def test_retry_after_may_be_a_date() -> None:
    """It counts from the answer's own Date, so that our clock does not matter; nonsense is no wish."""
    date = {"date": "Thu, 05 Mar 2026 07:30:00 GMT"}
    assert retry_after({**date, "retry-after": "Thu, 05 Mar 2026 07:32:00 GMT"}) == 120
    assert retry_after({**date, "retry-after": "Thu, 05 Mar 2026 07:00:00 GMT"}) == 0
    assert retry_after({**date, "retry-after": "soon"}) is None
    assert retry_after({}) is None


@pytest.mark.parametrize(
    "fault", [Fault(drop=True), Fault(drop=True, keeps=True), Fault(status=204, seconds=2)], ids=str
)
def test_a_lost_answer_is_uncertain(webhook: Webhook, fault: Fault) -> None:
    """A connection that breaks or an answer that is late does not tell what became of the message."""
    error = failure(webhook, fault, timeout=0.5)
    assert (error.permanent, error.uncertain) == (False, True)


def test_a_receiver_that_is_away_is_certain() -> None:
    """Nobody listens, nothing was sent."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(DeliveryError) as caught:
        send(Webhook(away))
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
    assert "secret-path" not in str(caught.value)


def test_the_path_of_the_url_is_never_shown(webhook: Webhook) -> None:
    """Path and query often are the secret."""
    error = failure(webhook, Fault(status=404))
    assert "secret-path" not in str(error)
    assert "secret-path" not in WebhookChannel("oncall", url=webhook.url).check()


def test_a_receiver_in_another_process_is_the_same() -> None:
    """The stand-in serves as a process of its own too."""
    with started("tests.stand_ins.webhook") as facts:
        webhook = Webhook(facts["url"])
        send(webhook)
        assert [delivery.key for delivery in webhook.deliveries()] == ["evaluation-7-0"]
