from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import pytest

from sentinel.domain.messages import Message, Notification
from sentinel.errors import DeliveryError
from sentinel.notify import batch, compose
from sentinel.notify.email.channel import EmailChannel
from sentinel.settings import SmtpServer
from tests.notify.stories import alert_of, hostile, many, opened, spike
from tests.stand_ins.certificates import Certificate, make_certificate
from tests.stand_ins.smtp import PASSWORD, USER, Fault, FaultKind, MailServer, smtp_stand_in

ALERT = compose(opened(alert_of(spike())))
OWNERS = ("ada@example.com", "grace@example.com", "mary@example.com")
OPENED: list[EmailChannel] = []
"""The channels of a test, which are closed behind it."""


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Close what the test has opened."""
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture(scope="module")
def plain() -> Iterator[MailServer]:
    """One server for the tests that need nothing of their own."""
    with smtp_stand_in() as running:
        yield running


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """A certificate that this machine trusts for the time of a test."""
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    return certificate


def server_of(
    running: MailServer, *, starttls: bool = False, implicit_tls: bool = False, login: bool = False
) -> SmtpServer:
    """The server as the settings would name it."""
    return SmtpServer(
        host=running.host,
        port=running.port,
        user=USER if login else None,
        password=PASSWORD if login else None,
        starttls=starttls,
        implicit_tls=implicit_tls,
        verify=True,
    )


def channel(server: SmtpServer, *recipients: str, within: float = 10.0) -> EmailChannel:
    """The channel under test."""
    opened = EmailChannel(
        "owners",
        sender="sentinel@example.com",
        recipients=recipients or OWNERS,
        server=server,
        within=within,
    )
    OPENED.append(opened)
    return opened


def notification(message: Message = ALERT, key: str = "evaluation-7-0") -> Notification:
    """A first attempt."""
    moment = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
    return Notification(1, "owners", key, message, attempts=1, uncertain=False, created_at=moment)


def failure(sender: EmailChannel, sent: Notification) -> DeliveryError:
    """The error of an attempt that must fail."""
    with pytest.raises(DeliveryError) as caught:
        sender.send(sent)
    return caught.value


def test_a_mail_says_the_same_in_text_and_html(plain: MailServer) -> None:
    """Both parts carry every line, and the subject is the headline."""
    channel(server_of(plain)).send(notification(key="same"))
    mail = plain.mails()[-1]
    assert mail.recipients == list(OWNERS)
    assert mail.parsed["Subject"] == "CRITICAL Spend spike: orders-prod, Uncompressed GiB written"
    for line in ALERT.lines:
        assert line in mail.part("plain")
        assert line in mail.part("html")


def test_machines_recognise_what_it_is(plain: MailServer) -> None:
    """The headers name the list, say that nobody wrote it, and when; an answering machine stays silent."""
    channel(server_of(plain)).send(notification(key="headers"))
    mail = plain.mails()[-1].parsed
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "sentinel <owners.sentinel.example.com>"
    assert mail["From"] == "sentinel <sentinel@example.com>"
    assert mail["To"] == ", ".join(OWNERS)
    assert mail["Date"] == "Thu, 05 Mar 2026 07:30:00 +0000"


def test_a_second_attempt_has_the_same_message_id(plain: MailServer) -> None:
    """A mailbox that took both copies can tell that they are one; another notification has another id."""
    sender = channel(server_of(plain))
    first = sender.send(notification(key="one"))
    again = sender.send(replace(notification(key="one"), attempts=2, uncertain=True))
    other = sender.send(notification(key="two"))
    ids = [mail.parsed["Message-ID"] for mail in plain.mails()[-3:]]
    assert ids == [first.remote_id, again.remote_id, other.remote_id]
    assert first == again != other


def test_later_mails_belong_to_the_first(plain: MailServer) -> None:
    """A mail program shows an alert's mails as one conversation."""
    sender = channel(server_of(plain))
    first = sender.send(notification(key="opened"))
    second = sender.send(replace(notification(key="resolved"), thread=first.remote_id))
    mail = plain.mails()[-1].parsed
    assert mail["In-Reply-To"] == mail["References"] == first.remote_id
    assert mail["Message-ID"] != first.remote_id
    assert second == first


def test_mails_of_one_delivery_go_over_one_connection(plain: MailServer) -> None:
    """One that fails ends it, as nobody knows how far it was; so does the delivery's own end."""
    sender = channel(server_of(plain))
    sender.send(notification(key="first"))
    sender.send(notification(key="second"))
    plain.fail(Fault("data", code=451))
    failure(sender, notification(key="third"))
    sender.send(notification(key="third"))
    sender.close()
    sender.send(notification(key="fourth"))
    first, second, third, fourth = (mail.port for mail in plain.mails()[-4:])
    assert first == second
    assert len({first, third, fourth}) == 3


