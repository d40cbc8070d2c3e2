"""A stand-in for Slack's Web API: it takes, keeps and lists messages, and fails when it is told to.

In a thread: `with slack_stand_in() as slack:`. As a process of its own:
`with started("tests.stand_ins.slack") as facts: slack = Slack(facts["url"])`.
Both give a `Slack`, which asks over HTTP what was posted.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from threading import Lock
from typing import Any, Literal
from urllib.parse import parse_qs

import httpx

from tests.stand_ins.serving import Answer, Request, announce_and_wait, json_answer, serve

TOKEN = "xoxb-stand-in"
CHANNELS = {"C0FINOPS01": "finops", "C0ONCALL01": "oncall", "C0OWNERS01": "owners"}

FaultKind = Literal["rate_limited", "status", "error", "accept_then_drop", "drop", "slow"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong at the next `times` calls of `method`.

    `rate_limited`: 429 with `retry_after`; `status`: an HTML page with `status`; `error`: ok false with `error`;
    `accept_then_drop`: the call is done and the connection closed; `drop`: closed before; `slow`: done, and answered
    after `seconds`.
    """

    kind: FaultKind
    method: str = "chat.postMessage"
    times: int = 1
    after: int = 0
    """So many calls pass unharmed first."""
    retry_after: int = 1
    status: int = 500
    error: str = "internal_error"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Post:
    """One message in a channel; `thread_ts` is the first message of its thread, None for a message of its own."""

    channel: str
    ts: str
    text: str
    thread_ts: str | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    edited: bool = False

    @property
    def key(self) -> str | None:
        """The notification key that its metadata carries."""
        key = self.metadata.get("event_payload", {}).get("key")
        return None if key is None else str(key)

    @property
    def words(self) -> str:
        """All its texts, in their order."""
        everything = [*self.blocks, *(block for attachment in self.attachments for block in attachment["blocks"])]
        return "\n".join(text["text"] for block in everything for text in _texts(block))


