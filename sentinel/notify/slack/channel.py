"""Sending to Slack."""

from __future__ import annotations

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.notify.deadline import SEND_WITHIN, Deadline
from sentinel.notify.slack.errors import FAILURES, UNREACHABLE_THREAD, delivery_error, error_code
from sentinel.notify.slack.posted import Place, Search, metadata, read_places, write_places
from sentinel.notify.slack.render import SlackPost, render

TIMEOUT_SECONDS = 20


class SlackChannel:
    """One Slack channel. A receipt is the place of the alert's first post; later ones are replies to it."""

    def __init__(
        self,
        name: str,
        *,
        token: str,
        channel: str,
        base_url: str,
        timeout: int = TIMEOUT_SECONDS,
        within: float = SEND_WITHIN,
    ) -> None:
        self.name = name
        self._within = within
        self._channel = channel
        # The default handlers would send again after "accepted, then disconnected"; the outbox asks first.
        self._client = WebClient(token=token, base_url=base_url, timeout=timeout, retry_handlers=[])
        self._search = Search(self._client, channel)

    def send(self, notification: Notification) -> Receipt:
        """Post what has not arrived yet; after an uncertain attempt Slack is asked first. Raises DeliveryError."""
        thread = Place.read(notification.thread) if notification.thread else None
        places = read_places(notification.delivered)
        try:
            return Receipt(remote_id=str(self._post_all(notification, thread, places)))
        except DeliveryError as error:
            error.delivered = write_places(places)
            raise
        except FAILURES as error:
            failed = delivery_error(error, self._where)
            failed.delivered = write_places(places)
            raise failed from error

    def check(self) -> str:
        """Sign in without posting. Raises DeliveryError."""
        try:
            answer = self._client.auth_test()
        except FAILURES as error:
            raise delivery_error(error, self._where) from error
        return f"signed in to {answer.get('team')} as {answer.get('user')}"

    @property
    def _where(self) -> str:
        return f"channel {self.name} ({self._channel})"

    def _post_all(self, notification: Notification, thread: Place | None, places: dict[int, Place]) -> Place:
        """Post into the thread, or a new message where there is none; `places` grows by what is posted."""
        deadline = Deadline(self._within)
        try:
            return self._post_missing(notification, thread, places, deadline)
        except SlackApiError as error:
            # The thread, or the channel it was in, is gone: better a new message than none.
            if thread is None or error_code(error) not in UNREACHABLE_THREAD:
                raise
            return self._post_missing(notification, None, places, deadline)

    def _post_missing(
        self, notification: Notification, thread: Place | None, places: dict[int, Place], deadline: Deadline
    ) -> Place:
        def turn() -> None:
            deadline.check(self._where)

        if notification.uncertain:
            places.update(self._search.find(notification, places, thread, turn))
        for part, post in enumerate(render(notification.message)):
            if part not in places:
                turn()
                places[part] = self._post(post, thread or places.get(0), metadata(notification, part))
        return thread or places[0]

    def _post(self, post: SlackPost, root: Place | None, tag: dict[str, object]) -> Place:
        answer = self._client.chat_postMessage(
            channel=root.channel if root else self._channel,
            thread_ts=root.ts if root else None,
            text=post.text,
            blocks=list(post.blocks),
            attachments=list(post.attachments),
            metadata=tag,
            unfurl_links=False,
            unfurl_media=False,
        )
        place = Place(str(answer["channel"]), str(answer["ts"]))
        if root is None:
            self._search.learn(place)
        return place
