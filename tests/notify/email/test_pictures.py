from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from sentinel.domain.messages import Chart, Message, Notification
from sentinel.notify.email.channel import EmailChannel
from sentinel.notify.email.render import Envelope, as_text, render
from sentinel.settings import SmtpServer
from tests.charts.drawn import read_png
from tests.notify.illustrated import illustrated
from tests.notify.stories import messages
from tests.stand_ins.smtp import Mail, MailServer, smtp_stand_in

SPIKE = illustrated()["spike-opened"]
ENVELOPE = Envelope("sentinel@example.com", ("ada@example.com", "grace@example.com"))
BROKEN = Chart("{", "a picture that cannot be drawn")


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    """One server for all of them."""
    with smtp_stand_in() as running:
        yield running


def notification(message: Message, key: str = "evaluation-7/0") -> Notification:
    """A first attempt."""
    moment = datetime(2026, 3, 5, 7, 30, tzinfo=UTC)
    return Notification(1, "owners", key, message, attempts=1, uncertain=False, created_at=moment)


def sent(server: MailServer, message: Message, key: str) -> Mail:
    """The mail as it arrived."""
    host = SmtpServer(server.host, server.port, None, None, starttls=False, implicit_tls=False, verify=True)
    channel = EmailChannel("owners", sender=ENVELOPE.sender, recipients=ENVELOPE.recipients, server=host)
    with closing(channel):
        channel.send(notification(message, key))
    return server.mails()[-1]


def images(mail: EmailMessage) -> list[EmailMessage]:
    """The pictures that a mail carries."""
    return [part for part in mail.walk() if part.get_content_type() == "image/png"]


def test_a_chart_travels_inside_the_mail(server: MailServer) -> None:
    """The HTML shows it by its Content-ID, says in words what it shows, and loads nothing."""
    mail = sent(server, SPIKE, "chart")
    (image,) = images(mail.parsed)
    html = mail.part("html")
    assert re.findall(r'src="([^"]*)"', html) == [f"cid:{image['Content-ID'].strip('<>')}"]
    assert SPIKE.chart is not None
    assert f'alt="{SPIKE.chart.alt}"' in html
    assert "http" not in html.replace("http-equiv", "")
    assert image.get_content_disposition() == "inline"
    assert read_png(image.get_content()).width == 1440


def test_parts_stand_in_the_order_that_mail_programs_expect(server: MailServer) -> None:
    """Text first, then the HTML together with its picture: a program that shows no HTML shows no attachment."""
    mail = sent(server, SPIKE, "parts").parsed
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]


def test_text_and_words_are_the_same_without_the_chart(server: MailServer) -> None:
    """Who reads plain text misses no figure."""
    mail = sent(server, SPIKE, "words")
    without = messages()["spike-opened"]
    assert mail.part("plain").replace("\r\n", "\n") == as_text(without)
    assert as_text(SPIKE) == as_text(without)


def test_a_chart_that_cannot_be_drawn_holds_no_mail_back(server: MailServer, caplog: pytest.LogCaptureFixture) -> None:
    """The mail arrives with all its words, without a picture, and the log says so."""
    mail = sent(server, replace(SPIKE, chart=BROKEN), "broken")
    assert images(mail.parsed) == []
    assert "<img" not in mail.part("html")
    for line in SPIKE.lines:
        assert line in mail.part("html")
    assert "mailed without a chart" in caplog.text


def test_charts_of_details_are_carried_too() -> None:
    """Each picture has a Content-ID of its own, and one that is shown twice travels once."""
    other = illustrated()["budget-opened"]
    digest = replace(messages()["digest"], details=(SPIKE, other, replace(SPIKE, headline="again")), chart=None)
    mail = render(notification(digest), ENVELOPE)
    html = mail.get_body(("html",))
    assert html is not None
    shown = re.findall(r'src="cid:([^"]*)"', html.get_content())
    assert len(shown) == 3
    assert sorted(set(shown)) == sorted(image["Content-ID"].strip("<>") for image in images(mail))
    assert len(images(mail)) == 2


def test_every_attempt_is_the_same_mail() -> None:
    """Byte for byte, so that a second copy is a copy."""
    first, second = (render(notification(SPIKE), ENVELOPE).as_bytes() for _ in range(2))
    assert first == second
    assert first.isascii()
    assert max(map(len, first.splitlines())) <= 998
    assert first != render(notification(SPIKE, "another"), ENVELOPE).as_bytes()


def test_it_reads_well_in_the_dark_and_on_a_phone() -> None:
    """Both colour schemes are announced, and each colour of the light one is turned in the dark."""
    html = render(notification(SPIKE), ENVELOPE).get_body(("html",))
    assert html is not None
    text = html.get_content()
    assert '<meta name="color-scheme" content="light dark">' in text
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in text
    dark = text[text.index("prefers-color-scheme: dark") : text.index("max-width: 480px")]
    classes = set(re.findall(r'<[a-z]+ class="([a-z]+)" style="[^"]*(?:background-)?color', text))
    assert classes
    assert all(f".{name} " in dark for name in classes)
    assert "width:100%;max-width:600px;height:auto" in text
