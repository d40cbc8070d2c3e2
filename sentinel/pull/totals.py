"""Totals on the wire, as whole numbers of 1e-8 currency units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import msgspec
import numpy as np
from msgspec import Raw
from numpy.typing import NDArray

from sentinel.domain.money import UNITS_PER_CURRENCY, units_of
from sentinel.errors import BadAnswer
from sentinel.pull.fault import UNREADABLE, shown

_SCALE = float(UNITS_PER_CURRENCY)
_HALF = 0.5

_ROUNDING = 2.0**-51
"""How far `total * _SCALE` can be, in relation to itself, from the digits that were sent.

A float64 is at most 2**-53 off its digits, and the product is rounded by at most as much again; this is twice both.
"""

_LARGEST = Decimal(1_000_000_000)


@dataclass(frozen=True, slots=True, eq=False)
class RoundedTotals:
    """Totals in units; where `exact` is False, only the digits that were sent tell the nearest unit."""

    units: NDArray[np.int64]
    exact: NDArray[np.bool_]


def round_totals(totals: NDArray[np.float64]) -> RoundedTotals:
    """The nearest units of totals that were decoded as float64.

    With eight decimals they are exact up to some ten million currency units; closer to a tie, or for larger amounts,
    the digits themselves have to decide.
    """
    with np.errstate(invalid="ignore"):
        scaled = totals * _SCALE
        units = np.rint(scaled)
        exact = np.abs(scaled - units) + np.abs(scaled) * _ROUNDING < _HALF
    return RoundedTotals(np.where(exact, units, 0.0).astype(np.int64), exact)


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
