"""Sending to Slack."""

from __future__ import annotations

from collections.abc import Iterator

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.notify.deadline import SEND_WITHIN, Deadline
from sentinel.notify.slack.errors import FAILURES, UNREACHABLE_THREAD, delivery_error, error_code
from sentinel.notify.slack.follow_up import FollowUp, chart_step
from sentinel.notify.slack.permalinks import Permalinks
from sentinel.notify.slack.places import Place, Thread
from sentinel.notify.slack.posted import Search, metadata
from sentinel.notify.slack.progress import Progress
from sentinel.notify.slack.render import Answers, SlackPost, render
from sentinel.notify.slack.scopes import what_is_missing

TIMEOUT_SECONDS = 20


class SlackChannel:
    """One Slack channel. A receipt is the place of the alert's first post; later ones are replies to it.

    The first post is kept up to date with how the alert stands. With an app token it has buttons. A reply that is for
    everybody is shown in the channel too.
    """

    def __init__(
        self,
        name: str,
        *,
        token: str,
        channel: str,
        base_url: str,
        app_token: str | None = None,
        timeout: int = TIMEOUT_SECONDS,
        within: float = SEND_WITHIN,
    ) -> None:
        self.name = name
        self._within = within
        self._channel = channel
        self._app_token = app_token
        # The default handlers would send again after "accepted, then disconnected"; the outbox asks first.
        self._client = WebClient(token=token, base_url=base_url, timeout=timeout, retry_handlers=[])
        self._search = Search(self._client, channel)
        self._permalinks = Permalinks(self._client)
        self._first = Answers.COMMANDS if app_token is None else Answers.BUTTONS
        self._follow_up = FollowUp(self._client, self._where, self._first)

    def send(self, notification: Notification) -> Receipt:
        """Post what has not arrived yet; after an uncertain attempt Slack is asked first. Raises DeliveryError."""
        begun = Thread.read(notification.thread) if notification.thread else None
        progress = Progress.read(notification.delivered)
        deadline = Deadline(self._within)
        try:
            thread = self._post_all(notification, begun, progress, deadline)
            self._follow_up.do(notification, thread, progress, deadline)
        except DeliveryError as error:
            error.delivered = progress.written()
            raise
        except FAILURES as error:
            failed = delivery_error(error, self._where)
            failed.delivered = progress.written()
            raise failed from error
        return Receipt(remote_id=str(thread))

    def check(self) -> str:
        """Sign in without posting, and name the rights that the app lacks. Raises DeliveryError."""
        try:
            answer = self._client.auth_test()
        except FAILURES as error:
            raise delivery_error(error, self._where) from error
        signed_in = f"signed in to {answer.get('team')} as {answer.get('user')}"
        return "; ".join([signed_in, *what_is_missing(answer.headers, self._where), *self._check_buttons()])

    def close(self) -> None:
        """Nothing is kept open: slack-sdk connects for each call."""

    def _check_buttons(self) -> Iterator[str]:
        """Ask for a connection, without opening it, as the presses of buttons need one."""
        if self._app_token is None:
            return
        try:
            self._client.apps_connections_open(app_token=self._app_token)
        except FAILURES as error:
            raise delivery_error(error, f"{self._where}, app_token") from error
        yield "buttons can be pressed while sentinel run is running"

    @property
    def _where(self) -> str:
        return f"channel {self.name} ({self._channel})"

    def _post_all(
        self, notification: Notification, begun: Thread | None, progress: Progress, deadline: Deadline
    ) -> Thread:
        """Post into the thread, or a new message where there is none; `progress` grows by what is posted."""
        try:
            return self._post_missing(notification, begun, progress, deadline)
        except SlackApiError as error:
            # The thread, or the channel it was in, is gone: better a new message than none.
            if begun is None or error_code(error) not in UNREACHABLE_THREAD:
                raise
            return self._post_missing(notification, None, progress, deadline)

    def _post_missing(
        self, notification: Notification, begun: Thread | None, progress: Progress, deadline: Deadline
    ) -> Thread:
        def turn() -> None:
            deadline.check(self._where)

        root = begun.place if begun else None
        if notification.uncertain:
            found = self._search.find(notification, progress.places, root, turn)
            progress.places.update(found.places)
            progress.settled.update(map(chart_step, found.charts))
        for part, post in enumerate(self._posts(notification, begun, deadline)):
            if part not in progress.places:
                turn()
                tag = metadata(notification, part)
                # A reply is shown to those alone who follow its thread; its details stay there in any case.
                broadcast = root is not None and part == 0 and notification.message.for_everybody
                progress.places[part] = self._post(post, root or progress.places.get(0), tag, broadcast=broadcast)
        return begun or Thread(progress.places[0], shared=_is_about_many(notification))

    def _posts(self, notification: Notification, begun: Thread | None, deadline: Deadline) -> tuple[SlackPost, ...]:
        # In a thread of its own an alert has its buttons in the first message, which is kept up to date.
        follows = begun is not None and not begun.shared and self._app_token is not None
        links = self._permalinks.find(notification, deadline, self._within / 2) if notification.message.details else {}
        return render(notification.message, Answers.ELSEWHERE if follows else self._first, links)

    def _post(self, post: SlackPost, root: Place | None, tag: dict[str, object], *, broadcast: bool) -> Place:
        answer = self._client.chat_postMessage(
            channel=root.channel if root else self._channel,
            thread_ts=root.ts if root else None,
            reply_broadcast=broadcast,
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


def _is_about_many(notification: Notification) -> bool:
    return bool(notification.message.details) or len(notification.message.alert_ids) > 1
