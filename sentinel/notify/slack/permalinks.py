"""Links to conversations that exist already, for the digests that speak of their alerts."""

from __future__ import annotations

import logging

from slack_sdk import WebClient

from sentinel.domain.messages import Notification
from sentinel.notify.deadline import Deadline
from sentinel.notify.slack.errors import FAILURES
from sentinel.notify.slack.places import Place, Thread

AT_MOST = 30
"""So many links of one digest; each of them costs a call."""

_log = logging.getLogger(__name__)


class Permalinks:
    """Asks Slack for links, and remembers them: a message keeps its link for ever."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._known: dict[Place, str] = {}

    def find(self, notification: Notification, deadline: Deadline, reserve: float) -> dict[int, str]:
        """The links to the threads of its alerts, by the alerts' ids, as many as are found with `reserve` seconds left.

        A link is a convenience: what goes wrong is only logged.
        """
        links: dict[int, str] = {}
        for alert_id, thread in list(notification.threads.items())[:AT_MOST]:
            place = Thread.read(thread).place
            try:
                if place not in self._known and deadline.left > reserve:
                    self._known[place] = self._ask(place)
            except FAILURES as error:
                _log.info("channel %s: no links to threads: %s", notification.channel, error)
                break
            if place in self._known:
                links[alert_id] = self._known[place]
        return links

    def _ask(self, place: Place) -> str:
        return str(self._client.chat_getPermalink(channel=place.channel, message_ts=place.ts)["permalink"])
