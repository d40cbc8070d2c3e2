from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import sleep

import pytest
from sqlalchemy import create_engine, text

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.store import (
    Database,
    claim,
    enqueue,
    open_database,
    park,
    parked_notifications,
    queue_state,
    record_retry,
    record_sent,
    told_channels,
    unpark,
)
from tests.store.conversations import LEASE, NOW, message, open_in, put

SECOND = timedelta(seconds=1)
DOWN = DeliveryError("the receiver is down")


def take(database: Database, *, after: timedelta = timedelta(), channel: str = "finops") -> Notification | None:
    """Claim what is due on a channel so long after NOW."""
    with database.write() as conn:
        return claim(conn, channel, NOW + after, LEASE)


def taken(database: Database, *, after: timedelta = timedelta(), channel: str = "finops") -> Notification:
    """Claim what must be due."""
    notification = take(database, after=after, channel=channel)
    assert notification is not None
    return notification


def sent(database: Database, notification: Notification, place: str = "C1/1.0") -> None:
    """Record that it has arrived."""
    with database.write() as conn:
        record_sent(conn, notification, Receipt(place), NOW)


def failed(database: Database, notification: Notification, error: DeliveryError = DOWN) -> None:
    """Record that it has failed and is due again in a minute."""
    with database.write() as conn:
        record_retry(conn, notification, NOW + timedelta(minutes=1), error, NOW)


def test_a_notification_is_handed_out_once(database: Database) -> None:
    """While it is being sent and once it is sent nobody else gets it."""
    (alert,) = open_in(database, 1)
    assert put(database, "one", alert.id)
    first = taken(database)
    assert first.message == message(alert.id)
    assert (first.channel, first.key, first.attempts, first.uncertain) == ("finops", "one", 1, False)
    assert (first.first_attempt_at, first.created_at, first.thread, first.delivered) == (NOW, NOW, None, ())
    assert take(database) is None
    sent(database, first)
    assert take(database, after=timedelta(days=1)) is None


def test_the_same_key_is_written_once_for_each_channel(database: Database) -> None:
    """An evaluation that is recorded twice tells nothing twice, and the first text stands."""
    assert put(database, "one")
    assert not put(database, "one", at=NOW + SECOND)
    assert put(database, "one", channel="owners")
    sent(database, taken(database))
    assert take(database) is None
    assert taken(database, channel="owners").key == "one"


