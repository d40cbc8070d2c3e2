"""A small HTTP server on loopback, in a thread or as a process of its own."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Request:
    """What came in; header names are lower-case, `port` is the same for all that came over one connection."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    port: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out; `drop` closes the connection instead, `delay` waits first (seconds).

    `converse` takes over the connection after the headers, to read from and write to, and ends it by returning.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    delay: float = 0.0
    converse: Callable[[BinaryIO, BinaryIO], None] | None = None


Respond = Callable[[Request], Answer]


def json_answer(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer that carries a JSON value."""
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **(headers or {})})


@contextmanager
def serve(respond: Respond, *, keep_alive: bool = False) -> Iterator[str]:
    """Serve in a thread; yields the base URL without a slash at its end. With `keep_alive` connections stay open."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1" if keep_alive else "HTTP/1.0"
        disable_nagle_algorithm = True

        def _respond(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            path, body, port = urlsplit(self.path).path, self.rfile.read(length), self.client_address[1]
            answer = respond(Request(self.command, path, headers, body, port))
            time.sleep(answer.delay)
            if answer.drop:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)
                if answer.converse is not None:
                    self.close_connection = True
                    answer.converse(self.rfile, self.wfile)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # whoever asked did not wait for a slow answer

        do_GET = do_POST = _respond  # noqa: N815 - http.server calls them by these names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def announce_and_wait(**facts: object) -> None:
    """As a process of its own: print where it is as one JSON line, then wait until the parent goes."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
    sys.stdin.read()


@contextmanager
def started(module: str, *arguments: str) -> Iterator[dict[str, Any]]:
    """Run a stand-in as a process of its own; yields what it announced."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=20)
