"""PNG files made smaller without touching a pixel: the drawing engine favours speed over size, five times over."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LEVEL = 6
"""Higher levels take five times as long for the last two percent."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    kind: bytes
    body: bytes

    def __bytes__(self) -> bytes:
        """As it stands in a file: https://www.w3.org/TR/png-3/#5Chunk-layout."""
        content = self.kind + self.body
        return struct.pack(">I", len(self.body)) + content + struct.pack(">I", zlib.crc32(content))


def packed(png: bytes) -> bytes:
    """The same picture with its pixels compressed anew."""
    chunks = list(_chunks(png))
    pixels = zlib.decompress(b"".join(chunk.body for chunk in chunks if chunk.kind == b"IDAT"))
    before = [chunk for chunk in chunks if chunk.kind not in (b"IDAT", b"IEND")]
    parts = [*before, _Chunk(b"IDAT", zlib.compress(pixels, _LEVEL)), _Chunk(b"IEND", b"")]
    return _SIGNATURE + b"".join(map(bytes, parts))


def _chunks(png: bytes) -> Iterator[_Chunk]:
    place = len(_SIGNATURE)
    while place < len(png):
        (length,) = struct.unpack_from(">I", png, place)
        yield _Chunk(png[place + 4 : place + 8], png[place + 8 : place + 8 + length])
        place += length + 12
