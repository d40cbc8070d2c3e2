"""How commitments stand: what is spent, and where that is heading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np

from sentinel.domain.outlooks import NEAR_DAYS, Outlook, Stage
from sentinel.domain.scopes import Scope
from sentinel.evaluate.context import Context
from sentinel.evaluate.groups import Groups
from sentinel.evaluate.prepaid.account_charges import charges_by_day
from sentinel.evaluate.prepaid.drawdown import LEAST, MIDDLE, MOST, Fund, Prospect, Use, is_told, prospects
from sentinel.rules.model import Commitment, CostBasis


class Fate(StrEnum):
    """What is told of a commitment; the episodes of its alerts."""

    EXHAUSTED = "exhausts_before_end"
    UNUSED = "unused_above"


class Doubt(StrEnum):
    """Why nothing is said of a commitment's future."""

    NOT_BEGUN = "not_begun"
    MISSING_DAYS = "missing_days"
    TOO_FEW_DAYS = "too_few_days"


@dataclass(frozen=True)
class CommitmentNow:
    """How a commitment stands by the end of `day`, its newest covered day; amounts in `currency`.

    `missing` are the days of the term whose cost nobody knows. `history` are its prospects at the end of the last
    settled days, the newest last; none where there is a `doubt`. All of it was read from `use` and `fund`.
    """

    rule: Commitment
    scope: Scope
    currency: str
    regions: tuple[str, ...]
    day: date
    spent: float
    missing: tuple[date, ...]
    used_up_on: date | None
    unsettled_days: int
    history: tuple[Prospect, ...]
    doubt: Doubt | None
    use: Use
    fund: Fund

    @property
    def planned(self) -> float:
        """What would have been spent by now if the amount were used evenly over its term."""
        term = self.rule.days
        begun = (min(self.day, term.last) - term.first).days + 1
        return self.rule.amount * max(0, begun) / term.days

    @property
    def is_used_up_early(self) -> bool:
        """Whether the amount is gone already, and was so before the last day of the term."""
        return self.used_up_on is not None and self.used_up_on < self.rule.to

    @cached_property
    def exhausts(self) -> tuple[float, ...]:
        """For each prospect the probability that the amount is used up before the term ends."""
        return tuple(
            float(self.is_used_up_early)
            if prospect.day >= self.rule.to
            else prospect.chance_to_spend(self.rule.amount, days_early=1)
            for prospect in self.history
        )

    @cached_property
    def leaves(self) -> tuple[float, ...]:
        """For each prospect the probability that more than `unused_above` of the amount is left."""
        most = self.rule.amount * (1 - self.rule.unused_above)
        return tuple(1 - prospect.chance_to_spend(most) for prospect in self.history)

    def chances(self, fate: Fate) -> Sequence[float]:
        """The probabilities of one fate, day by day."""
        return self.exhausts if fate is Fate.EXHAUSTED else self.leaves

    def outlook(self, fate: Fate) -> Outlook:
        """Where it is heading; asked for only where there is no doubt."""
        newest, term = self.history[-1], self.rule.days
        exhausted = {quantile: newest.exhausted_on(quantile) for quantile in (LEAST, MIDDLE, MOST)}
        if self.used_up_on is not None:
            exhausted = dict.fromkeys(exhausted, self.used_up_on)
        return Outlook(
            amount=self.rule.amount,
            first=term.first,
            last=term.last,
            spent=self.spent,
            planned=self.planned,
            projected=newest.spent_at_end(MIDDLE),
            projected_least=newest.spent_at_end(LEAST),
            projected_most=newest.spent_at_end(MOST),
            exhausted_on=exhausted[MIDDLE],
            earliest=exhausted[LEAST],
            latest=exhausted[MOST],
            chance=self.chances(fate)[-1],
            stage=self._stage(fate, exhausted[MIDDLE]),
        )

    def _stage(self, fate: Fate, exhausted_on: date | None) -> Stage:
        if fate is Fate.EXHAUSTED:
            if self.used_up_on is not None:
                return Stage.REACHED
            comes = exhausted_on
        else:
            if self.history[-1].day >= self.rule.to:
                return Stage.REACHED
            comes = self.rule.to
        near = comes is not None and (comes - self.day).days <= NEAR_DAYS
        return Stage.NEAR if near else Stage.FORESEEN

    def fires(self, fate: Fate) -> bool:
        """Whether one fate is sure enough to be told, and is asked for."""
        if not self.history or (fate is Fate.EXHAUSTED and not self.rule.exhausts_before_end):
            return False
        return (fate is Fate.EXHAUSTED and self.is_used_up_early) or is_told(self.chances(fate))


