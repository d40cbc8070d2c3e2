"""A message as an e-mail: plain text, and HTML of the same words with its charts inside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from sentinel.domain.messages import Chart, Message, Notification
from sentinel.notify.email.pictures import pictures_in
from sentinel.notify.look import COLOURS, small_print
from sentinel.notify.table import aligned
from sentinel.notify.words.phrases import one_line

# Bodies in seven bits pass every server, whatever it announces.
_POLICY = SMTP.clone(cte_type="7bit")

PICTURE_WIDTH = 600
"""In CSS pixels: what the reading pane of a mail program has room for; narrower on a phone."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom; plain addresses without names."""

    sender: str
    recipients: tuple[str, ...]

    @property
    def domain(self) -> str:
        """The sender's domain, under which message ids and the list id are made."""
        return self.sender.rpartition("@")[2]


def message_id(notification: Notification, envelope: Envelope) -> str:
    """The Message-ID of a notification: the same at every attempt, so that a mailbox can tell a second copy."""
    return f"<{_identity(notification, envelope)}>"


def _identity(notification: Notification, envelope: Envelope) -> str:
    digest = hashlib.sha256(f"{notification.channel}\n{notification.key}".encode()).hexdigest()[:40]
    return f"{digest}@{envelope.domain}"


def render(notification: Notification, envelope: Envelope) -> EmailMessage:
    """The whole e-mail, the same at every attempt; without a `created_at` the server sets its Date."""
    message = notification.message
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address("sentinel", addr_spec=envelope.sender)
    mail["To"] = ", ".join(envelope.recipients)
    mail["Subject"] = " ".join(one_line(message.headline).split())
    mail["Message-ID"] = message_id(notification, envelope)
    if notification.created_at is not None:
        mail["Date"] = notification.created_at.replace(microsecond=0)
    if notification.thread is not None:
        mail["In-Reply-To"] = notification.thread
        mail["References"] = notification.thread
    mail["Auto-Submitted"] = "auto-generated"
    # Exchange heeds only its own header: no holiday replies to an alert.
    mail["X-Auto-Response-Suppress"] = "All"
    mail["List-Id"] = f"sentinel <{_label(notification.channel)}.sentinel.{envelope.domain}>"
    pictures = pictures_in(message, _identity(notification, envelope))
    mail.set_content(as_text(message))
    mail.add_alternative(as_html(message, {one.chart: one.content_id for one in pictures}), subtype="html")
    *_, html = mail.iter_parts()
    for number, one in enumerate(pictures, start=1):
        html.add_related(
            one.png, "image", "png", cid=f"<{one.content_id}>", disposition="inline", filename=f"chart-{number}.png"
        )
    _fix_boundaries(mail, notification.key)
    return mail


def as_text(message: Message) -> str:
    """The plain-text part."""
    return _template("message.txt.j2").render(message=message)


def as_html(message: Message, pictures: Mapping[Chart, str] | None = None) -> str:
    """The HTML part: nothing is loaded from elsewhere; readable on a phone and in dark mode.

    `pictures` are the Content-IDs of the charts that the mail carries.
    """
    return _template("message.html.j2").render(message=message, pictures=pictures or {}, width=PICTURE_WIDTH)


def _fix_boundaries(mail: EmailMessage, key: str) -> None:
    """Boundaries that are the same at every attempt; by themselves they would be random."""
    for place, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{hashlib.sha256(f'{key}/{place}'.encode()).hexdigest()[:32]}")


def _label(channel: str) -> str:
    """A channel's name as a label of a domain name."""
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in channel.lower())
    return kept.strip("-") or "alerts"


@cache
def _template(name: str) -> Template:
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sentinel.notify.email"),
        autoescape=select_autoescape(("html.j2",), default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["colours"] = COLOURS
    environment.filters["aligned"] = aligned
    environment.filters["one_line"] = one_line
    environment.filters["small_print"] = small_print
    return environment
