"""Sending e-mail."""

from __future__ import annotations

from collections.abc import Sequence

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.notify.deadline import SEND_WITHIN, Deadline
from sentinel.notify.email.render import Envelope, message_id, render
from sentinel.notify.email.smtp import Handover, MailConnection
from sentinel.settings import SmtpServer


class EmailChannel:
    """Some mail addresses. A receipt is the Message-ID of the alert's first mail, which later ones refer to."""

    def __init__(
        self,
        name: str,
        *,
        sender: str,
        recipients: Sequence[str],
        server: SmtpServer,
        within: float = SEND_WITHIN,
    ) -> None:
        self.name = name
        self._envelope = Envelope(sender, tuple(recipients))
        self._server = server
        self._connection = MailConnection(server)
        self._within = within

    def send(self, notification: Notification) -> Receipt:
        """Hand one mail over for every recipient that has no copy yet. Raises DeliveryError, also for some of them."""
        self._require_ascii()
        waiting = [address for address in self._envelope.recipients if address not in notification.delivered]
        mail = render(notification, self._envelope)
        try:
            handover = self._connection.deliver(self._envelope.sender, waiting, mail.as_bytes(), Deadline(self._within))
        except DeliveryError as error:
            error.delivered = notification.delivered
            raise
        if handover.refused:
            raise self._partly(handover, notification)
        return Receipt(remote_id=notification.thread or message_id(notification, self._envelope))

    def check(self) -> str:
        """Connect and sign in without sending. Raises DeliveryError."""
        self._connection.sign_in(Deadline(self._within))
        return f"mail server {self._server.host}:{self._server.port} lets us in"

    def close(self) -> None:
        """Take leave of the mail server, with which the conversation goes on from one mail to the next."""
        self._connection.close()

    def _partly(self, handover: Handover, notification: Notification) -> DeliveryError:
        delivered = (*notification.delivered, *handover.accepted)
        others = f"; {', '.join(delivered)} got it" if delivered else ""
        return DeliveryError(
            f"channel {self.name}: {'; '.join(map(str, handover.refused))}{others}",
            permanent=all(refusal.permanent for refusal in handover.refused),
            delivered=delivered,
        )

    def _require_ascii(self) -> None:
        for address in (self._envelope.sender, *self._envelope.recipients):
            if not address.isascii():
                raise DeliveryError(
                    f"the address {address} has letters that plain SMTP does not carry: use its ASCII form",
                    permanent=True,
                )
