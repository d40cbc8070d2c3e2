"""A stand-in for Slack's Web API: it takes, keeps and lists messages, and fails when it is told to.

In a thread: `with slack_stand_in() as slack:`. As a process of its own:
`with started("tests.stand_ins.slack") as facts: slack = Slack(facts["url"])`.
Both give a `Slack`, which asks over HTTP what was posted.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from threading import Lock
from typing import Any, BinaryIO, Literal
from urllib.parse import parse_qs
from uuid import uuid4

import httpx

from tests.stand_ins.serving import Answer, Request, announce_and_wait, json_answer, serve
from tests.stand_ins.websocket import WebSocket, accepting

TOKEN = "xoxb-stand-in"
APP_TOKEN = "xapp-stand-in"
SCOPES = "chat:write,files:write,channels:read,channels:history,groups:read,groups:history"
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
    """One message in a channel; `thread_ts` is the first message of its thread, None for a message of its own.

    A reply that is `broadcast` is shown in the channel too.
    """

    channel: str
    ts: str
    text: str
    thread_ts: str | None = None
    broadcast: bool = False
    blocks: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    edited: bool = False
    files: list[dict[str, Any]] = field(default_factory=list)

    @property
    def buttons(self) -> list[str]:
        """What its buttons are called, and the entries of its menus."""
        return [element["text"]["text"] for element in self._pressable]

    def value(self, label: str) -> str:
        """What a press of the button with this label carries."""
        return next(str(element["value"]) for element in self._pressable if element["text"]["text"] == label)

    @property
    def _pressable(self) -> list[dict[str, Any]]:
        rows = [block["elements"] for block in self._all_blocks if block["type"] == "actions"]
        menus = [block["accessory"]["options"] for block in self._all_blocks if "accessory" in block]
        return [element for elements in (*rows, *menus) for element in elements]

    @property
    def _all_blocks(self) -> list[dict[str, Any]]:
        return [*self.blocks, *(block for attachment in self.attachments for block in attachment["blocks"])]

    @property
    def key(self) -> str | None:
        """The notification key that its metadata carries."""
        key = self.metadata.get("event_payload", {}).get("key")
        return None if key is None else str(key)

    @property
    def words(self) -> str:
        """All its texts, in their order."""
        return "\n".join(text["text"] for block in self._all_blocks for text in _texts(block))


class Slack:
    """A running stand-in, seen from a test."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.base_url = f"{url}/api/"

    def posts(self, channel: str | None = None) -> list[Post]:
        """Every message that it took, in order; of one channel (its name) or of all."""
        return [post for post in self._all(channel) if not post.files]

    def uploads(self, channel: str | None = None) -> list[Post]:
        """Every file that was shared, in order, each as what stands in the channel."""
        return [post for post in self._all(channel) if post.files]

    def _all(self, channel: str | None) -> list[Post]:
        kept = [Post(**post) for post in httpx.get(f"{self._url}/posts").json()]
        return [post for post in kept if channel is None or CHANNELS[post.channel] == channel]

    def calls(self) -> list[str]:
        """The methods that were called, in order."""
        return [str(call) for call in httpx.get(f"{self._url}/calls").json()]

    def fail(self, *faults: Fault) -> None:
        """Let the next calls go wrong; faults of one method take their turns."""
        for fault in faults:
            httpx.post(f"{self._url}/faults", json=asdict(fault)).raise_for_status()

    def press(self, post: Post, label: str, user: str = "ann", *, value: str | None = None) -> dict[str, Any]:
        """Press a button below a message; the envelope in which Slack tells of it, for `tell`."""
        element = {"type": "button", "action_id": "sentinel-x", "action_ts": f"{time.time():.6f}"}
        payload = {
            "type": "block_actions",
            "user": {"id": f"U0{user.upper()}", "username": user, "name": user, "team_id": "T0STANDIN1"},
            "container": {"type": "message_attachment", "message_ts": post.ts, "channel_id": post.channel},
            "channel": {"id": post.channel, "name": CHANNELS.get(post.channel, "elsewhere")},
            "message": {"ts": post.ts, **({"thread_ts": post.thread_ts} if post.thread_ts else {})},
            "response_url": f"{self._url}/whispers",
            "actions": [{**element, "value": post.value(label) if value is None else value}],
        }
        envelope = {"type": "interactive", "envelope_id": str(uuid4()), "payload": payload}
        self.tell({**envelope, "accepts_response_payload": False})
        return envelope

    def tell(self, envelope: dict[str, Any]) -> None:
        """Send an envelope to whoever listens by Socket Mode."""
        httpx.post(f"{self._url}/tell", json=envelope).raise_for_status()

    def listeners(self) -> Listeners:
        """The connections of Socket Mode."""
        return Listeners(**httpx.get(f"{self._url}/listeners").json())

    def heard(self) -> list[str]:
        """The ids of the envelopes that were acknowledged, in order."""
        return [str(envelope) for envelope in httpx.get(f"{self._url}/heard").json()]

    def whispers(self) -> list[dict[str, Any]]:
        """What was told to single people only, in order."""
        return list(httpx.get(f"{self._url}/whispers").json())

    def picture(self, file: dict[str, Any]) -> bytes:
        """The content of an uploaded file."""
        return httpx.get(f"{self._url}/upload/{file['id']}").content

    def grant(self, *scopes: str) -> None:
        """Name these scopes from now on as the app's own."""
        httpx.post(f"{self._url}/scopes", json=scopes).raise_for_status()

    def delete(self, ts: str) -> None:
        """Delete a message, as a person in Slack may do."""
        httpx.post(f"{self._url}/delete", json={"ts": ts}).raise_for_status()


