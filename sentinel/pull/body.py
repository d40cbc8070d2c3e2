"""A body as it streams in: unpacked into one buffer that never grows beyond what is allowed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sentinel.errors import BadAnswer

_GZIP = 16 + zlib.MAX_WBITS
_STEP = 1024 * 1024
"""So much is unpacked at once: a small piece may hold very much."""


@dataclass(frozen=True, slots=True)
class Body:
    """What was received; `complete` is False where more than the cap was on its way."""

    content: bytearray
    complete: bool


def read_body(pieces: Iterable[bytes], encoding: str, cap: int) -> Body:
    """Read raw pieces to their end, or until `cap` bytes (unpacked) are full.

    `encoding` is the Content-Encoding. Raises BadAnswer where it is neither gzip nor none, and for broken gzip.
    """
    content = bytearray()
    for piece in _unpacked(pieces, encoding.strip().lower()):
        room = cap - len(content)
        content += piece[:room]
        if len(piece) > room:
            return Body(content, complete=False)
    return Body(content, complete=True)


def _unpacked(pieces: Iterable[bytes], encoding: str) -> Iterable[bytes]:
    if encoding in {"", "identity"}:
        return pieces
    if encoding in {"gzip", "x-gzip"}:
        return _gunzipped(pieces)
    raise BadAnswer("", f"the answer is packed as {encoding[:60]}, which was not asked for: expected gzip or none")


def _gunzipped(pieces: Iterable[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP)
    whole = True
    try:
        for piece in pieces:
            packed = piece
            while packed:
                yield member.decompress(packed, _STEP)
                whole = member.eof
                packed = member.unused_data if whole else member.unconsumed_tail
                if whole:
                    member = zlib.decompressobj(_GZIP)
    except zlib.error as error:
        raise BadAnswer("", f"the answer is not the gzip that it claims to be: {error}") from error
    if not whole:
        raise BadAnswer("", "the answer breaks off in the middle of its gzip: a proxy or the connection cut it short")
