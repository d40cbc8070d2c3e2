"""Credit rules: does a credit still arrive, and how long does what is left of it last?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from sentinel.domain.alerts import AlertDay
from sentinel.domain.findings import Basis, Direction, Finding, RuleKind, Severity
from sentinel.domain.matrix import DatedCharge
from sentinel.domain.outlooks import NEAR_DAYS, Outlook, Stage
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.prepaid.account_charges import charges_by_day
from sentinel.evaluate.prepaid.arrivals import Absence, find_absence
from sentinel.evaluate.prepaid.drawdown import LEAST, MIDDLE, MOST, Fund, Prospect, Use, is_told, prospects
from sentinel.evaluate.tracks import DayVerdict, Track
from sentinel.rules.matching import matcher
from sentinel.rules.model import Credit

SMALLEST = 1e-8
"""The unit of money: a credit that arrives is at least that."""

USED_UP = 0.995
"""From this part of the amount on, a credit that no longer arrives is used up, and not missing."""

OPEN_AT_MOST = timedelta(days=62)
"""A credit that has been missing for longer is the new state of things."""

RUNS_OUT = "runs_out"
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Balance:
    """What is left of a credit's amount by the end of `day`, and how its use went on the last settled days."""

    rule: Credit
    accounts: tuple[str, ...]
    currency: str
    day: date
    spent: float
    missing: tuple[date, ...]
    history: tuple[Prospect, ...]

    @property
    def scope(self) -> Scope:
        """The account, where it is one."""
        one = self.accounts if len(self.accounts) == 1 else ()
        return Scope(tuple(Place(Dimension.ACCOUNT, name, name) for name in one))

    @property
    def amount(self) -> float:
        """What the credits come to in all."""
        return self.rule.amount or 0.0

    @property
    def is_used_up(self) -> bool:
        """Whether next to nothing is left."""
        return self.spent >= USED_UP * self.amount

    @property
    def chances(self) -> tuple[float, ...]:
        """For each prospect the probability that nothing is left after `runs_out_within`."""
        return tuple(prospect.chance_to_spend(self.amount) for prospect in self.history)

    @property
    def fires(self) -> bool:
        """Whether it is used up, or sure enough to be soon."""
        return not self.missing and (self.is_used_up or is_told(self.chances))

    def outlook(self) -> Outlook:
        """Where it is heading; asked for only where there is a history."""
        newest = self.history[-1]
        ends = newest.exhausted_on(MIDDLE)
        near = ends is not None and (ends - self.day).days <= NEAR_DAYS
        return Outlook(
            amount=self.amount,
            first=newest.fund.first,
            last=None,
            spent=self.spent,
            planned=None,
            projected=newest.spent_at_end(MIDDLE),
            projected_least=newest.spent_at_end(LEAST),
            projected_most=newest.spent_at_end(MOST),
            exhausted_on=ends,
            earliest=newest.exhausted_on(LEAST),
            latest=newest.exhausted_on(MOST),
            chance=self.chances[-1],
            stage=Stage.REACHED if self.is_used_up else Stage.NEAR if near else Stage.FORESEEN,
        )


def judge_credits(rule: Credit, context: Context, around: RuleContext) -> Iterator[Track]:
    """A track for each credit that is missing, or was, and one for a balance that runs out, or did."""
    balance = read_balance(rule, context)
    if balance is not None and balance.history and not balance.missing:
        known = balance.scope.key in around.open_scope_keys(RUNS_OUT)
        if balance.fires or known:
            yield _running_out(balance, context)
    for account, product in wanted_credits(rule, context):
        absence = credit_absence(rule, context, account, product)
        told = None if balance is not None and balance.is_used_up else absence
        yield from _missing(rule, context, around, account, product, told)


def wanted_credits(rule: Credit, context: Context) -> tuple[tuple[str, str], ...]:
    """The (account, product) of each credit that a rule looks at and the history knows, in their order."""
    wanted = _wanted(rule)
    found = {(one.account, one.product) for one in context.matrix.account_charges if wanted(one)}
    return tuple(sorted(found))


def credit_absence(rule: Credit, context: Context, account: str, product: str) -> Absence | None:
    """How long a credit has not arrived although it should have; None while it does, or none is to be expected."""
    matrix = context.matrix
    row = matrix.accounts.index(account)
    own = [one for one in matrix.account_charges if (one.account, one.product) == (account, product) and one.cost < 0]
    return find_absence(own, matrix.first_day, matrix.settled[row], rule.missing_after)