@contextmanager
def slack_stand_in() -> Iterator[Slack]:
    """Run one in a thread."""
    workspace = Workspace()
    with serve(workspace.respond) as url:
        try:
            yield Slack(url)
        finally:
            workspace.hang_up()


@dataclass(frozen=True, slots=True)
class Listeners:
    """How many connections are open now, and how many have been opened ever."""

    open: int
    ever: int


@dataclass(slots=True)
class File:
    """An uploaded file."""

    name: str
    alt: str
    content: bytes = b""


class SlackSays(Exception):
    """An answer with ok false."""


class Workspace:
    """What the stand-in knows: channels, messages, and the faults still to come."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._posts: list[Post] = []
        self._calls: list[str] = []
        self._faults: list[Fault] = []
        self._files: dict[str, File] = {}
        self._sockets: list[WebSocket] = []
        self._connected = 0
        self._heard: list[str] = []
        self._scopes = SCOPES
        self._whispers: list[dict[str, Any]] = []

    def hang_up(self) -> None:
        """Close what is open for Socket Mode."""
        for socket in list(self._sockets):
            with suppress(OSError):
                socket.close()

    def respond(self, request: Request) -> Answer:
        """Answer one HTTP request."""
        if request.path == "/socket":
            return Answer(101, headers=accepting(request.headers), converse=self._converse)
        with self._lock:
            if request.path.startswith("/api/"):
                return self._api(request.path.removeprefix("/api/"), request)
            if request.path.startswith("/upload/"):
                return self._upload(request.path.removeprefix("/upload/"), request)
            return self._shown(request.path) if request.method == "GET" else self._told(request)

    def _shown(self, path: str) -> Answer:
        shown: dict[str, object] = {
            "/posts": [asdict(post) for post in self._posts],
            "/calls": self._calls,
            "/listeners": {"open": len(self._sockets), "ever": self._connected},
            "/heard": self._heard,
            "/whispers": self._whispers,
        }
        return json_answer(shown[path])

    def _told(self, request: Request) -> Answer:
        said = json.loads(request.body)
        match request.path:
            case "/faults":
                self._faults.append(Fault(**said))
            case "/scopes":
                self._scopes = ",".join(said)
            case "/delete":
                self._posts = [post for post in self._posts if post.ts != said["ts"]]
            case "/tell":
                for socket in self._sockets:
                    socket.send(request.body.decode())
            case "/whispers":
                self._whispers.append(said)
                return Answer(200, b"ok")
        return json_answer({})

    def _converse(self, reader: BinaryIO, writer: BinaryIO) -> None:
        socket = WebSocket(reader, writer)
        socket.send(json.dumps({"type": "hello", "num_connections": 1}))
        with self._lock:
            self._sockets.append(socket)
            self._connected += 1
        try:
            socket.listen(lambda text: self._heard.append(json.loads(text)["envelope_id"]))
        except OSError:
            return  # a client that was killed says nothing
        finally:
            with self._lock:
                self._sockets.remove(socket)

    def _upload(self, name: str, request: Request) -> Answer:
        if request.method == "POST":
            self._files[name].content = request.body
            return Answer(200, f"OK - {len(request.body)}".encode())
        return Answer(200, self._files[name].content, {"Content-Type": "image/png"})

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
            answer = json_answer({"ok": True, **self._do(method, request)}, headers={"X-OAuth-Scopes": self._scopes})
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
        token = APP_TOKEN if method == "apps.connections.open" else TOKEN
        if request.headers.get("authorization") != f"Bearer {token}":
            raise SlackSays("invalid_auth")
        methods: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "auth.test": lambda _: {"team": "Stand-in", "user": "sentinel"},
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.getPermalink": _permalink,
            "apps.connections.open": lambda _: {"url": f"ws://{request.headers['host']}/socket?ticket=1"},
            "conversations.history": self._history,
            "conversations.replies": lambda arguments: _page(self._thread(arguments), arguments),
            "conversations.list": lambda _: {
                "channels": [{"id": known, "name": name} for known, name in CHANNELS.items()],
                "response_metadata": {"next_cursor": ""},
            },
            "files.getUploadURLExternal": lambda arguments: self._file(arguments, request.headers["host"]),
            "files.completeUploadExternal": self._share,
        }
        if method not in methods:
            raise SlackSays("unknown_method")
        return methods[method](_arguments(request))

    def _history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        own = [post for post in self._in_channel(arguments) if post.thread_ts is None or post.broadcast]
        return _page(list(reversed(own)), arguments)

    def _file(self, arguments: dict[str, Any], host: str) -> dict[str, Any]:
        number = f"F0{len(self._files):08}"
        self._files[number] = File(arguments["filename"], arguments.get("alt_txt", ""))
        return {"file_id": number, "upload_url": f"http://{host}/upload/{number}"}

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
            broadcast=thread is not None and bool(arguments.get("reply_broadcast")),
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

    def _share(self, arguments: dict[str, Any]) -> dict[str, Any]:
        (given,) = json.loads(arguments["files"])
        file = self._files[given["id"]]
        shown = {"id": given["id"], "name": file.name, "title": given["title"], "alt_txt": file.alt}
        thread = arguments.get("thread_ts")
        if not any(post.ts == thread and post.channel == arguments["channel_id"] for post in self._posts):
            raise SlackSays("thread_not_found")
        post = Post(arguments["channel_id"], self._next_ts(), "", thread_ts=thread, files=[shown])
        self._posts.append(post)
        return {"files": [shown]}

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


def _permalink(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        "permalink": f"https://stand-in.slack.com/archives/{arguments['channel']}/p{arguments['message_ts']}?a=1&b=2"
    }


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
        shown |= {"thread_ts": post.thread_ts} | ({"subtype": "thread_broadcast"} if post.broadcast else {})
    if post.files:
        shown["files"] = post.files
    if with_metadata and post.metadata:
        shown["metadata"] = post.metadata
    return shown


def _texts(block: dict[str, Any]) -> list[dict[str, Any]]:
    if block["type"] == "actions":
        return [element["text"] for element in block["elements"]]
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
        most = {"header": 150, "actions": 75}.get(block["type"], 3000)
        texts = _texts(block)
        if not texts or len(texts) > 10 or any(not 1 <= len(text["text"]) <= most for text in texts):
            raise SlackSays("invalid_blocks")
        if block["type"] == "header" and texts[0]["type"] != "plain_text":
            raise SlackSays("invalid_blocks")
        if any(text["type"] == "mrkdwn" and re.search(r"&(?!amp;|lt;|gt;)", text["text"]) for text in texts):
            raise SlackSays("invalid_blocks")
        _check_pressable(block)
    if sum(len(text["text"]) for block in blocks for text in _texts(block)) > 13_200:
        raise SlackSays("msg_blocks_too_long")


def _check_pressable(block: dict[str, Any]) -> None:
    """Buttons and menus carry a value, and no two of a row have the same action."""
    row = block["elements"] if block["type"] == "actions" else []
    menu = block["accessory"]["options"] if "accessory" in block else []
    named = [element["action_id"] for element in row]
    if len(set(named)) != len(named) or any(not 1 <= len(each["value"]) <= 150 for each in (*row, *menu)):
        raise SlackSays("invalid_blocks")
    if "accessory" in block and not 1 <= len(menu) <= 5:
        raise SlackSays("invalid_blocks")


if __name__ == "__main__":
    with serve(Workspace().respond) as address:
        announce_and_wait(url=address)
