"""Listening for presses by Socket Mode: a connection that we open, so that no address of ours must be public."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.webhook import WebhookClient

from sentinel.errors import SentinelError
from sentinel.notify.slack.errors import FAILURES, delivery_error
from sentinel.notify.slack.press import Press, read_presses
from sentinel.notify.slack.render import escape

if TYPE_CHECKING:
    from slack_sdk.socket_mode.client import BaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest

TIMEOUT_SECONDS = 20
PING_EVERY = 10.0
"""Seconds between two pings; a connection that has not answered four of them is opened anew."""

_WHISPER_WITHIN = 10
_INTERACTIVE = "interactive"

log = logging.getLogger(__name__)


class SlackListener:
    """Hears the presses of one Slack app's buttons.

    `answer` does what a press asks for. What it returns, or the SentinelError that it raises, is told to the one who
    pressed and to nobody else; None where the thread answers. It is called from several threads, and again for a press
    that Slack tells of again.
    """

    def __init__(
        self, app_token: str, *, base_url: str, answer: Callable[[Press], str | None], ping_every: float = PING_EVERY
    ) -> None:
        self._app_token = app_token
        self._base_url = base_url
        self._answer = answer
        self._ping_every = ping_every

    def run(self, stop: Event) -> None:
        """Listen until `stop` is set; a lost connection is opened anew. Raises DeliveryError where none can be had."""
        web = WebClient(base_url=self._base_url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
        client = SocketModeClient(self._app_token, web_client=web, ping_interval=self._ping_every)
        client.socket_mode_request_listeners.append(self._hear)
        try:
            client.connect()
            log.info("listening for Slack's buttons")
            stop.wait()
        except FAILURES as error:
            raise delivery_error(error, "listening for Slack's buttons (app_token)") from error
        finally:
            client.close()

    def _hear(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            # At once: Slack waits three seconds, and shows a warning sign after that.
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        except SlackClientError as error:
            log.warning("Slack was not told that a press was heard: %s", error)
        if request.type == _INTERACTIVE:
            for press in read_presses(request.payload):
                whispered = self._do(press)
                if whispered:
                    _whisper(press, whispered)

    def _do(self, press: Press) -> str | None:
        try:
            return self._answer(press)
        except SentinelError as error:
            log.warning("%s pressed %s: %s", press.user, press.button, error)
            return str(error)
        except Exception:
            log.exception("%s pressed %s", press.user, press.button)
            return "That went wrong; the log of sentinel says why"


def _whisper(press: Press, text: str) -> None:
    client = WebhookClient(press.answer_url, timeout=_WHISPER_WITHIN, retry_handlers=[])
    body = {"text": escape(text), "response_type": "ephemeral", "replace_original": False}
    try:
        answer = client.send_dict({**body, "thread_ts": press.thread_ts} if press.thread_ts else body)
    except FAILURES as error:
        log.warning("%s could not be answered: %s", press.user, error)
        return
    if answer.status_code != 200:  # noqa: PLR2004 - HTTP's own number
        log.warning("%s could not be answered: Slack says %d", press.user, answer.status_code)
