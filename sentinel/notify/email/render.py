"""A message as an e-mail: plain text and HTML of the same words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from sentinel.domain.messages import Message, Notification
from sentinel.notify.look import COLOURS, small_print
from sentinel.notify.wording import one_line

# Bodies in seven bits pass every server, whatever it announces.
_POLICY = SMTP.clone(cte_type="7bit")


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
    identity = hashlib.sha256(f"{notification.channel}\n{notification.key}".encode()).hexdigest()[:40]
    return f"<{identity}@{envelope.domain}>"


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
    mail["List-Id"] = f"sentinel <{_label(notification.channel)}.sentinel.{envelope.domain}>"
    mail.set_content(as_text(message))
    mail.add_alternative(as_html(message), subtype="html")
    return mail


def as_text(message: Message) -> str:
    """The plain-text part."""
    return _template("message.txt.j2").render(message=message)


def as_html(message: Message) -> str:
    """The HTML part: no pictures, no links, nothing that is loaded; readable on a phone and in dark mode."""
    return _template("message.html.j2").render(message=message)


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
    environment.filters["one_line"] = one_line
    environment.filters["small_print"] = small_print
    return environment
