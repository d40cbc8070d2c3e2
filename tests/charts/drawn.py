"""PNG files as pixels, read without the code that writes them."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A decoded picture: `pixels` is [height, width, 4] of 8 bits, red, green, blue, opacity."""

    width: int
    height: int
    pixels: NDArray[np.uint8]


def read_png(data: bytes) -> Drawn:
    """Decode a PNG of 8-bit RGBA whose rows are stored plainly or as differences from the pixel before."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    place, packed = 8, b""
    width = height = 0
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        body = data[place + 8 : place + 8 + length]
        assert struct.unpack_from(">I", data, place + 8 + length) == (zlib.crc32(kind + body),)
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack_from(">IIBB", body)
            assert (depth, colours) == (8, 6)
        packed += body if kind == b"IDAT" else b""
        place += length + 12
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, width * 4 + 1)
    assert set(rows[:, 0].tolist()) <= {0, 1}
    pixels = rows[:, 1:].reshape(height, width, 4)
    differences = rows[:, 0] == 1
    decoded = np.where(differences[:, None, None], np.cumsum(pixels, axis=1, dtype=np.uint8), pixels)
    return Drawn(width, height, decoded)