def read_balance(rule: Credit, context: Context) -> Balance | None:
    """What is left of a credit with an amount; None without one, and where no day of it is known."""
    matrix = context.matrix
    accounts = tuple(name for name in matrix.accounts if matcher(rule.where.account or ("*",))(name))
    if rule.amount is None or rule.from_ is None or not accounts:
        return None
    rows = [matrix.accounts.index(name) for name in accounts]
    used = -charges_by_day(matrix, accounts, _wanted(rule))
    use = Use(matrix.first_day, used, np.all(matrix.covered[rows], axis=0), np.all(matrix.settled[rows], axis=0))
    newest = use.newest_covered
    if newest is None:
        return None
    fund = _fund(rule, use, rule.amount, rule.from_, context.today + rule.runs_out_within)
    missing = use.unknown(fund.counted_from, newest)
    return Balance(
        rule=rule,
        accounts=accounts,
        currency=context.currency_of(frozenset(accounts)),
        day=use.day(newest),
        spent=fund.before + use.spent(fund.counted_from, newest),
        missing=missing,
        history=() if missing else prospects(use, fund),
    )


def _fund(rule: Credit, use: Use, amount: float, first: date, last: date) -> Fund:
    whole = Fund(amount, first, last, first, 0.0)
    before = rule.used_before
    if before is None:
        return whole
    covered = np.flatnonzero(use.covered)
    begins = use.day(int(covered[0])) if covered.size else first
    return replace(whole, counted_from=before.day or max(first, begins), before=before.amount)


def _wanted(rule: Credit) -> Callable[[DatedCharge], bool]:
    """Whether a charge is a credit that a rule looks at."""
    account, product = matcher(rule.where.account or ("*",)), matcher(rule.where.product or ("*",))
    return lambda charge: charge.cost < 0 and account(charge.account) and product(charge.product)


def _running_out(balance: Balance, context: Context) -> Track:
    rule, outlook = balance.rule, balance.outlook()
    figures = AlertDay(
        day=balance.day,
        observed=max(outlook.spent, outlook.projected),
        expected=balance.amount,
        lower=0.0,
        upper=balance.amount if not balance.is_used_up else USED_UP * balance.amount,
        score=outlook.chance,
    )
    severity = rule.severity if outlook.stage is Stage.REACHED else Severity.WARNING
    finding = replace(_finding(rule, balance.scope, figures, Direction.UP, severity, balance.currency), outlook=outlook)
    return Track(
        rule=rule.name,
        kind=RuleKind.CREDIT,
        scope=balance.scope,
        episode=RUNS_OUT,
        verdicts=(DayVerdict(figures, finding if balance.fires else None, None),),
        lasting=True,
        ready=frozenset(balance.accounts) <= context.ready_accounts,
        matters_from=outlook.news_from,
    )


def _missing(
    rule: Credit, context: Context, around: RuleContext, account: str, product: str, absence: Absence | None
) -> Iterator[Track]:
    scope = Scope((Place(Dimension.ACCOUNT, account, account), Place(Dimension.PRODUCT, product, product)))
    episodes = {alert.episode for alert in around.open_alerts if alert.scope.key == scope.key}
    if absence is not None:
        episodes.add(f"{MISSING}:{absence.since}")
    currency = context.currency_of(frozenset({account}))
    for episode in sorted(episodes):
        is_now = absence is not None and episode == f"{MISSING}:{absence.since}"
        figures = AlertDay(context.today, 0.0, 0.0, 0.0, 0.0, 0.0)
        finding = None
        if absence is not None and is_now:
            figures = AlertDay(absence.last, 0.0, absence.expected, SMALLEST, absence.expected, float(absence.days))
            finding = replace(
                _finding(rule, scope, figures, Direction.DOWN, rule.severity, currency), note=absence.sentence
            )
        yield Track(
            rule=rule.name,
            kind=RuleKind.CREDIT,
            scope=scope,
            episode=episode,
            verdicts=(DayVerdict(figures, finding, None),),
            lasting=True,
            closed=is_now and absence is not None and context.today > absence.since + OPEN_AT_MOST,
            ready=account in context.ready_accounts,
            matters_from=math.inf,
        )


def _finding(
    rule: Credit, scope: Scope, figures: AlertDay, direction: Direction, severity: Severity, currency: str
) -> Finding:
    return Finding(
        rule=rule.name,
        kind=RuleKind.CREDIT,
        scope=scope,
        day=figures.day,
        direction=direction,
        severity=severity,
        observed=figures.observed,
        expected=figures.expected,
        lower=figures.lower,
        upper=figures.upper,
        score=figures.score,
        basis=Basis.SETTLED,
        currency=currency,
    )
