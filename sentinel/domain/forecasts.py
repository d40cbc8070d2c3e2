"""What a budget's period is likely to have cost at its end."""

from __future__ import annotations

from dataclasses import dataclass

from sentinel.domain.money import format_money

_ALMOST = 0.005
"""What would be written as 0% or 100% is not certain for that."""


@dataclass(frozen=True, slots=True)
class BudgetForecast:
    """A period's total as it is foreseen at the newest known day; amounts are in currency.

    The total is as likely to lie above as below `total`, and lies within [lower, upper] in 80% of all cases. `chance`
    (0..1) is the probability that it exceeds `level`. `fees` and `shape` are parts of `total`: fees still to come, and
    by how much the rest of earlier periods differed from what their level said. `days_left` are the days after the
    newest known one; `missing_days` have ended, and their cost is unsettled or unknown.
    """

    total: float
    lower: float
    upper: float
    level: float
    chance: float
    fees: float
    shape: float
    days_left: int
    missing_days: int

    def spell(self, spent: float, currency: str) -> str:
        """`$10,300 (9,400 to 11,200), 84% likely to exceed $9,000`; the last part where `spent` has not reached it."""
        total = self.spell_total(currency)
        if self.level <= spent:
            return total
        return f"{total}, {spell_chance(self.chance)} likely to exceed {format_money(self.level, currency)}"

    def spell_total(self, currency: str) -> str:
        """`$10,300 (9,400 to 11,200)`."""
        lower, upper = (format_money(bound, "").rstrip() for bound in (self.lower, self.upper))
        return f"{format_money(self.total, currency)} ({lower} to {upper})"


@dataclass(frozen=True, slots=True)
class TooYoung:
    """A scope that is not forecast yet: `settled_days` since its first charge, of the `needed` ones."""

    settled_days: int
    needed: int

    def __str__(self) -> str:
        return f"no forecast yet: {self.settled_days} of {self.needed} settled days"


def spell_chance(chance: float) -> str:
    """`84%`, `less than 1%`, `more than 99%`."""
    if chance < _ALMOST:
        return "less than 1%"
    return "more than 99%" if chance > 1 - _ALMOST else f"{chance:.0%}"
