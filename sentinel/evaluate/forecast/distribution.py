"""What is foretold of each scope: the most likely total, the interval around it, and the probability of more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sentinel.evaluate.forecast.history import Columns, Flags, Floats

TAIL = 4.0
"""Degrees of freedom of Student's t: far misses are more frequent than a normal curve says."""

EDGE = 0.9
"""The interval reaches from the 10% to the 90% quantile: it holds the total four times of five."""

SETTLED_DAYS = 14
"""A scope with fewer settled days since its first charge is not forecast."""


@dataclass(frozen=True, slots=True, eq=False)
class Forecasts:
    """A period's total for each scope, as told at the end of each asked column; the arrays are [scopes, asked].

    total, lower, upper: currency units; the total is as likely to lie above as below `total`, and lies within
        [lower, upper] in 80% of all cases. NaN where refused.
    spent: what the period has cost so far; unsettled days as they stand, unknown days not at all.
    fees, shape: parts of `total`: the fees still to come, and by how much the rest of earlier periods differed from
        what their level said.
    settled_days: settled days since the scope's first charge.
    missing_days: days of the period that have ended, and whose cost is unsettled or unknown for some of its series.
    days_left: [asked], days of the period after the asked column.
    """

    total: Floats
    lower: Floats
    upper: Floats
    spent: Floats
    fees: Floats
    shape: Floats
    settled_days: Columns
    missing_days: Columns
    days_left: Columns

    @property
    def refused(self) -> Flags:
        """Which forecasts are not made: the scope has less than 14 settled days."""
        return np.asarray(self.settled_days < SETTLED_DAYS)

    def quantile(self, share: float) -> Floats:
        """The total that is not exceeded with the probability `share`, which lies between 0 and 1."""
        from scipy.special import stdtrit  # noqa: PLC0415 - a heavy import, for this alone

        steps = float(stdtrit(TAIL, share)) / float(stdtrit(TAIL, EDGE))
        width = self.upper - self.total if steps > 0 else self.total - self.lower
        return np.maximum(self.total + steps * width, self.spent)


def probability_above(forecasts: Forecasts, amount: ArrayLike) -> Floats:
    """How likely each total exceeds an amount: [scopes, asked], NaN where refused; 1 where it is spent already.

    `amount` is in currency units and broadcasts against [scopes, asked].
    """
    from scipy.special import stdtr, stdtrit  # noqa: PLC0415 - a heavy import, for this alone

    amounts: Floats = np.asarray(amount, np.float64)
    distance: Floats = amounts - forecasts.total
    width = np.where(distance > 0, forecasts.upper - forecasts.total, forecasts.total - forecasts.lower)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(distance == 0, 0.0, distance / width)
    above = 1.0 - stdtr(TAIL, steps * float(stdtrit(TAIL, EDGE)))
    return np.where(forecasts.spent > amounts, 1.0, above)
