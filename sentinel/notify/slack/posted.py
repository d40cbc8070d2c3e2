"""Where a notification's posts are in Slack: what is known from before, and what Slack is asked for."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from sentinel.domain.messages import Notification
from sentinel.notify.slack.errors import error_code

EVENT_TYPE = "sentinel_notification"

_CLOCKS_DIFFER_BY = timedelta(hours=1)
_A_PAGE = 200
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
_NOT_ALLOWED = frozenset({"missing_scope", "no_permission", "not_in_channel"})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """One post: the id of its Slack channel and its `ts`, written `C0123456789/1700000000.000100`."""

    channel: str
    ts: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.ts}"

    @classmethod
    def read(cls, text: str) -> Place:
        """The place that was written."""
        channel, _, ts = text.partition("/")
        return cls(channel, ts)


def metadata(notification: Notification, part: int) -> dict[str, object]:
    """What each post carries so that it is found again: our own id of it, which Slack shows to nobody."""
    payload = {"channel": notification.channel, "key": notification.key, "part": part}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def write_places(places: Mapping[int, Place]) -> tuple[str, ...]:
    """The posts of a notification, by part, for the outbox to remember."""
    return tuple(f"{part}={place}" for part, place in sorted(places.items()))


def read_places(delivered: Iterable[str]) -> dict[int, Place]:
    """The posts that the outbox remembers, by part."""
    pairs = (text.partition("=") for text in delivered)
    return {int(part): Place.read(place) for part, _, place in pairs}


class Search:
    """Finds in Slack's own history what an uncertain send has left there."""

    def __init__(self, client: WebClient, channel: str) -> None:
        self._client = client
        self._channel = channel
        self._id: str | None = channel if _CHANNEL_ID.fullmatch(channel) else None

    def learn(self, place: Place) -> None:
        """Take the id of the channel from a post that is in it: history is not told by name."""
        self._id = place.channel

    def find(
        self, notification: Notification, known: Mapping[int, Place], thread: Place | None, turn: Callable[[], None]
    ) -> dict[int, Place]:
        """Every post of the notification, those `known` included; with `thread` it is looked for there alone.

        `turn` is called before each page is asked for, and may raise to stop. Where the app may not read the channel
        nothing more is found, and a warning says so. Raises what slack-sdk raises when Slack cannot be asked.
        """
        found = dict(known)
        try:
            if thread is None and 0 not in found:
                found.update(self._in_channel(notification, turn))
            root = thread or found.get(0)
            if root is not None:
                found.update(self._in_thread(notification, root, turn))
        except SlackApiError as error:
            if error_code(error) not in _NOT_ALLOWED:
                raise
            _log.warning(
                "channel %s: Slack does not let the app look whether a message arrived (%s); it is sent again and may"
                " arrive twice. The scopes channels:read and channels:history allow it",
                notification.channel,
                error_code(error),
            )
        return found

    def _in_channel(self, notification: Notification, turn: Callable[[], None]) -> dict[int, Place]:
        channel = self._id or self._look_up(turn)
        if channel is None:
            return {}
        oldest = _oldest(notification.created_at)
        pages = _pages(
            lambda cursor: self._client.conversations_history(
                channel=channel, include_all_metadata=True, limit=_A_PAGE, oldest=oldest, cursor=cursor
            ),
            turn,
        )
        return _ours(pages, notification, channel)

    def _in_thread(self, notification: Notification, root: Place, turn: Callable[[], None]) -> dict[int, Place]:
        pages = _pages(
            lambda cursor: self._client.conversations_replies(
                channel=root.channel, ts=root.ts, include_all_metadata=True, limit=_A_PAGE, cursor=cursor
            ),
            turn,
        )
        return _ours(pages, notification, root.channel)

    def _look_up(self, turn: Callable[[], None]) -> str | None:
        wanted = self._channel.removeprefix("#")
        for page in _pages(
            lambda cursor: self._client.conversations_list(
                types="public_channel,private_channel", exclude_archived=True, limit=_A_PAGE, cursor=cursor
            ),
            turn,
        ):
            for channel in page["channels"] or ():
                if channel.get("name") == wanted:
                    self._id = str(channel["id"])
                    return self._id
        return None


def _oldest(created_at: datetime | None) -> str | None:
    """Before a message was written nothing of it can be found."""
    return None if created_at is None else f"{(created_at - _CLOCKS_DIFFER_BY).timestamp():.6f}"


def _pages(ask: Callable[[str | None], SlackResponse], turn: Callable[[], None]) -> Iterator[SlackResponse]:
    cursor: str | None = None
    while True:
        turn()
        page = ask(cursor)
        yield page
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            return


def _ours(pages: Iterable[SlackResponse], notification: Notification, channel: str) -> dict[int, Place]:
    found: dict[int, Place] = {}
    for page in pages:
        for message in page["messages"] or ():
            part = _part(message, notification)
            if part is not None:
                found[part] = Place(channel, str(message["ts"]))
    return found


def _part(message: Mapping[str, Any], notification: Notification) -> int | None:
    tag = message.get("metadata") or {}
    payload = tag.get("event_payload") or {}
    named = (tag.get("event_type"), payload.get("channel"), payload.get("key"))
    if named != (EVENT_TYPE, notification.channel, notification.key):
        return None
    return int(payload.get("part", 0))
