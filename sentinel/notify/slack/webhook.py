"""Sending to Slack by an incoming webhook: messages alone, without threads, charts and buttons."""

from __future__ import annotations

from urllib.parse import urlsplit

from slack_sdk.webhook import WebhookClient, WebhookResponse

from sentinel.domain.messages import Notification, Receipt
from sentinel.errors import DeliveryError
from sentinel.notify.deadline import SEND_WITHIN, Deadline
from sentinel.notify.slack.errors import FAILURES, delivery_error, retry_after
from sentinel.notify.slack.render import SlackPost, render

TIMEOUT_SECONDS = 20
POSTS_AT_MOST = 3
"""Without a thread the details of a large digest would bury the channel: the first of them stand for all."""

_TRANSIENT = frozenset({408, 425, 429})
_TAKEN = "ok"
_GONE = frozenset({"invalid_token", "no_active_hooks", "no_service", "no_service_id", "no_team"})


class SlackWebhookChannel:
    """The channel that an incoming webhook belongs to; a receipt is the notification's own key.

    A webhook cannot be asked what arrived: after an answer that was lost, the message is sent again.
    """

    def __init__(self, name: str, *, url: str, timeout: int = TIMEOUT_SECONDS, within: float = SEND_WITHIN) -> None:
        self.name = name
        self._where = f"channel {name} ({urlsplit(url).hostname})"
        self._within = within
        # As with the bot's token, what goes out again is for the outbox to decide.
        self._client = WebhookClient(url, timeout=timeout, retry_handlers=[])

    def send(self, notification: Notification) -> Receipt:
        """Post what has not arrived yet, each post as a message of its own. Raises DeliveryError."""
        deadline = Deadline(self._within)
        delivered = list(notification.delivered)
        try:
            for part, post in enumerate(render(notification.message)[:POSTS_AT_MOST]):
                if str(part) not in delivered:
                    deadline.check(self._where)
                    self._post(post)
                    delivered.append(str(part))
        except DeliveryError as error:
            error.delivered = tuple(delivered)
            raise
        return Receipt(remote_id=notification.key)

    def check(self) -> str:
        """A webhook cannot be asked without sending."""
        return f"{self._where} was not asked: that would send a message"

    def close(self) -> None:
        """Nothing is kept open: slack-sdk connects for each call."""

    def _post(self, post: SlackPost) -> None:
        try:
            answer = self._client.send(
                text=post.text,
                blocks=list(post.blocks),
                attachments=list(post.attachments),
                unfurl_links=False,
                unfurl_media=False,
            )
        except FAILURES as error:
            raise delivery_error(error, self._where) from error
        self._judge(answer)

    def _judge(self, answer: WebhookResponse) -> None:
        status = answer.status_code
        if status == 200 and answer.body.strip() == _TAKEN:  # noqa: PLR2004 - HTTP's own number
            return
        body = answer.body.strip()
        said = f" {body[:80]}" if body.replace("_", "").isalnum() else ""
        hint = ": make a new webhook, and give its webhook_url in rules.yaml" if body in _GONE else ""
        raise DeliveryError(
            f"{self._where} answered {status}{said}{hint}",
            permanent=400 <= status < 500 and status not in _TRANSIENT,  # noqa: PLR2004 - likewise
            uncertain=not 400 <= status < 500,  # noqa: PLR2004 - likewise
            retry_after=retry_after(answer.headers),
        )
