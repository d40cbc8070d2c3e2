"""Commitment rules: will what was paid beforehand last to the end of its term, and how much will be left?"""

from __future__ import annotations

from collections.abc import Iterator

from sentinel.domain.alerts import AlertDay
from sentinel.domain.findings import Basis, Direction, Finding, RuleKind, Severity
from sentinel.domain.outlooks import Stage
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.prepaid.commitments import CommitmentNow, Fate, commitment_now
from sentinel.evaluate.tracks import DayVerdict, Track
from sentinel.rules.model import Commitment


def judge_commitments(rule: Commitment, context: Context, around: RuleContext) -> Iterator[Track]:
    """A track for each fate that is told, or was."""
    now = commitment_now(rule, context)
    if now is None:
        return
    closed = not rule.is_judged_on(context.today, context.rules.settings.restate_days)
    ready = context.groups(rule).accounts[0] <= context.ready_accounts
    for fate in Fate:
        episode = f"{rule.from_}:{fate.value}"
        if not now.fires(fate) and now.scope.key not in around.open_scope_keys(episode):
            continue
        if now.doubt is not None:
            continue  # what was told stands until something is known again
        yield Track(
            rule=rule.name,
            kind=RuleKind.COMMITMENT,
            scope=now.scope,
            episode=episode,
            verdicts=(read_verdict(now, fate),),
            lasting=True,
            closed=closed and now.history[-1].day >= rule.to,
            ready=ready,
            matters_from=now.outlook(fate).news_from,
        )


def read_verdict(now: CommitmentNow, fate: Fate) -> DayVerdict:
    """What is said of one fate of a commitment that has a future.

    `observed` is what will have been spent at the end, which lies above `upper` or below `lower` where it is told; the
    score is its probability.
    """
    rule, outlook = now.rule, now.outlook(fate)
    figures = AlertDay(
        day=now.day,
        observed=outlook.spent if fate is Fate.EXHAUSTED and now.used_up_on else outlook.projected,
        expected=rule.amount,
        lower=rule.amount * (1 - rule.unused_above),
        upper=rule.amount,
        score=outlook.chance,
    )
    if not now.fires(fate):
        return DayVerdict(figures, None, None)
    reached = outlook.stage is Stage.REACHED
    finding = Finding(
        rule=rule.name,
        kind=RuleKind.COMMITMENT,
        scope=now.scope,
        day=now.day,
        direction=Direction.UP if fate is Fate.EXHAUSTED else Direction.DOWN,
        severity=rule.severity if reached else Severity.WARNING,
        observed=figures.observed,
        expected=figures.expected,
        lower=figures.lower,
        upper=figures.upper,
        score=figures.score,
        basis=Basis.UNSETTLED if now.unsettled_days else Basis.SETTLED,
        currency=now.currency,
        regions=now.regions,
        outlook=outlook,
    )
    return DayVerdict(figures, finding, None)
