"""Totals on the wire, as whole numbers of 1e-8 currency units."""

from __future__ import annotations

from decimal import Decimal

import msgspec
from msgspec import Raw

from sentinel.domain.money import UNITS_PER_CURRENCY, units_of
from sentinel.errors import BadAnswer
from sentinel.pull.fault import UNREADABLE, shown

SCALE = float(UNITS_PER_CURRENCY)
HALF = 0.5

ROUNDING = 2.0**-51
"""How far `total * SCALE` can be, in relation to itself, from the digits that were sent.

A float64 is at most 2**-53 off its digits, and the product is rounded by at most as much again; this is twice both. So
`round(scaled)` is the number of units nearest to the digits where `abs(scaled - round(scaled)) + abs(scaled) *
ROUNDING < HALF`. With eight decimals that holds up to some ten million currency units; closer to a tie, or for larger
amounts, the digits themselves decide.
"""

_LARGEST = Decimal(1_000_000_000)


def read_units(text: Raw, path: str) -> int:
    """The units of a total that is still JSON text, from its digits. Raises BadAnswer with the path.

    It must be a number, and within what a bill can mean: int64 then holds the sum of any day.
    """
    try:
        msgspec.json.decode(text, type=float)
    except UNREADABLE as error:
        raise BadAnswer(path, f"expected number, got {shown(text)}") from error
    total = Decimal(bytes(text).decode())
    if abs(total) > _LARGEST:
        raise BadAnswer(path, f"expected a total within {_LARGEST:,} currency units, got {shown(text)}")
    return units_of(total)