def commitment_now(rule: Commitment, context: Context) -> CommitmentNow | None:
    """How a commitment stands; None where the history holds nothing that it covers, or no day of it."""
    groups = context.groups(rule)
    if not groups.scopes:
        return None
    use = _use(rule, context, groups)
    newest = use.newest_covered
    if newest is None:
        return None
    last = min(newest, use.column(rule.to))
    fund = _fund(rule, use)
    missing = use.unknown(fund.counted_from, last)
    doubt = _doubt(rule, use.day(newest), missing)
    history = () if doubt else prospects(use, fund)
    return CommitmentNow(
        rule=rule,
        scope=groups.scopes[0],
        currency=context.currency_of(groups.accounts[0]),
        regions=groups.regions[0],
        day=use.day(last),
        spent=fund.before + use.spent(fund.counted_from, last),
        missing=missing,
        used_up_on=_used_up_on(use, fund, last),
        unsettled_days=use.unsettled(fund.counted_from, last),
        history=history,
        doubt=doubt or (None if history else Doubt.TOO_FEW_DAYS),
        use=use,
        fund=fund,
    )


def undecided_commitments(context: Context) -> Iterator[str]:
    """What keeps commitments without a verdict: the days of their terms whose cost nobody knows."""
    for rule in context.rules.commitments:
        groups = context.groups(rule)
        use = _use(rule, context, groups) if groups.scopes else None
        newest = use.newest_covered if use else None
        if use is None or newest is None or not rule.is_judged_on(context.today, context.rules.settings.restate_days):
            continue
        missing = use.unknown(_fund(rule, use).counted_from, min(newest, use.column(rule.to)))
        if missing:
            yield f"rule {rule.name}: no verdict: {spell_missing(missing)}"


def spell_missing(days: Sequence[date]) -> str:
    """`3 days of its term are unknown, from 2026-01-01 to 2026-01-03; ...`: which, and the way out."""
    count = "1 day of its term is" if len(days) == 1 else f"{len(days)} days of its term are"
    which = f"{days[0]}" if len(days) == 1 else f"from {days[0]} to {days[-1]}"
    return f"{count} unknown, {which}; import them, or say with spent_before what was used until then"


def _use(rule: Commitment, context: Context, groups: Groups) -> Use:
    cost = groups.cost[0]
    if rule.cost is CostBasis.NET:
        cost = cost + charges_by_day(context.matrix, groups.accounts[0])
    return Use(context.matrix.first_day, cost, groups.covered[0], ~np.isnat(groups.settled_at[0]))


def _fund(rule: Commitment, use: Use) -> Fund:
    """The commitment with its first day that is counted from the history."""
    whole = Fund(rule.amount, rule.from_, rule.to, rule.from_, 0.0)
    before = rule.spent_before
    if before is None:
        return whole
    if before.day is not None:
        return replace(whole, counted_from=before.day, before=before.amount)
    covered = np.flatnonzero(use.covered)
    begins = use.day(int(covered[0])) if covered.size else rule.from_
    return replace(whole, counted_from=max(rule.from_, begins), before=before.amount)


def _doubt(rule: Commitment, newest: date, missing: tuple[date, ...]) -> Doubt | None:
    if newest < rule.from_:
        return Doubt.NOT_BEGUN
    return Doubt.MISSING_DAYS if missing else None


def _used_up_on(use: Use, fund: Fund, last: int) -> date | None:
    """The day on which the amount was used up, by what is known; None while it is not."""
    first = min(max(0, use.column(fund.counted_from)), last + 1)
    cost = np.where(use.covered, use.cost, 0.0)[first : last + 1]
    reached = fund.before + np.cumsum(cost) >= fund.amount
    return use.day(first + int(np.argmax(reached))) if reached.any() else None
