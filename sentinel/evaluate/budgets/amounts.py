"""How much each scope of a budget may spend in a period, or why nobody can say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.domain.periods import Period
from sentinel.evaluate.budgets.reach import amounts_of, periods_before
from sentinel.evaluate.budgets.spend import counted_spend
from sentinel.evaluate.context import Context
from sentinel.evaluate.groups import Groups
from sentinel.rules.model import Averaged, Budget


class NoAmount(StrEnum):
    """Why a scope has no amount in a period, so that its budget cannot be judged."""

    NOT_PLANNED = "not_planned"
    HISTORY_TOO_SHORT = "history_too_short"
    UNKNOWN_DAYS = "unknown_days"
    NOT_SETTLED = "not_settled"
    TOO_YOUNG = "too_young"
    NOTHING_SPENT = "nothing_spent"

    @property
    def reason(self) -> str:
        """The reason in words."""
        return _REASONS[self]

    @property
    def concerns_the_rule(self) -> bool:
        """Whether it is for a person to look at, not a matter of one scope or of a day's wait."""
        return self in (NoAmount.NOT_PLANNED, NoAmount.HISTORY_TOO_SHORT, NoAmount.UNKNOWN_DAYS)


_REASONS = {
    NoAmount.NOT_PLANNED: "the plan has no amount for it",
    NoAmount.HISTORY_TOO_SHORT: "the history does not reach back to the periods that its amount is made of",
    NoAmount.UNKNOWN_DAYS: "days of the periods that its amount is made of are unknown",
    NoAmount.NOT_SETTLED: "the periods that its amount is made of are not settled yet",
    NoAmount.TOO_YOUNG: "it is younger than the periods that its amount is made of",
    NoAmount.NOTHING_SPENT: "nothing was spent in the periods that its amount is made of",
}
_CODES = tuple(NoAmount)
_KNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """The amounts of one period: `values` is [scopes] in currency, NaN where a scope has none.

    `codes` is [scopes]: the place in `NoAmount` of the reason why there is none, -1 where there is an amount.
    `sources` says what the amount was made of for each place of an override, the rule's own being the last.
    """

    values: NDArray[np.float64]
    codes: NDArray[np.int8]
    places: NDArray[np.int64]
    sources: tuple[str, ...]

    def of(self, row: int) -> float | None:
        """The amount of one scope, None where there is none."""
        return float(self.values[row]) if self.codes[row] == _KNOWN else None

    def missing(self, row: int) -> NoAmount | None:
        """Why a scope has no amount, None where it has one."""
        return None if self.codes[row] == _KNOWN else _CODES[self.codes[row]]

    def hindrance(self, row: int) -> str:
        """Why a scope has no amount, in words; "" where it has one."""
        missing = self.missing(row)
        return missing.reason if missing else ""

    def made_of(self, row: int) -> str:
        """What the amount of a scope was made of, "" where the rule itself names it or there is none."""
        return self.sources[int(self.places[row])] if self.codes[row] == _KNOWN else ""

    def count(self, reason: NoAmount) -> int:
        """How many scopes have no amount for this reason."""
        return int((self.codes == _CODES.index(reason)).sum())


def amounts_in(rule: Budget, period: Period, context: Context, groups: Groups, spend: NDArray[np.float64]) -> Amounts:
    """What each scope may spend in a period; `spend` is [scopes, days].

    What rests on earlier periods is known when all their days are settled, and then stands: it moves by a restatement
    alone.
    """
    places = context.survey.overridden(rule).place
    values = np.full(places.size, np.nan)
    codes = np.full(places.size, _KNOWN, np.int8)
    holders = (*rule.overrides, rule)
    for place, held in enumerate(holders):
        rows = np.flatnonzero(places == (place if held is not rule else -1))
        if held.averaged is not None:
            values[rows], codes[rows] = _averages(held.averaged, rule, period, context, groups, spend, rows)
            continue
        amount = held.amount_in(period)
        if amount is None:
            codes[rows] = _CODES.index(NoAmount.NOT_PLANNED)
        else:
            values[rows] = amount
    return Amounts(values, codes, places, tuple(str(held.averaged or "") for held in holders))


def unjudged_budgets(context: Context) -> Iterator[str]:
    """A sentence for each rule of which a person should know that its running period cannot be judged."""
    for rule in context.rules.budgets:
        period = rule.period_on(context.today, context.rules.settings.week_start)
        if period is None or all(held.fixed is not None for held in amounts_of(rule)):
            continue
        groups = context.groups(rule)
        amounts = amounts_in(rule, period, context, groups, counted_spend(rule, context.matrix, groups))
        for reason in filter(lambda one: one.concerns_the_rule, NoAmount):
            scopes, of_all = amounts.count(reason), len(groups.scopes)
            if scopes:
                which = "" if scopes == of_all else f" for {scopes} of its {of_all} scopes"
                yield f"rule {rule.name}: no verdict on {period}{which}: {reason.reason}"


def _averages(
    averaged: Averaged,
    rule: Budget,
    period: Period,
    context: Context,
    groups: Groups,
    spend: NDArray[np.float64],
    rows: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """[rows] the amounts from the periods before, and the codes of what keeps them from being known."""
    matrix, settings = context.matrix, context.rules.settings
    base = periods_before(rule, period, averaged.average_of, settings)
    first, stop = max(0, matrix.column(base.first)), max(0, matrix.column(base.last) + 1)
    before = max(0, matrix.column(periods_before(rule, base, 1, settings).first))
    covered, settled, cost = groups.covered[rows], groups.settled[rows], spend[rows]
    totals = cost[:, first:stop].sum(axis=1) / averaged.average_of * averaged.factor
    values = np.round(totals * UNITS_PER_CURRENCY) / UNITS_PER_CURRENCY
    inside = matrix.column(base.first) >= 0
    hindrances = {
        NoAmount.HISTORY_TOO_SHORT: ~(covered[:, : first + 1].any(axis=1) & inside),
        NoAmount.UNKNOWN_DAYS: ~covered[:, first:stop].all(axis=1),
        NoAmount.NOT_SETTLED: ~(settled[:, first:stop].all(axis=1) & (stop <= matrix.days)),
        # Charged before them or on their first day: else their first days may be days on which it did not exist yet.
        NoAmount.TOO_YOUNG: ~(cost[:, before : first + 1] != 0.0).any(axis=1),
        NoAmount.NOTHING_SPENT: values <= 0.0,
    }
    codes = np.select(list(hindrances.values()), [_CODES.index(reason) for reason in hindrances], _KNOWN)
    return np.where(codes == _KNOWN, values, np.nan), codes.astype(np.int8)