class Slack:
    """A running stand-in, seen from a test."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.base_url = f"{url}/api/"

    def posts(self, channel: str | None = None) -> list[Post]:
        """Every message that it took, in order; of one channel (its name) or of all."""
        kept = [Post(**post) for post in httpx.get(f"{self._url}/posts").json()]
        return [post for post in kept if channel is None or CHANNELS[post.channel] == channel]

    def calls(self) -> list[str]:
        """The methods that were called, in order."""
        return [str(call) for call in httpx.get(f"{self._url}/calls").json()]

    def fail(self, *faults: Fault) -> None:
        """Let the next calls go wrong; faults of one method take their turns."""
        for fault in faults:
            httpx.post(f"{self._url}/faults", json=asdict(fault)).raise_for_status()

    def delete(self, ts: str) -> None:
        """Delete a message, as a person in Slack may do."""
        httpx.post(f"{self._url}/delete", json={"ts": ts}).raise_for_status()


@contextmanager
def slack_stand_in() -> Iterator[Slack]:
    """Run one in a thread."""
    with serve(Workspace().respond) as url:
        yield Slack(url)


class SlackSays(Exception):
    """An answer with ok false."""


class Workspace:
    """What the stand-in knows: channels, messages, and the faults still to come."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._posts: list[Post] = []
        self._calls: list[str] = []
        self._faults: list[Fault] = []

    def respond(self, request: Request) -> Answer:
        """Answer one HTTP request."""
        with self._lock:
            match request.path:
                case "/posts":
                    return json_answer([asdict(post) for post in self._posts])
                case "/calls":
                    return json_answer(self._calls)
                case "/faults":
                    self._faults.append(Fault(**json.loads(request.body)))
                    return json_answer({})
                case "/delete":
                    ts = json.loads(request.body)["ts"]
                    self._posts = [post for post in self._posts if post.ts != ts]
                    return json_answer({})
                case path:
                    return self._api(path.removeprefix("/api/"), request)

    def _api(self, method: str, request: Request) -> Answer:
        self._calls.append(method)
        fault = self._next_fault(method)
        match fault:
            case Fault(kind="rate_limited"):
                return json_answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(fault.retry_after)})
            case Fault(kind="status"):
                return Answer(fault.status, b"<html>bad gateway</html>", {"Content-Type": "text/html"})
            case Fault(kind="error"):
                return json_answer({"ok": False, "error": fault.error})
            case Fault(kind="drop"):
                return Answer(drop=True)
        try:
            answer = json_answer({"ok": True, **self._do(method, request)})
        except SlackSays as refusal:
            answer = json_answer({"ok": False, "error": str(refusal)})
        match fault:
            case Fault(kind="accept_then_drop"):
                return Answer(drop=True)
            case Fault(kind="slow"):
                return replace(answer, delay=fault.seconds)
        return answer

    def _next_fault(self, method: str) -> Fault | None:
        for place, fault in enumerate(self._faults):
            if fault.method != method:
                continue
            if fault.after:
                self._faults[place] = replace(fault, after=fault.after - 1)
                return None
            left = fault.times - 1
            self._faults[place : place + 1] = [replace(fault, times=left)] if left else []
            return fault
        return None

    def _do(self, method: str, request: Request) -> dict[str, Any]:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise SlackSays("invalid_auth")
        arguments = _arguments(request)
        match method:
            case "auth.test":
                return {"team": "Stand-in", "user": "sentinel", "team_id": "T0STANDIN1", "user_id": "U0SENTINEL"}
            case "chat.postMessage":
                return self._post(arguments)
            case "chat.update":
                return self._update(arguments)
            case "conversations.history":
                own = [post for post in self._in_channel(arguments) if post.thread_ts is None]
                return _page(list(reversed(own)), arguments)
            case "conversations.replies":
                return _page(self._thread(arguments), arguments)
            case "conversations.list":
                channels = [{"id": known, "name": name} for known, name in CHANNELS.items()]
                return {"channels": channels, "response_metadata": {"next_cursor": ""}}
        raise SlackSays("unknown_method")

    def _post(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = _channel_of(str(arguments.get("channel")))
        _check_limits(arguments)
        thread = arguments.get("thread_ts")
        if thread is not None and not any(post.ts == thread and post.channel == channel for post in self._posts):
            raise SlackSays("thread_not_found")
        post = Post(
            channel=channel,
            ts=self._next_ts(),
            text=str(arguments["text"]),
            thread_ts=thread,
            blocks=arguments.get("blocks", []),
            attachments=arguments.get("attachments", []),
            metadata=arguments.get("metadata", {}),
        )
        self._posts.append(post)
        return {"channel": channel, "ts": post.ts, "message": _shown(post, with_metadata=True)}

    def _next_ts(self) -> str:
        """The time in seconds, later than every other: it is a message's id."""
        newest = float(self._posts[-1].ts) if self._posts else 0.0
        return f"{max(time.time(), newest + 1e-6):.6f}"

    def _update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        _check_limits(arguments)
        for place, post in enumerate(self._posts):
            if (post.channel, post.ts) == (arguments.get("channel"), arguments.get("ts")):
                self._posts[place] = replace(
                    post,
                    text=str(arguments["text"]),
                    blocks=arguments.get("blocks", []),
                    attachments=arguments.get("attachments", []),
                    edited=True,
                )
                return {"channel": post.channel, "ts": post.ts, "text": arguments["text"]}
        raise SlackSays("message_not_found")

    def _in_channel(self, arguments: dict[str, Any]) -> list[Post]:
        if arguments.get("channel") not in CHANNELS:  # unlike chat.postMessage it knows no names
            raise SlackSays("channel_not_found")
        oldest = float(arguments.get("oldest") or 0)
        return [post for post in self._posts if post.channel == arguments["channel"] and float(post.ts) > oldest]

    def _thread(self, arguments: dict[str, Any]) -> list[Post]:
        thread = [post for post in self._in_channel(arguments) if arguments["ts"] in (post.ts, post.thread_ts)]
        if not thread:
            raise SlackSays("thread_not_found")
        return thread


def _arguments(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(json.loads(request.body or b"{}"))
    return {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}


def _channel_of(named: str) -> str:
    for known, name in CHANNELS.items():
        if named in (known, name, f"#{name}"):
            return known
    raise SlackSays("channel_not_found")


def _page(posts: list[Post], arguments: dict[str, Any]) -> dict[str, Any]:
    """A page of messages that begins at the cursor; pages are small, so that nobody forgets to turn them."""
    size = min(int(arguments.get("limit", 100)), 4)
    first = int(arguments.get("cursor") or 0)
    more = first + size < len(posts)
    with_metadata = arguments.get("include_all_metadata") in ("1", "true", "True")
    return {
        "messages": [_shown(post, with_metadata=with_metadata) for post in posts[first : first + size]],
        "has_more": more,
        "response_metadata": {"next_cursor": str(first + size) if more else ""},
    }


def _shown(post: Post, *, with_metadata: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": "message", "ts": post.ts, "text": post.text, "blocks": post.blocks}
    if post.thread_ts is not None:
        shown["thread_ts"] = post.thread_ts
    if with_metadata and post.metadata:
        shown["metadata"] = post.metadata
    return shown


def _texts(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [block["text"]] if "text" in block else list(block.get("elements", []))


def _check_limits(arguments: dict[str, Any]) -> None:
    """Refuse what Slack refuses: https://docs.slack.dev/reference/block-kit/blocks."""
    blocks = list(arguments.get("blocks", []))
    for attachment in arguments.get("attachments", []):
        blocks += attachment.get("blocks", [])
        if not attachment.get("blocks"):
            raise SlackSays("invalid_attachments")
    if not str(arguments.get("text", "")) and not blocks:
        raise SlackSays("no_text")
    if len(blocks) > 50:
        raise SlackSays("invalid_blocks")
    for block in blocks:
        most = 150 if block["type"] == "header" else 3000
        texts = _texts(block)
        if not texts or len(texts) > 10 or any(not 1 <= len(text["text"]) <= most for text in texts):
            raise SlackSays("invalid_blocks")
        if block["type"] == "header" and texts[0]["type"] != "plain_text":
            raise SlackSays("invalid_blocks")
        if any(text["type"] == "mrkdwn" and re.search(r"&(?!amp;|lt;|gt;)", text["text"]) for text in texts):
            raise SlackSays("invalid_blocks")
    if sum(len(text["text"]) for block in blocks for text in _texts(block)) > 13_200:
        raise SlackSays("msg_blocks_too_long")


if __name__ == "__main__":
    with serve(Workspace().respond) as address:
        announce_and_wait(url=address)
