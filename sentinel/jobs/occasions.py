"""When a backtest judges: at each recorded evaluation, and once for each settled day that none of them saw come."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sentinel.domain.coverage import settles_at
from sentinel.domain.evaluations import RecordedEvaluation
from sentinel.rules.model import Rules


@dataclass(frozen=True, slots=True)
class Occasion:
    """One moment to judge at, by which rules.

    `assumed`: the day that is judged as settled, with all before it; None for a recorded evaluation. `anew`: the rules
    that forget what the occasions before said. `reported`: False while only the state at the beginning is worked out.
    """

    moment: datetime
    rules: Rules
    assumed: date | None = None
    anew: frozenset[str] = frozenset()
    reported: bool = True


def plan_occasions(
    rules: Rules,
    recorded: Sequence[RecordedEvaluation],
    settled: Iterable[date],
    first: date,
    last: date,
    *,
    as_it_was: bool = True,
) -> tuple[Occasion, ...]:
    """The occasions of the days first..last, oldest first; `settled` are the settled days of the history.

    A recorded evaluation is repeated. A settled day is judged by itself, at the first moment at which it could be
    settled, if that lies before the first recorded evaluation or after the last one.

    A rule that was judged by the same definition when the days begin is repeated from when that began, so that its
    alerts are known; others begin with `first`. At the first recorded evaluation such a rule begins anew, as it did.
    Without `as_it_was` all rules begin with `first` and go on from there.
    """
    within = [one for one in recorded if first <= one.moment.date() <= last]
    days = _assumed_days(rules.settings.settle_after, recorded, settled, first, last)
    occasions = [
        Occasion(one.moment, rules, anew=_unchanged(rules, one) if as_it_was and one is recorded[0] else frozenset())
        for one in within
    ]
    occasions += [Occasion(settles_at(day, rules.settings.settle_after), rules, assumed=day) for day in days]
    before = [one for one in recorded if as_it_was and one.moment.date() < first]
    return (*_leading_up(rules, before), *sorted(occasions, key=lambda occasion: occasion.moment))


def _assumed_days(
    settle_after: timedelta, recorded: Sequence[RecordedEvaluation], settled: Iterable[date], first: date, last: date
) -> list[date]:
    days = [day for day in settled if first <= day <= last]
    if not recorded:
        return days
    begin, end = recorded[0].moment, recorded[-1].moment
    return [day for day in days if not begin <= settles_at(day, settle_after) <= end]


def _leading_up(rules: Rules, before: Sequence[RecordedEvaluation]) -> list[Occasion]:
    """The recorded evaluations that the state at the beginning follows from."""
    standing = frozenset(rule.name for rule in rules.all)
    occasions: list[Occasion] = []
    for evaluation in reversed(before):
        standing &= _unchanged(rules, evaluation)
        if not standing:
            break
        occasions.append(Occasion(evaluation.moment, rules.only(standing), reported=False))
    return occasions[::-1]


def _unchanged(rules: Rules, evaluation: RecordedEvaluation) -> frozenset[str]:
    """The rules that an evaluation judged by their present definition."""
    judged = evaluation.fingerprints
    return frozenset(rule.name for rule in rules.all if judged.get(rule.name) == rules.fingerprint(rule))
