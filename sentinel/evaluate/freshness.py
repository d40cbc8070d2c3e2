"""The freshness rule: is the history still fed, and by answers that can be believed?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sentinel.domain.accounts import AccountState
from sentinel.domain.alerts import AlertDay
from sentinel.domain.findings import Basis, Direction, Finding, RuleKind
from sentinel.domain.moments import moment_of
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.tracks import DayVerdict, Track
from sentinel.rules.model import Freshness


def judge_freshness(rule: Freshness, context: Context, around: RuleContext) -> Iterator[Track]:
    """One track for each account that was ever asked for costs; figures are hours."""
    for state in context.accounts.values():
        scope = Scope((Place(Dimension.ACCOUNT, state.account, state.account),))
        # An account that was only ever imported has no pulls that could be late.
        if state.first_pull is None:
            continue
        track = read_age(rule, context, state, scope, state.first_pull)
        if track.verdicts[0].finding or scope.key in around.open_scope_keys(track.episode):
            yield track


@dataclass(frozen=True, slots=True)
class _Wait:
    """Something that should have happened: since when it is waited for, and how many hours are allowed."""

    reason: str
    since: datetime
    allowed: float

    def hours(self, moment: datetime) -> float:
        return (moment - self.since).total_seconds() / 3600


def _waits(rule: Freshness, context: Context, state: AccountState, first_pull: datetime) -> Iterator[_Wait]:
    allowed = rule.max_age.total_seconds() / 3600
    if state.failing_since is not None:
        yield _Wait(f"the pulls fail: {state.error}", state.failing_since, allowed)
    if state.kept_aside_at is not None:
        yield _Wait("an answer that looks wrong is kept aside until another agrees", state.kept_aside_at, 0.0)
    settled = _newest_settled_at(context, state.account)
    yield _Wait("no day has settled", max(settled or first_pull, first_pull), allowed)


def read_age(rule: Freshness, context: Context, state: AccountState, scope: Scope, first_pull: datetime) -> Track:
    """How long an account has been without what should have come; `first_pull` is that of its state."""
    waits = tuple(_waits(rule, context, state, first_pull))
    late = [wait for wait in waits if wait.hours(context.moment) > wait.allowed]
    told = late[0] if late else waits[-1]
    hours = told.hours(context.moment)
    score = hours / (rule.max_age.total_seconds() / 3600)
    figures = AlertDay(day=context.today, observed=hours, expected=0.0, lower=0.0, upper=told.allowed, score=score)
    finding = Finding(
        rule=rule.name,
        kind=RuleKind.FRESHNESS,
        scope=scope,
        day=context.today,
        direction=Direction.UP,
        severity=rule.severity,
        observed=hours,
        expected=0.0,
        lower=0.0,
        upper=told.allowed,
        score=score,
        basis=Basis.SETTLED,
        currency=context.currency_of(frozenset({state.account})),
        note=told.reason,
    )
    return Track(
        rule=rule.name,
        kind=RuleKind.FRESHNESS,
        scope=scope,
        episode=Direction.UP.value,
        verdicts=(DayVerdict(figures, finding if late else None, None),),
        lasting=True,
    )


def _newest_settled_at(context: Context, account: str) -> datetime | None:
    matrix = context.matrix
    if account not in matrix.accounts:
        return None
    moments = matrix.settled_at[matrix.accounts.index(account)]
    known = moments[matrix.settled[matrix.accounts.index(account)]]
    return moment_of(known.max()) if known.size else None