@pytest.mark.parametrize("kind", ["drop_between", "enough"])
def test_a_server_that_ends_a_connection_between_two_mails_is_asked_anew(plain: MailServer, kind: FaultKind) -> None:
    """It was idle too long, or has taken as many as it takes at once: no mail waits for that."""
    sender = channel(server_of(plain))
    sender.send(notification(key="before"))
    plain.fail(Fault(kind))
    sender.send(notification(key="after"))
    before, after = plain.mails()[-2:]
    assert after.parsed["Message-ID"] != before.parsed["Message-ID"]
    assert after.port != before.port


def test_a_digest_carries_its_details_below(plain: MailServer) -> None:
    """All alerts of a digest stand in the one mail."""
    (digest,) = batch(many(30))
    channel(server_of(plain)).send(notification(digest, key="digest"))
    mail = plain.mails()[-1]
    for detail in digest.details:
        assert detail.facts[-1].value in mail.part("plain")
        assert detail.headline in mail.part("html")


def test_a_hostile_name_forges_no_header_and_no_markup(plain: MailServer) -> None:
    """A name with line breaks and tags stays text: no Bcc, no script."""
    channel(server_of(plain)).send(notification(hostile(), key="hostile"))
    mail = plain.mails()[-1]
    assert mail.recipients == list(OWNERS)
    assert mail.parsed["Bcc"] is None
    assert "Bcc: everybody@example.com" in mail.parsed["Subject"]
    assert "<script>" not in mail.part("html")
    assert "&lt;script&gt;" in mail.part("html")


def test_starttls_is_used_and_the_login_follows_it(trusted: Certificate) -> None:
    """User and password travel inside TLS."""
    with smtp_stand_in(certificate=trusted, login=True) as running:
        channel(server_of(running, starttls=True, login=True)).send(notification())
        (mail,) = running.mails()
    assert mail.tls
    assert mail.user == USER


def test_tls_from_the_first_byte(trusted: Certificate) -> None:
    """smtps:// speaks TLS before SMTP."""
    with smtp_stand_in(certificate=trusted, implicit_tls=True) as running:
        channel(server_of(running, implicit_tls=True)).send(notification())
        (mail,) = running.mails()
    assert mail.tls


def test_a_server_that_cannot_prove_itself_gets_no_mail(tmp_path: Path) -> None:
    """A certificate of an unknown authority ends the conversation before anything is said."""
    with smtp_stand_in(certificate=make_certificate(tmp_path)) as running:
        error = failure(channel(server_of(running, starttls=True)), notification())
        unverified = replace(server_of(running, starttls=True), verify=False)
        channel(unverified).send(notification())
        assert len(running.mails()) == 1
    assert error.permanent
    assert "its certificate is not trusted" in str(error)


def test_a_certificate_of_another_host_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A known authority is not enough: the name must be the one that was asked for."""
    certificate = make_certificate(tmp_path, host="mail.example.com")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.certificate))
    with smtp_stand_in(certificate=certificate, implicit_tls=True) as running:
        error = failure(channel(server_of(running, implicit_tls=True)), notification())
    assert error.permanent


def test_starttls_that_is_not_offered_sends_nothing(plain: MailServer) -> None:
    """There is no falling back to a conversation that anybody can read."""
    before = len(plain.mails())
    error = failure(channel(server_of(plain, starttls=True)), notification())
    assert error.permanent
    assert len(plain.mails()) == before


def test_a_wrong_password_is_permanent_and_not_shown(trusted: Certificate) -> None:
    """The error tells which setting is wrong, and not its value."""
    with smtp_stand_in(certificate=trusted, login=True) as running:
        wrong = replace(server_of(running, starttls=True, login=True), password="wrong-one")
        error = failure(channel(wrong), notification())
    assert error.permanent
    assert "SENTINEL_SMTP_URL" in str(error)
    assert "wrong-one" not in str(error)


def test_a_refused_recipient_costs_the_others_nothing(plain: MailServer) -> None:
    """The others get their copy, the error names who did not, and resending goes to that one alone."""
    plain.fail(Fault("refuse", recipient="grace@example.com", code=550))
    sender = channel(server_of(plain))
    sent = notification(key="refused")
    error = failure(sender, sent)
    assert error.permanent
    assert "grace@example.com is refused: 550" in str(error)
    assert error.delivered == ("ada@example.com", "mary@example.com")
    sender.send(replace(sent, attempts=2, delivered=error.delivered))
    assert [mail.recipients for mail in plain.mails()[-2:]] == [
        ["ada@example.com", "mary@example.com"],
        ["grace@example.com"],
    ]


def test_a_recipient_who_is_busy_is_tried_again(plain: MailServer) -> None:
    """A 4xx for one of them is transient, even beside a 5xx for another."""
    plain.fail(
        Fault("refuse", recipient="ada@example.com", code=450), Fault("refuse", recipient="mary@example.com", code=550)
    )
    error = failure(channel(server_of(plain)), notification(key="busy"))
    assert not error.permanent
    assert error.delivered == ("grace@example.com",)


def test_when_all_are_refused_no_mail_is_sent(plain: MailServer) -> None:
    """Nobody's copy was taken, and nothing is uncertain."""
    plain.fail(*(Fault("refuse", recipient=owner, code=550) for owner in OWNERS))
    before = len(plain.mails())
    error = failure(channel(server_of(plain)), notification(key="nobody"))
    assert (error.permanent, error.uncertain, error.delivered) == (True, False, ())
    assert len(plain.mails()) == before


