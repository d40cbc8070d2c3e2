"""The billing API on loopback: real HTTP over real sockets, one thread a connection."""

from __future__ import annotations

import gzip
import socket
import socketserver
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Self

from sentinel.simulator.api import Api, Reply, Request, window_of
from sentinel.simulator.breakdowns import PLAIN, Form
from sentinel.simulator.chaos import Chaos
from sentinel.simulator.faults import Fault, afflict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from types import TracebackType

    from sentinel.simulator.world import World

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_LARGEST_REQUEST = 1024 * 1024
_IDLE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Served:
    """One request as the server saw it.

    moment: by the server's clock. window: the dates in the body, as written. fault: what struck it, if
    anything.
    """

    moment: datetime
    method: str
    path: str
    host: str
    key: str
    window: tuple[str, ...]
    status: int
    fault: Fault | None


class Server:
    """A billing API over one or more worlds, a context manager.

        clock = Clock(datetime(2026, 3, 5, 14, tzinfo=UTC))
        with Server({"key-main": World.build(clock())}, clock=clock) as server:
            ...  # server.url, server.log, server.chaos.next(Fault.RATE_LIMITED)

    chaos may be replaced at any time. The log is complete for every request whose answer has begun to arrive.
    """

    def __init__(
        self,
        worlds: Mapping[str, World],
        *,
        clock: Callable[[], datetime],
        form: Form = PLAIN,
        chaos: Chaos | None = None,
        forbidden: frozenset[str] = frozenset(),
        longest_window: int | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Describe the server; it listens from `start` (or `with`) on.

        worlds: what each API key sees. clock: gives the moment that answers are as of. forbidden: keys that
        get a 403.
        longest_window: windows of more days get a 400. port: 0 takes a free one.
        """
        self.chaos = chaos or Chaos()
        self._api = Api(dict(worlds), form, forbidden, longest_window)
        self._clock = clock
        self._address = (host, port)
        self._listener: _Listener | None = None
        self._log: list[Served] = []
        self._lock = Lock()
        self._stopped = Event()

    def start(self) -> Self:
        """Listen, and answer in the background. Raises OSError if the port is taken."""
        self._stopped.clear()
        self._listener = _Listener(self._address, self)
        Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Stop listening and break off every open connection; harmless when already stopped."""
        listener, self._listener = self._listener, None
        self._stopped.set()
        if listener is not None:
            listener.shutdown()
            listener.server_close()
            listener.break_off()

    def serve(self, announce: Callable[[str], None]) -> None:
        """Listen until another thread calls `stop`, or an exception (KeyboardInterrupt) ends the wait.

        announce: called once with the URL, as soon as requests are answered.
        """
        with self:
            announce(self.url)
            self._stopped.wait()

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """The base URL, for instance http://127.0.0.1:49152. Raises RuntimeError when not started."""
        if self._listener is None:
            message = "the simulated billing API has no address before it is started"
            raise RuntimeError(message)
        host, port = self._listener.server_address[:2]
        return f"http://{host!s}:{port}"

    @property
    def log(self) -> tuple[Served, ...]:
        """All requests so far, the oldest first."""
        with self._lock:
            return tuple(self._log)

    @property
    def requests(self) -> int:
        """How many requests there were so far."""
        return len(self.log)

    def reply(self, request: Request) -> Reply:
        """Answer a request as of the clock's moment, with what chaos makes of it, and log it."""
        moment = self._clock()
        reply = self._api.reply(request, moment)
        fault = self.chaos.draw(request.method) if reply.status == 200 else None  # noqa: PLR2004 -- HTTP's OK
        if fault is not None:
            reply = afflict(fault, reply, request, self.chaos.severity)
        served = Served(
            moment,
            request.method,
            request.path,
            request.host,
            request.key,
            window_of(request.body),
            reply.status,
            fault,
        )
        with self._lock:
            self._log.append(served)
        return reply

    def pause(self, seconds: float) -> bool:
        """Wait, but not longer than the server runs. Return whether it still runs."""
        return not self._stopped.wait(seconds)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], simulated: Server) -> None:
        self.simulated = simulated
        self._connections: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer would look up the host's name here, which takes seconds where there is no DNS.
        socketserver.TCPServer.server_bind(self)
        host, port = self.server_address[:2]
        self.server_name, self.server_port = str(host), port

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is what half of the tests are about; all else is a fault of the simulator.
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)

    def break_off(self) -> None:
        for connection in self._connections.copy():
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    server_version = "simulated-billing-api"
    timeout = _IDLE_SECONDS
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the parent's name
        """Say nothing on stderr: `Server.log` has it."""

    def _answer(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), _LARGEST_REQUEST)
        request = Request(
            method=self.command,
            path=self.path.partition("?")[0],
            host=self.headers.get("Host", ""),
            key=self.headers.get("warpstream-api-key", ""),
            body=self.rfile.read(length),
        )
        self._send(self.server.simulated.reply(request))

    def _send(self, reply: Reply) -> None:
        encoding = reply.sending.encoding
        body = reply.body
        if not encoding and "gzip" in self.headers.get("Accept-Encoding", ""):
            encoding, body = "gzip", gzip.compress(body, compresslevel=5)
        if not self.server.simulated.pause(reply.sending.delay):
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self._send_body(body, reply)

    def _send_body(self, body: bytes, reply: Reply) -> None:
        sending = reply.sending
        if sending.cut is not None:
            self._reset_after(body[: min(sending.cut, len(body) // 2)])
            return
        for start in range(0, len(body), sending.piece or len(body) or 1):
            self.wfile.write(body[start : start + (sending.piece or len(body))])
            if sending.pause and not self.server.simulated.pause(sending.pause):
                self.close_connection = True
                return

    def _reset_after(self, part: bytes) -> None:
        """Send part of a body, then a TCP reset instead of an end."""
        self.wfile.write(part)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.close_connection = True
        # The socket closes for real only when the file object over it has gone too.
        self.rfile.close()
        self.connection.close()
