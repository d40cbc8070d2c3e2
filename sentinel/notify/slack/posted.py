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

from sentinel.domain.messages import Chart, Message, Notification
from sentinel.notify.slack.errors import error_code
from sentinel.notify.slack.places import Place

EVENT_TYPE = "sentinel_notification"

_CLOCKS_DIFFER_BY = timedelta(hours=1)
_A_PAGE = 200
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{7,}")
_NOT_ALLOWED = frozenset({"missing_scope", "no_permission", "not_in_channel"})

_log = logging.getLogger(__name__)


def metadata(notification: Notification, part: int) -> dict[str, object]:
    """What each post carries so that it is found again: our own id of it, which Slack shows to nobody."""
    payload = {"channel": notification.channel, "key": notification.key, "part": part}
    return {"event_type": EVENT_TYPE, "event_payload": payload}


def chart_name(notification: Notification, place: int = 0) -> str:
    """The file name of one of a notification's charts, by which it is found again."""
    number = f"-{place + 1}" if place else ""
    return f"sentinel-{re.sub(r'[^A-Za-z0-9]+', '-', notification.key)}{number}.png"


def charts_of(message: Message) -> tuple[Chart, ...]:
    """The charts of a message in the order in which they are shared: its own, then those of its sections."""
    charts = (message.chart, *(section.chart for section in message.sections))
    return tuple(chart for chart in charts if chart is not None)


@dataclass(frozen=True, slots=True)
class Found:
    """What of a notification stands in Slack: its posts by their part, and its charts by their place."""

    places: Mapping[int, Place]
    charts: tuple[int, ...]


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
    ) -> Found:
        """Every post of the notification, those `known` included; with `thread` it is looked for there alone.

        `turn` is called before each page is asked for, and may raise to stop. Where the app may not read the channel
        nothing more is found, and a warning says so. Raises what slack-sdk raises when Slack cannot be asked.
        """
        places = dict(known)
        charts: tuple[int, ...] = ()
        try:
            if thread is None and 0 not in places:
                places.update(_places(self._in_channel(notification, turn), notification))
            root = thread or places.get(0)
            if root is not None:
                messages = list(self._in_thread(root, turn))
                places.update(_places(messages, notification))
                charts = _charts(messages, notification)
        except SlackApiError as error:
            if error_code(error) not in _NOT_ALLOWED:
                raise
            _log.warning(
                "channel %s: Slack does not let the app look whether a message arrived (%s); it is sent again and may"
                " arrive twice. The scopes channels:read and channels:history allow it",
                notification.channel,
                error_code(error),
            )
        return Found(places, charts)

    def _in_channel(self, notification: Notification, turn: Callable[[], None]) -> Iterator[_Posted]:
        channel = self._id or self._look_up(turn)
        if channel is None:
            return iter(())
        oldest = _oldest(notification.created_at)
        pages = _pages(
            lambda cursor: self._client.conversations_history(
                channel=channel, include_all_metadata=True, limit=_A_PAGE, oldest=oldest, cursor=cursor
            ),
            turn,
        )
        return _messages(pages, channel)

    def _in_thread(self, root: Place, turn: Callable[[], None]) -> Iterator[_Posted]:
        pages = _pages(
            lambda cursor: self._client.conversations_replies(
                channel=root.channel, ts=root.ts, include_all_metadata=True, limit=_A_PAGE, cursor=cursor
            ),
            turn,
        )
        return _messages(pages, root.channel)

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


@dataclass(frozen=True, slots=True)
class _Posted:
    """A message of Slack's history, and where it stands."""

    place: Place
    content: Mapping[str, Any]


def _messages(pages: Iterable[SlackResponse], channel: str) -> Iterator[_Posted]:
    for page in pages:
        for message in page["messages"] or ():
            yield _Posted(Place(channel, str(message["ts"])), message)


def _places(messages: Iterable[_Posted], notification: Notification) -> dict[int, Place]:
    parts = ((_part(message.content, notification), message.place) for message in messages)
    return {part: place for part, place in parts if part is not None}


def _charts(messages: Iterable[_Posted], notification: Notification) -> tuple[int, ...]:
    names = {file.get("name") for message in messages for file in message.content.get("files") or ()}
    shared = range(len(charts_of(notification.message)))
    return tuple(place for place in shared if chart_name(notification, place) in names)


def _part(message: Mapping[str, Any], notification: Notification) -> int | None:
    tag = message.get("metadata") or {}
    payload = tag.get("event_payload") or {}
    named = (tag.get("event_type"), payload.get("channel"), payload.get("key"))
    if named != (EVENT_TYPE, notification.channel, notification.key):
        return None
    return int(payload.get("part", 0))