@pytest.mark.parametrize(("code", "permanent"), [(554, True), (451, False)])
def test_a_refused_message_is_certain(plain: MailServer, code: int, permanent: bool) -> None:
    """The server's answer to DATA decides."""
    plain.fail(Fault("data", code=code))
    error = failure(channel(server_of(plain)), notification(key=f"data-{code}"))
    assert (error.permanent, error.uncertain) == (permanent, False)
    assert str(code) in str(error)


def test_a_421_at_quit_is_success(plain: MailServer) -> None:
    """The mail was taken before the server went down."""
    plain.fail(Fault("quit_421"))
    before = len(plain.mails())
    sender = channel(server_of(plain))
    sender.send(notification(key="quit"))
    sender.close()
    assert len(plain.mails()) == before + 1


def test_a_drop_after_data_is_uncertain(plain: MailServer) -> None:
    """The mail may have been taken, as it was here."""
    plain.fail(Fault("drop_after_data"))
    before = len(plain.mails())
    error = failure(channel(server_of(plain)), notification(key="drop"))
    assert (error.permanent, error.uncertain) == (False, True)
    assert len(plain.mails()) == before + 1


def test_a_drop_before_data_is_certain(plain: MailServer) -> None:
    """Nothing was handed over yet."""
    plain.fail(Fault("drop_at_greeting"))
    error = failure(channel(server_of(plain)), notification(key="early"))
    assert (error.permanent, error.uncertain) == (False, False)


def test_a_server_that_is_away_is_certain() -> None:
    """Nobody listens, nothing was sent."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        away = SmtpServer(
            "127.0.0.1", unused.getsockname()[1], None, None, starttls=False, implicit_tls=False, verify=True
        )
    error = failure(channel(away), notification())
    assert (error.permanent, error.uncertain) == (False, False)


def test_a_server_that_says_nothing_ends_in_time() -> None:
    """A connection without a greeting is given up after the timeout."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        mute = SmtpServer("127.0.0.1", port, None, None, starttls=False, implicit_tls=False, verify=True)
        error = failure(channel(mute, within=0.2), notification())
    assert (error.permanent, error.uncertain) == (False, False)


def test_a_server_that_is_slow_at_every_step_ends_in_time() -> None:
    """No single answer takes long, and still the conversation ends when its time is over, with nothing sent."""
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as threads:
        port = listener.getsockname()[1]
        conversation = threads.submit(answer_slowly, listener)
        slow = SmtpServer("127.0.0.1", port, None, None, starttls=False, implicit_tls=False, verify=True)
        error = failure(channel(slow, within=0.8), notification())
        assert b"DATA" not in conversation.result().upper()
    assert (error.permanent, error.uncertain) == (False, False)


def answer_slowly(listener: socket.socket) -> bytes:
    """Say yes to everything, each time after a pause, until the client goes; what it said."""
    said = b""
    connection, _ = listener.accept()
    with connection, suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(b"220 slow\r\n")
        while line := connection.recv(1000):
            said += line
            sleep(0.3)
            connection.sendall(b"354 go on\r\n" if line.upper().startswith(b"DATA") else b"250 yes\r\n")
    return said


def test_an_address_beyond_ascii_is_told(plain: MailServer) -> None:
    """Plain SMTP does not carry it, and the error says which."""
    error = failure(channel(server_of(plain), "jörg@example.com"), notification())
    assert error.permanent
    assert "jörg@example.com" in str(error)


def test_the_check_signs_in_without_a_mail(plain: MailServer) -> None:
    """`check` tells that the server lets us in."""
    before = len(plain.mails())
    assert "lets us in" in channel(server_of(plain)).check()
    assert len(plain.mails()) == before
