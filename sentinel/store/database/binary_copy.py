"""PostgreSQL's binary COPY format, made of arrays at once instead of row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = Mapping[str, NDArray[Any]]
"""Columns of numbers by their names, all of the same length: int32, int64 or float64, as the table has them."""

_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"


def binary_copy(columns: Numbers) -> bytes:
    """The rows as `COPY ... FROM STDIN (FORMAT BINARY)` takes them.

    Each row is the number of its fields, and for each field its length and its big-endian bytes
    (https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format").
    """
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, values in columns.items():
        fields += [(f"length of {name}", ">i4"), (name, values.dtype.newbyteorder(">").str)]
    rows = np.empty(len(next(iter(columns.values()))), np.dtype(fields))
    rows["fields"] = len(columns)
    for name, values in columns.items():
        rows[f"length of {name}"] = values.dtype.itemsize
        rows[name] = values
    return _HEADER + rows.tobytes() + _TRAILER
