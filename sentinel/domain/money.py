"""Exact money: whole numbers of 1e-8 currency units."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

UNITS_PER_CURRENCY = 100_000_000
"""The API gives totals with up to eight decimals; an int64 then still holds 92 billion currency units."""

_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_CENTS_BELOW = 100
"""From 100 up the cents of an amount carry no decision; below it they do."""


def units_of(amount: Decimal) -> int:
    """The whole number of 1e-8 units nearest to an exact amount, half to even."""
    return int((amount * UNITS_PER_CURRENCY).to_integral_value(ROUND_HALF_EVEN))


def amount_of(units: int) -> Decimal:
    """The exact amount, in currency, of a number of 1e-8 units."""
    return Decimal(units).scaleb(-8)


def format_money(amount: float, currency: str = "USD") -> str:
    """An amount as people read it: `$1,240`, `$9.50`, `-$430`, `1,240 CHF`."""
    return _spell(amount, f"{abs(amount):,.0f}" if abs(amount) >= _CENTS_BELOW else _short(amount), currency)


def format_cents(amount: float, currency: str = "USD") -> str:
    """An amount to the cent, as an invoice has it: `$1,240.00`, `-$430.17`."""
    return _spell(amount, f"{abs(amount):,.2f}", currency)


def _short(amount: float) -> str:
    return f"{abs(amount):,.2f}".removesuffix(".00")


def _spell(amount: float, rounded: str, currency: str) -> str:
    sign = "-" if amount < 0 and rounded.strip("0.,") else ""
    symbol = _SYMBOLS.get(currency)
    return f"{sign}{symbol}{rounded}" if symbol else f"{sign}{rounded} {currency}"
