"""The server's side of a WebSocket (RFC 6455), as far as Slack's Socket Mode needs it: texts, pings and closing."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Callable, Mapping
from threading import Lock
from typing import BinaryIO

_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accepting(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that answer a client's request to change to the protocol; its own have lower-case names."""
    digest = hashlib.sha1((headers["sec-websocket-key"] + _GUID).encode()).digest()  # noqa: S324 - the protocol's own
    return {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Accept": base64.b64encode(digest).decode(),
    }


class WebSocket:
    """One connection, after the handshake."""

    def __init__(self, reader: BinaryIO, writer: BinaryIO) -> None:
        self._reader = reader
        self._writer = writer
        self._lock = Lock()

    def send(self, text: str) -> None:
        """Send a text."""
        self._write(_TEXT, text.encode())

    def close(self) -> None:
        """Say that no more will come."""
        self._write(_CLOSE, struct.pack("!H", 1000))

    def listen(self, heard: Callable[[str], None]) -> None:
        """Hear texts, and answer pings, until the client goes."""
        while True:
            head = self._reader.read(2)
            if len(head) < 2:
                return
            kind, length = head[0] & 0x0F, head[1] & 0x7F
            if length == 126:
                (length,) = struct.unpack("!H", self._reader.read(2))
            mask = self._reader.read(4)
            body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(self._reader.read(length)))
            if kind == _CLOSE:
                return
            if kind == _PING:
                self._write(_PONG, body)
            elif kind == _TEXT:
                heard(body.decode())

    def _write(self, kind: int, body: bytes) -> None:
        length = bytes([len(body)]) if len(body) < 126 else struct.pack("!BH", 126, len(body))
        with self._lock:
            self._writer.write(bytes([0x80 | kind]) + length + body)
            self._writer.flush()
