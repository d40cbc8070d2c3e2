"""Secrets that stand in files, as orchestrators mount them."""

from __future__ import annotations

from pathlib import Path

MAX_BYTES = 64_000


def read_secret(path: Path) -> str:
    """The text of a file without its last line breaks.

    Raises ValueError that names the file when it cannot be read, is no text, is empty, or larger than 64 kB.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        text = raw.decode().rstrip("\r\n")
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read ({error.strerror})") from error
    except ValueError as error:  # also a path with a NUL in it
        raise ValueError(f"the file {str(path)!r} cannot be read as text") from error
    if not text or len(raw) > MAX_BYTES:
        raise ValueError(f"the file {path} is {'larger than 64 kB' if text else 'empty'}")
    return text
