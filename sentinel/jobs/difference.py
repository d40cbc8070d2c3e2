"""Two backtests side by side: which alerts only one of them opens, and what each rule tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sentinel.domain.alerts import Alert, TransitionKind
from sentinel.jobs.replay import Backtest


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What one rule told: alerts opened, in all and a week, and how many messages were sent of them.

    `told_by_others` were opened besides, and recorded alone: another alert told the same excess.
    """

    rule: str
    opened: int
    a_week: float
    messages: int
    told_by_others: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Alerts that only one of two backtests opens; `both` counts those of one that have a counterpart in the other."""

    only_these: tuple[Alert, ...]
    only_others: tuple[Alert, ...]
    both: int


def count_by_rule(backtest: Backtest) -> tuple[RuleCount, ...]:
    """One count a rule that told something, in the order of their names."""
    news = [one.transition.alert for one in backtest.told if one.transition.kind is TransitionKind.OPENED]
    opened = Counter(alert.rule for alert in news if alert.inhibited_by is None)
    inhibited = Counter(alert.rule for alert in news if alert.inhibited_by is not None)
    messages = Counter(one.transition.alert.rule for one in backtest.told for _ in one.channels)
    return tuple(
        RuleCount(rule, opened[rule], opened[rule] / backtest.weeks, messages[rule], inhibited[rule])
        for rule in sorted({one.transition.alert.rule for one in backtest.told})
    )


def difference(these: Backtest, others: Backtest) -> Difference:
    """The alerts without a counterpart: one of the same rule, scope and episode that tells of a common day."""
    only_these = _without(these.alerts, others.alerts)
    return Difference(only_these, _without(others.alerts, these.alerts), len(these.alerts) - len(only_these))


def _without(alerts: Iterable[Alert], others: Iterable[Alert]) -> tuple[Alert, ...]:
    by_track: dict[tuple[str, str, str], list[Alert]] = {}
    for other in others:
        by_track.setdefault(_track(other), []).append(other)
    return tuple(
        alert for alert in alerts if not any(_overlap(alert, other) for other in by_track.get(_track(alert), ()))
    )


def _track(alert: Alert) -> tuple[str, str, str]:
    return alert.rule, alert.scope.key, alert.episode


def _overlap(one: Alert, other: Alert) -> bool:
    return one.days[0].day <= other.days[-1].day and other.days[0].day <= one.days[-1].day
