"""PagerDuty's Events API v2, against a local receiver."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from sentinel.domain.alerts import Mark, MarkKind, Reason, TransitionKind
from sentinel.domain.messages import Message, Notification, Tone
from sentinel.errors import DeliveryError
from sentinel.notify import answer, batch, compose, explained
from sentinel.notify.pagerduty.channel import PagerDutyChannel
from tests.notify.stories import alert_of, changed, many, messages, opened, spike
from tests.stand_ins.serving import Answer, Request, serve

ALERT = alert_of(spike())
OPENED = compose(opened(ALERT))
RESOLVED = compose(changed(ALERT, TransitionKind.RESOLVED, Reason.BACK_TO_NORMAL))
WRITTEN = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
SENT = Notification(1, "oncall", "evaluation-7/0", OPENED, 1, uncertain=False, created_at=WRITTEN)


class Events:
    """A receiver that keeps what it took; the answers it was told come first, then 202."""

    def __init__(self, *answers: Answer) -> None:
        self.taken: list[dict[str, Any]] = []
        self.ports: set[int] = set()
        self._answers = list(answers)

    def respond(self, request: Request) -> Answer:
        """Take one event."""
        given = self._answers.pop(0) if self._answers else Answer(202, b'{"status": "success"}')
        if given.status == 202 and request.path == "/v2/enqueue":
            self.taken.append(json.loads(request.body))
            self.ports.add(request.port)
        return given


@contextmanager
def channel(events: Events) -> Iterator[PagerDutyChannel]:
    """The channel under test."""
    with (
        serve(events.respond, keep_alive=True) as url,
        closing(PagerDutyChannel("oncall", routing_key="R0UTING-SECRET", base_url=url, timeout=2)) as sender,
    ):
        yield sender


def told(*notifications: Notification) -> list[dict[str, Any]]:
    """The events of notifications that are sent one after the other, each with the receipt of the first."""
    events, thread = Events(), None
    with channel(events) as sender:
        for each in notifications:
            receipt = sender.send(replace(each, thread=thread))
            thread = thread or receipt.remote_id
    return events.taken


def test_an_alert_opens_an_incident_and_its_end_resolves_it() -> None:
    """Both have the same key, which names the alert."""
    first, last = told(SENT, replace(SENT, key="evaluation-9/0", message=RESOLVED))
    assert (first["event_action"], last["event_action"]) == ("trigger", "resolve")
    assert first["dedup_key"] == last["dedup_key"]
    assert first["dedup_key"].startswith("sentinel-alert-1042-")
    assert first["routing_key"] == "R0UTING-SECRET"
    payload = first["payload"]
    assert payload["summary"].startswith("CRITICAL  Spend spike: orders-prod, Uncompressed GiB written / Expected $210")
    assert (payload["severity"], payload["class"], payload["source"]) == (
        "critical",
        "cluster-product",
        "WarpStream billing",
    )
    assert payload["custom_details"]["workspace"] == "production"
    assert "sentinel alerts ack 1042" in payload["custom_details"]["what to do"]


def test_another_installation_has_other_keys() -> None:
    """Alert 1042 of a second sentinel on the same service is another incident."""
    (here,), (there,) = told(SENT), told(replace(SENT, created_at=WRITTEN.replace(second=1)))
    assert here["dedup_key"] != there["dedup_key"]


def test_a_mark_acknowledges_the_incident() -> None:
    """Who takes care of it in Slack need not do so here again."""
    day = ALERT.days[0].day
    mark = Mark(
        MarkKind.ACKNOWLEDGED, 1042, ALERT.rule, ALERT.scope.key, ALERT.episode, day, day, "ann", WRITTEN, comment=""
    )
    said = answer(mark, "ann", ALERT, [mark])
    first, second = told(SENT, replace(SENT, key="press/1", message=said))
    assert (second["event_action"], second["dedup_key"]) == ("acknowledge", first["dedup_key"])


def test_each_alert_of_a_digest_is_an_event_of_its_own() -> None:
    """Opened ones trigger, ended ones resolve; those known before keep their keys."""
    (digest,) = batch(many(12))
    sent = replace(SENT, message=digest, threads={1000: "stem-of-before"})
    taken = told(sent)
    assert len(taken) == 12
    assert len({event["dedup_key"] for event in taken}) == 12
    actions = {each.alert_ids[0]: "resolve" if each.tone is Tone.GOOD else "trigger" for each in digest.details}
    assert [event["event_action"] for event in taken] == list(actions.values())
    assert "sentinel-alert-1000-stem-of-before" in {event["dedup_key"] for event in taken}


def test_a_notice_is_an_event_and_an_explanation_is_none() -> None:
    """What tells of no alert has a key of its own; what changes no alert is not for PagerDuty."""
    (notice,) = told(replace(SENT, message=Message(Tone.CRITICAL, "CRITICAL  Channel finops does not take messages")))
    assert notice["event_action"] == "trigger"
    assert notice["dedup_key"].startswith("sentinel-notice-")
    assert told(replace(SENT, message=explained(ALERT, ALERT.days[0].day, ("It fired",), WRITTEN))) == []


@pytest.mark.parametrize("name", sorted(messages()))
def test_every_message_is_one_that_pagerduty_takes(name: str) -> None:
    """A summary of at most 1,024 characters, one of four severities, a key of at most 255."""
    for event in told(replace(SENT, message=messages()[name])):
        assert len(event["dedup_key"]) <= 255
        if event["event_action"] == "trigger":
            assert 1 <= len(event["payload"]["summary"]) <= 1024
            assert event["payload"]["severity"] in ("critical", "error", "warning", "info")


@pytest.mark.parametrize(
    ("given", "permanent", "uncertain"),
    [
        (Answer(400, b'{"status": "invalid event"}'), True, False),
        (Answer(403), True, False),
        (Answer(302, headers={"Location": "http://127.0.0.1:1/"}), True, False),
        (Answer(429, headers={"Retry-After": "9"}), False, False),
        (Answer(500), False, True),
        (Answer(503), False, True),
        (Answer(200), False, True),
        (Answer(drop=True), False, True),
    ],
    ids=str,
)
def test_the_status_decides(given: Answer, permanent: bool, uncertain: bool) -> None:
    """Only 202 means that the event was taken."""
    with channel(Events(given)) as sender, pytest.raises(DeliveryError) as caught:
        sender.send(SENT)
    assert (caught.value.permanent, caught.value.uncertain) == (permanent, uncertain)
    assert caught.value.retry_after == (9 if given.status == 429 else None)
    assert "SECRET" not in str(caught.value)


def test_what_was_taken_of_a_digest_is_not_sent_again() -> None:
    """The next attempt goes on where the last one broke off."""
    (digest,) = batch(many(12))
    events = Events(*[Answer(202)] * 5, Answer(429))
    sent = replace(SENT, message=digest)
    with channel(events) as sender:
        with pytest.raises(DeliveryError) as caught:
            sender.send(sent)
        assert len(caught.value.delivered) == 5
        sender.send(replace(sent, delivered=caught.value.delivered))
    assert len(events.taken) == 12
    assert len(events.ports) == 1, "all events go over one connection"


def test_a_receiver_that_is_away_is_certain() -> None:
    """Nobody listens, nothing was sent."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with (
        closing(PagerDutyChannel("oncall", routing_key="R", base_url=away)) as sender,
        pytest.raises(DeliveryError) as caught,
    ):
        sender.send(SENT)
    assert (caught.value.permanent, caught.value.uncertain) == (False, False)