def test_what_is_written_with_a_transaction_that_fails_is_never_sent(database: Database) -> None:
    """A notification and what it tells of are there together or not at all."""

    def evaluate_and_fail() -> None:
        with database.write() as conn:
            enqueue(conn, "finops", "one", message(), NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        evaluate_and_fail()
    assert take(database) is None


def test_a_failure_is_tried_again_when_it_is_due(database: Database) -> None:
    """Not before, and the attempts are counted."""
    put(database, "one")
    failed(database, taken(database))
    assert take(database, after=timedelta(seconds=59)) is None
    again = taken(database, after=timedelta(minutes=1))
    assert (again.attempts, again.uncertain, again.first_attempt_at) == (2, False, NOW)


def test_a_lease_that_ended_makes_a_send_uncertain(database: Database) -> None:
    """Whoever died while sending may have sent."""
    put(database, "one")
    taken(database)
    assert take(database, after=LEASE - SECOND) is None
    again = taken(database, after=LEASE)
    assert (again.attempts, again.uncertain) == (2, True)


def test_an_uncertain_failure_stays_uncertain(database: Database) -> None:
    """A later failure that is certain does not tell what became of the first attempt."""
    put(database, "one")
    failed(database, taken(database), DeliveryError("the answer was lost", uncertain=True))
    second = taken(database, after=timedelta(minutes=1))
    assert second.uncertain
    failed(database, second)
    assert taken(database, after=timedelta(minutes=2)).uncertain


def test_parts_that_arrived_are_remembered(database: Database) -> None:
    """Each attempt adds to what need not be sent again."""
    put(database, "one")
    failed(database, taken(database), DeliveryError("some refused", delivered=("ada@example.com",)))
    second = taken(database, after=timedelta(minutes=1))
    assert second.delivered == ("ada@example.com",)
    failed(database, second, DeliveryError("some refused", delivered=("ada@example.com", "mary@example.com")))
    assert taken(database, after=timedelta(minutes=2)).delivered == ("ada@example.com", "mary@example.com")


def test_a_late_failure_does_not_disturb_the_next_claim(database: Database) -> None:
    """A result counts only for the claim that it belongs to."""
    put(database, "one")
    slow = taken(database)
    second = taken(database, after=LEASE)
    failed(database, slow)
    with database.write() as conn:
        park(conn, slow, DOWN, NOW)
    assert take(database, after=LEASE + SECOND) is None
    sent(database, second)


def test_a_late_success_is_a_success(database: Database) -> None:
    """What was sent is sent, whoever holds it by now; the other's failure does not bring it back."""
    put(database, "one")
    slow = taken(database)
    second = taken(database, after=LEASE)
    sent(database, slow)
    failed(database, second)
    assert take(database, after=timedelta(days=1)) is None


def test_a_reply_waits_for_its_opening(database: Database) -> None:
    """While the first message of an alert is on its way, or waits for another try, its later ones wait too."""
    one, two = open_in(database, 1, 2)
    put(database, "opened", one.id)
    put(database, "escalated", one.id)
    put(database, "other", two.id)
    first = taken(database)
    assert first.key == "opened"
    other = taken(database)
    assert other.key == "other"
    assert take(database) is None
    failed(database, first)
    assert take(database, after=timedelta(seconds=30)) is None
    sent(database, taken(database, after=timedelta(minutes=1)))
    assert taken(database, after=timedelta(minutes=1)).key == "escalated"


def test_a_digest_keeps_the_order_of_all_its_alerts(database: Database) -> None:
    """It waits for each of them, and each later message waits for it."""
    one, two = open_in(database, 1, 2)
    put(database, "opened", two.id)
    put(database, "digest", one.id, two.id)
    put(database, "resolved", one.id)
    keys = []
    for _ in range(3):
        notification = taken(database)
        assert take(database) is None
        sent(database, notification)
        keys.append(notification.key)
    assert keys == ["opened", "digest", "resolved"]


def test_channels_do_not_wait_for_one_another(database: Database) -> None:
    """The order holds within a channel; a dead one delays no other."""
    (alert,) = open_in(database, 1)
    for channel in ("finops", "owners"):
        put(database, "opened", alert.id, channel=channel)
        put(database, "resolved", alert.id, channel=channel)
    failed(database, taken(database))
    for key in ("opened", "resolved"):
        notification = taken(database, channel="owners")
        assert notification.key == key
        sent(database, notification)


def test_later_messages_know_the_thread(database: Database) -> None:
    """The first message's place is handed to every later one of the alert in that channel, and to no other."""
    one, two = open_in(database, 1, 2)
    put(database, "opened", one.id)
    sent(database, taken(database), "C1/1.0")
    put(database, "escalated", one.id)
    put(database, "opened", one.id, channel="owners")
    put(database, "other", two.id)
    reply, other = taken(database), taken(database)
    assert reply.thread == "C1/1.0"
    assert other.thread is None
    assert taken(database, channel="owners").thread is None
    sent(database, reply, "C1/1.0")
    put(database, "resolved", one.id)
    assert taken(database).thread == "C1/1.0"


def test_alerts_of_a_digest_go_on_in_its_thread(database: Database) -> None:
    """Unless they had a thread before; the digest itself begins a new one."""
    one, two = open_in(database, 1, 2)
    put(database, "opened", one.id)
    sent(database, taken(database), "C1/1.0")
    put(database, "digest", one.id, two.id)
    digest = taken(database)
    assert digest.thread is None
    sent(database, digest, "C1/2.0")
    put(database, "later-one", one.id)
    put(database, "later-two", two.id)
    assert taken(database).thread == "C1/1.0"
    assert taken(database).thread == "C1/2.0"


def test_a_conversation_that_moved_goes_on_at_its_new_place(database: Database) -> None:
    """When a reply had to begin anew, because its thread was gone, later ones follow it."""
    (alert,) = open_in(database, 1)
    put(database, "opened", alert.id)
    sent(database, taken(database), "C1/1.0")
    put(database, "escalated", alert.id)
    sent(database, taken(database), "C1/9.0")
    put(database, "resolved", alert.id)
    assert taken(database).thread == "C1/9.0"


def test_what_is_parked_is_kept_and_can_be_sent_again(database: Database) -> None:
    """It is not due any more, is listed with its error, and counts its patience anew when it is taken up."""
    (alert,) = open_in(database, 1)
    put(database, "opened", alert.id)
    put(database, "resolved", alert.id)
    with database.write() as conn:
        broken = claim(conn, "finops", NOW, LEASE)
        assert broken is not None
        park(conn, broken, DeliveryError("invalid_auth", permanent=True, uncertain=True), NOW + SECOND)
        (listed,) = parked_notifications(conn)
    assert (listed.id, listed.channel, listed.error, listed.since) == (
        broken.id,
        "finops",
        "invalid_auth",
        NOW + SECOND,
    )
    assert listed.message == message(alert.id)
    assert taken(database, after=timedelta(days=1)).key == "resolved"
    with database.write() as conn:
        assert unpark(conn, NOW, channel="owners") == 0
        assert unpark(conn, NOW, channel="finops", ids=[broken.id]) == 1
    again = taken(database, after=timedelta(days=2))
    assert (again.key, again.attempts, again.uncertain) == ("opened", 2, True)
    assert (again.first_attempt_at, again.created_at) == (NOW + timedelta(days=2), NOW)


def test_the_queue_can_be_seen(database: Database) -> None:
    """For each channel: what waits, since when and why, what is sent and what is parked."""
    for number in range(4):
        put(database, f"key-{number}", at=NOW + number * SECOND)
    put(database, "other", channel="owners")
    put(database, "page", channel="oncall")
    sent(database, taken(database, after=timedelta(minutes=1), channel="owners"), "x")
    sent(database, taken(database, after=timedelta(minutes=1)))
    page = taken(database, after=timedelta(minutes=1), channel="oncall")
    with database.write() as conn:
        second = claim(conn, "finops", NOW + timedelta(minutes=1), LEASE)
        assert second is not None
        park(conn, second, DOWN, NOW)
        park(conn, page, DOWN, NOW)
    failed(database, taken(database, after=timedelta(minutes=1)))
    with database.read() as conn:
        finops, oncall, owners = queue_state(conn)
    assert (finops.channel, finops.waiting, finops.sent, finops.parked) == ("finops", 2, 1, 1)
    assert (finops.waiting_since, finops.error) == (NOW + 2 * SECOND, "the receiver is down")
    assert (oncall.waiting, oncall.parked, oncall.error) == (0, 1, "the receiver is down")
    assert (owners.channel, owners.waiting, owners.sent, owners.waiting_since) == ("owners", 0, 1, None)


def test_it_is_known_who_was_told(database: Database) -> None:
    """Every channel that has a message of an alert counts, sent or not."""
    one, two, three = (alert.id or 0 for alert in open_in(database, 1, 2, 3))
    put(database, "opened", one)
    put(database, "digest", one, two, channel="owners")
    with database.read() as conn:
        assert told_channels(conn, [one, two, three]) == {
            one: frozenset({"finops", "owners"}),
            two: frozenset({"owners"}),
        }


def test_many_senders_at_once_send_each_notification_once(database_url: str) -> None:
    """Four threads, each with a database of its own as four processes have, take sixty notifications."""
    with open_database(database_url) as database:
        for number in range(60):
            put(database, f"key-{number}")

    def send_all(_: int) -> list[str]:
        keys = []
        with open_database(database_url) as own:
            while (notification := take(own)) is not None:
                sent(own, notification)
                keys.append(notification.key)
        return keys

    with ThreadPoolExecutor(4) as senders:
        told = Counter(key for keys in senders.map(send_all, range(4)) for key in keys)
    assert told == Counter(f"key-{number}" for number in range(60))


def test_a_claim_needs_no_lock_but_its_own(postgres_url: str) -> None:
    """Also where writers do not queue, the second of two claims at once gets the next notification."""
    with open_database(postgres_url) as database:
        put(database, "one")
        put(database, "two")
    bare = create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))

    def claim_too() -> str | None:
        with bare.begin() as conn:
            taken = claim(conn, "finops", NOW, LEASE)
        return None if taken is None else taken.key

    with ThreadPoolExecutor(1) as other, bare.begin() as conn:
        first = claim(conn, "finops", NOW, LEASE)
        second = other.submit(claim_too)
        with bare.connect() as watching:
            waits = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            while watching.execute(waits).scalar() == 0:
                assert not second.done()
                watching.rollback()
                sleep(0.01)
        conn.commit()
        assert first is not None
        assert {first.key, second.result(timeout=30)} == {"one", "two"}
    bare.dispose()
