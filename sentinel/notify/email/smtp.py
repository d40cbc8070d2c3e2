"""An SMTP conversation, step by step, so that it is known at which step it failed.

Only after DATA has begun may a server have taken a message without our knowing (RFC 5321, section 4.2.5).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sentinel.errors import DeliveryError
from sentinel.notify.deadline import Deadline
from sentinel.settings import SmtpServer

_PERMANENT_FROM = 500
_LEAVE_WITHIN = 5.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """One recipient that the server would not take."""

    recipient: str
    code: int
    text: str

    @property
    def permanent(self) -> bool:
        """Whether asking again changes nothing."""
        return self.code >= _PERMANENT_FROM

    def __str__(self) -> str:
        return f"{self.recipient} is refused: {self.code} {self.text}"


@dataclass(frozen=True, slots=True)
class Handover:
    """What the server took over, and whom it refused."""

    accepted: tuple[str, ...]
    refused: tuple[Refusal, ...]


class MailConnection:
    """The way to one mail server: a conversation is begun with the first mail and goes on with the next ones.

    One that failed is over, and the next mail begins another. Used by one thread at a time.
    """

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def deliver(self, sender: str, recipients: Sequence[str], content: bytes, deadline: Deadline) -> Handover:
        """Hand one message over for its recipients. Raises DeliveryError when nobody's copy was taken."""
        with self._explained():
            smtp = self._begun(sender, deadline)
            answers = {recipient: _in_time(smtp, deadline).rcpt(recipient) for recipient in recipients}
            refused = tuple(
                Refusal(recipient, code, _text(text))
                for recipient, (code, text) in answers.items()
                if code not in (250, 251)
            )
            accepted = tuple(recipient for recipient in recipients if recipient not in {r.recipient for r in refused})
            if accepted:
                _hand_over(self._server, _in_time(smtp, deadline), content)
            return Handover(accepted, refused)

    def sign_in(self, deadline: Deadline) -> None:
        """Begin a conversation without a mail. Raises DeliveryError."""
        with self._explained():
            self._open(deadline)

    def close(self) -> None:
        """Take leave of the server; what goes wrong at QUIT is no failure: it took the mails before."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                _in_time(self._smtp, Deadline(_LEAVE_WITHIN)).quit()
        self._hang_up()

    def _begun(self, sender: str, deadline: Deadline) -> smtplib.SMTP:
        """A conversation in which a mail has begun: the one that is open, where the server goes on with it."""
        if self._smtp is not None and _goes_on(self._smtp, sender, deadline):
            return self._smtp
        self._hang_up()
        smtp = self._open(deadline)
        _expect_ok(_in_time(smtp, deadline).mail(sender))
        return smtp

    def _open(self, deadline: Deadline) -> smtplib.SMTP:
        """A greeted, private and authenticated conversation."""
        server = self._server
        smtp = self._smtp = _connect(server, deadline)
        _in_time(smtp, deadline).ehlo_or_helo_if_needed()
        if server.starttls:
            _in_time(smtp, deadline).starttls(context=_context(server))
            _in_time(smtp, deadline).ehlo()
        if server.user is not None:
            _in_time(smtp, deadline).login(server.user, server.password or "")
        return smtp

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Failures as DeliveryErrors; after one nobody knows how far the conversation is, so it is over."""
        try:
            with _explained(self._server):
                yield
        except DeliveryError:
            self._hang_up()
            raise

    def _hang_up(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None


def _goes_on(smtp: smtplib.SMTP, sender: str, deadline: Deadline) -> bool:
    """Whether the server lets another mail begin: it may have gone meanwhile, or take only so many at once."""
    try:
        _expect_ok(_in_time(smtp, deadline).rset())
        _expect_ok(_in_time(smtp, deadline).mail(sender))
    except (smtplib.SMTPException, OSError):
        return False
    return True


def _connect(server: SmtpServer, deadline: Deadline) -> smtplib.SMTP:
    if server.implicit_tls:
        return smtplib.SMTP_SSL(server.host, server.port, timeout=deadline.left, context=_context(server))
    return smtplib.SMTP(server.host, server.port, timeout=deadline.left)


def _in_time(smtp: smtplib.SMTP, deadline: Deadline) -> smtplib.SMTP:
    """The connection, whose next answer is waited for no longer than what is left."""
    if smtp.sock is not None:
        smtp.sock.settimeout(deadline.left)
    return smtp


def _context(server: SmtpServer) -> ssl.SSLContext:
    """Without a context of its own smtplib would not verify whom it talks to."""
    context = ssl.create_default_context()
    if not server.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _hand_over(server: SmtpServer, smtp: smtplib.SMTP, content: bytes) -> None:
    try:
        answer = smtp.data(content)
    except smtplib.SMTPDataError:
        raise
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise DeliveryError(
            f"{_where(server)}: the connection broke after the message was sent and before it was confirmed: {error}",
            uncertain=True,
        ) from error
    _expect_ok(answer)


def _expect_ok(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if code != 250:  # noqa: PLR2004 - SMTP's own number
        raise smtplib.SMTPResponseException(code, text)


@contextmanager
def _explained(server: SmtpServer) -> Iterator[None]:
    """Failures of the conversation as DeliveryErrors."""
    where = _where(server)
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise DeliveryError(
            f"{where}: the server refuses the user or password of SENTINEL_SMTP_URL ({error.smtp_code})",
            permanent=error.smtp_code >= _PERMANENT_FROM,
        ) from error
    except smtplib.SMTPResponseException as error:
        detail = f"{error.smtp_code} {_text(error.smtp_error)}"
        raise DeliveryError(f"{where}: {detail}", permanent=error.smtp_code >= _PERMANENT_FROM) from error
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(f"{where}: {error}", permanent=True) from error
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(
            f"{where}: its certificate is not trusted: {error.verify_message};"
            " SSL_CERT_FILE names an authority of your own",
            permanent=True,
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"{where}: {str(error) or type(error).__name__}") from error


def _where(server: SmtpServer) -> str:
    return f"mail server {server.host}:{server.port}"


def _text(text: bytes | str) -> str:
    shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(shown.split())
