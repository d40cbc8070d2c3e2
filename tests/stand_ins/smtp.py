"""A stand-in for a mail server, always a process of its own: it takes, keeps and lists mails, and fails when told to.

`with smtp_stand_in() as smtp:` gives a `MailServer`. A second port of the process, over HTTP, is for the test.
"""

# ruff: noqa: ARG002, D102, N802 - aiosmtpd calls the handlers by these names, with all their arguments

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from email import message_from_string, policy
from email.message import EmailMessage
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import httpx

from tests.stand_ins.certificates import Certificate
from tests.stand_ins.serving import Answer, Request, announce_and_wait, json_answer, serve, started

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "sentinel", "p@ss:word/1"

FaultKind = Literal["refuse", "quit_421", "drop_after_data", "drop_at_greeting", "data", "drop_between", "enough"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong the next `times` times.

    `refuse`: `recipient` gets `code`; `data`: the message gets `code`; `quit_421`: QUIT does; `drop_after_data`: the
    message is kept and the connection closed without an answer; `drop_at_greeting`: closed at EHLO; `drop_between`:
    closed when another mail is to begin; `enough`: no further mail in this conversation.
    """

    kind: FaultKind
    recipient: str = ""
    code: int = 550
    times: int = 1


@dataclass(frozen=True, slots=True)
class Mail:
    """One message that was taken, with its envelope.

    `tls` tells whether it came over TLS, `user` who signed in; `port` is the same for all mails of one conversation.
    """

    sender: str
    recipients: list[str]
    content: str
    tls: bool
    user: str | None
    port: int

    @property
    def parsed(self) -> EmailMessage:
        """Its headers and parts."""
        message: EmailMessage = message_from_string(self.content, policy=policy.default)
        return message

    def part(self, kind: Literal["plain", "html"]) -> str:
        """The text of one of its parts."""
        part = self.parsed.get_body((kind,))
        assert part is not None
        return str(part.get_content())


@dataclass(frozen=True, slots=True)
class MailServer:
    """A running stand-in, seen from a test: it listens at `host`:`port`."""

    host: str
    port: int
    control: str = field(repr=False)

    def mails(self) -> list[Mail]:
        """Every message that it took, in order."""
        return [Mail(**mail) for mail in httpx.get(f"{self.control}/mails").json()]

    def fail(self, *faults: Fault) -> None:
        """Let the next conversations go wrong."""
        for fault in faults:
            httpx.post(f"{self.control}/faults", json=asdict(fault)).raise_for_status()


@contextmanager
def smtp_stand_in(
    *, certificate: Certificate | None = None, implicit_tls: bool = False, login: bool = False
) -> Iterator[MailServer]:
    """Run one: with a certificate it offers STARTTLS, or speaks TLS from the first byte; `login` demands USER."""
    arguments = []
    if certificate is not None:
        arguments += ["--certificate", str(certificate.certificate), "--key", str(certificate.key)]
    arguments += ["--implicit-tls"] if implicit_tls else []
    arguments += ["--login"] if login else []
    with started("tests.stand_ins.smtp", *arguments) as facts:
        yield MailServer(facts["host"], facts["port"], facts["control"])


class Mailbox:
    """What the stand-in knows; aiosmtpd calls it at each step, the test over HTTP."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._mails: list[Mail] = []
        self._faults: list[Fault] = []

    def respond(self, request: Request) -> Answer:
        """Answer the test."""
        with self._lock:
            if request.path == "/mails":
                return json_answer([asdict(mail) for mail in self._mails])
            self._faults.append(Fault(**json.loads(request.body)))
            return json_answer({})

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        """Let USER in."""
        from aiosmtpd.smtp import AuthResult

        known = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=known, auth_data=USER if known else None)

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if self._take("drop_at_greeting"):
            _abort(server)
        return responses

    async def handle_RSET(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self._take("drop_between"):
            _abort(server)
        return "421 enough for once" if self._take("enough") else "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        fault = self._take("refuse", address)
        if fault is not None:
            return f"{fault.code} {address} has no mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        fault = self._take("data")
        if fault is not None:
            return f"{fault.code} not now"
        content = envelope.content
        assert isinstance(content, bytes)
        mail = Mail(
            sender=str(envelope.mail_from),
            recipients=list(envelope.rcpt_tos),
            content=content.decode("ascii"),
            tls=_transport(server).get_extra_info("ssl_object") is not None,
            user=session.auth_data if session.authenticated else None,
            port=_transport(server).get_extra_info("peername")[1],
        )
        with self._lock:
            self._mails.append(mail)
        if self._take("drop_after_data"):
            _abort(server)
        return "250 taken"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        return "421 going down" if self._take("quit_421") else "221 Bye"

    def _take(self, kind: FaultKind, recipient: str = "") -> Fault | None:
        with self._lock:
            for place, fault in enumerate(self._faults):
                if (fault.kind, fault.recipient) == (kind, recipient):
                    left = fault.times - 1
                    self._faults[place : place + 1] = [replace(fault, times=left)] if left else []
                    return fault
        return None


def _transport(server: SMTP) -> asyncio.Transport:
    assert isinstance(server.transport, asyncio.Transport)
    return server.transport


def _abort(server: SMTP) -> None:
    _transport(server).abort()


def _main() -> None:
    from aiosmtpd.smtp import SMTP

    parser = argparse.ArgumentParser()
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parser.add_argument("--implicit-tls", action="store_true")
    parser.add_argument("--login", action="store_true")
    chosen = parser.parse_args()
    context = None
    if chosen.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chosen.certificate, chosen.key)
    mailbox = Mailbox()
    options: dict[str, Any] = {"tls_context": None if chosen.implicit_tls else context}
    if chosen.login:
        options |= {
            "authenticator": mailbox.authenticate,
            "auth_required": True,
            "auth_require_tls": context is not None and not chosen.implicit_tls,
        }

    async def listen() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(mailbox, hostname="stand-in", **options),
            "127.0.0.1",
            0,
            ssl=context if chosen.implicit_tls else None,
        )
        port = server.sockets[0].getsockname()[1]
        with serve(mailbox.respond) as control:
            await loop.run_in_executor(None, lambda: announce_and_wait(host="127.0.0.1", port=port, control=control))
        server.close()

    asyncio.run(listen())


if __name__ == "__main__":
    _main()
