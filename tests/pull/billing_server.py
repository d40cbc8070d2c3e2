"""A billing API that does as it is told, one reply after the other, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self

JSON = "application/json"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    question: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply: sent in `pieces`, with `pause` seconds before each; `reset` breaks the connection after them."""

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] | None = None
    pieces: int = 1
    pause: float = 0.0
    reset: bool = False
    declared_length: int | None = None


class BillingServer:
    """Listens on loopback; gives the replies of `script` in turn, the last one for ever.

    `before` is called with each request before it is answered.
    """

    def __init__(self, script: Iterable[Answer], before: Callable[[Asked], None] = lambda _: None) -> None:
        self.asked: list[Asked] = []
        self.before = before
        self.closing = Event()
        self._script = list(script)
        self._listener = _Listener(self)
        self._thread = Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self._listener.server_port}"

    @property
    def methods(self) -> list[str]:
        """The methods of all requests, the first first."""
        return [asked.method for asked in self.asked]

    def answer(self, asked: Asked) -> Answer:
        """Take the next reply of the script."""
        self.asked.append(asked)
        self.before(asked)
        return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._listener.shutdown()
        self._thread.join()
        self._listener.server_close()


class _Listener(ThreadingHTTPServer):
    def __init__(self, billing: BillingServer) -> None:
        self.billing = billing
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        question = json.loads(body) if body else {}
        try:
            self._reply(self.server.billing.answer(Asked(self.command, self.path, dict(self.headers), question)))
        except OSError:
            self.close_connection = True  # a client that hung up is what some tests are about

    def _reply(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(answer.declared_length or len(answer.body)))
        for name, value in (answer.headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        size = -(-len(answer.body) // answer.pieces) or 1
        for start in range(0, len(answer.body), size):
            if answer.pause and self.server.billing.closing.wait(answer.pause):
                break
            self.wfile.write(answer.body[start : start + size])
        if answer.reset:
            self._reset()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""
