"""Sending to PagerDuty."""

from __future__ import annotations

import msgspec

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.notify.deadline import SEND_WITHIN, Deadline
from sentinel.notify.pagerduty.render import render, stem
from sentinel.notify.posting import TIMEOUT_SECONDS, Poster

_TAKEN = 202
_TRANSIENT = frozenset({408, 425, 429})


class PagerDutyChannel:
    """One service. A receipt is what makes the keys of the notification's alerts unique there.

    The key of an alert is the same at every attempt, and PagerDuty takes a second event with the same key for the same
    incident: an uncertain send is simply sent again.
    """

    def __init__(
        self,
        name: str,
        *,
        routing_key: str,
        base_url: str,
        timeout: float = TIMEOUT_SECONDS,
        within: float = SEND_WITHIN,
    ) -> None:
        self.name = name
        self._where = f"channel {name} (PagerDuty)"
        self._routing_key = routing_key
        self._url = f"{base_url}/v2/enqueue"
        self._poster = Poster(self._where, timeout)
        self._within = within

    def send(self, notification: Notification) -> Receipt:
        """Send the events that have not been taken yet. Raises DeliveryError."""
        deadline = Deadline(self._within)
        delivered = list(notification.delivered)
        try:
            for event in render(notification, self._routing_key):
                if event.part not in delivered:
                    deadline.check(self._where)
                    self._post(event.body)
                    delivered.append(event.part)
        except DeliveryError as error:
            error.delivered = tuple(delivered)
            raise
        return Receipt(remote_id=stem(notification))

    def check(self) -> str:
        """PagerDuty cannot be asked without sending."""
        return f"{self._where} was not asked: that would open an incident"

    def close(self) -> None:
        """Let go of the connection that is kept between events."""
        self._poster.close()

    def _post(self, body: dict[str, object]) -> None:
        answered = self._poster.post(self._url, msgspec.json.encode(body))
        status = answered.status
        if status == _TAKEN:
            return
        refused = 300 <= status < 500  # noqa: PLR2004 - HTTP's own numbers
        hint = ": check the routing_key of this channel in rules.yaml" if status == 400 else ""  # noqa: PLR2004 - likewise
        raise DeliveryError(
            f"{self._where} answered {status}{hint}",
            permanent=refused and status not in _TRANSIENT,
            uncertain=not refused,
            retry_after=answered.retry_after,
        )
