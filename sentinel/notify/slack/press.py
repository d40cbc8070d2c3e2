"""A press of a button, as Slack tells of it: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sentinel.notify.slack.buttons import Button
from sentinel.notify.slack.places import Thread


@dataclass(frozen=True, slots=True)
class Press:
    """Who pressed which button below which alert; `id` is the same however often Slack tells of it.

    `slack_channel` is the id of the channel where it was pressed, `thread_ts` the thread, None outside of one.
    `answer_url` takes an answer that only this person sees.
    """

    id: str
    button: Button
    alert_id: int
    user: str
    slack_channel: str
    thread_ts: str | None
    answer_url: str

    def was_in(self, thread: str) -> bool:
        """Whether it was pressed in the Slack channel of a conversation, given by the receipt's words."""
        return Thread.read(thread).place.channel == self.slack_channel


def read_presses(payload: Mapping[str, Any]) -> Iterator[Press]:
    """The presses of our own buttons in an interaction; others, and what has another form, are left out."""
    if payload.get("type") != "block_actions":
        return
    user, channel = _mapping(payload.get("user")), _mapping(payload.get("channel"))
    message = _mapping(payload.get("message"))
    for action in payload.get("actions") or ():
        said = str(action.get("value") or _mapping(action.get("selected_option")).get("value") or "")
        word, _, number = said.partition(" ")
        if word not in set(Button) or not (number.isascii() and number.isdecimal()):
            continue
        yield Press(
            id=f"{user.get('id')}/{action.get('action_ts')}",
            button=Button(word),
            alert_id=int(number),
            user=str(user.get("name") or user.get("username") or user.get("id")),
            slack_channel=str(channel.get("id")),
            thread_ts=str(message["thread_ts"]) if message.get("thread_ts") else None,
            answer_url=str(payload.get("response_url") or ""),
        )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
