"""Which channels a transition is told to."""

from __future__ import annotations

from collections.abc import Collection

from sentinel.domain.alerts import Transition, TransitionKind
from sentinel.rules.model import Rules


def channels_for(transition: Transition, rules: Rules, told: Collection[str] = ()) -> tuple[str, ...]:
    """The names of the channels, in the order of rules.yaml; empty: it is recorded and nobody is told.

    `told` are the channels that this alert was told to before. Who heard of an alert also hears how it goes on, and
    nobody is told the end of what he never heard of. Only channels that rules.yaml still has are given.
    """
    wanted = set(told)
    rule = rules.named(transition.alert.rule)
    # A correction or an end concerns those alone who were told what is corrected.
    if rule is not None and not transition.kind.closes and transition.kind is not TransitionKind.CORRECTED:
        wanted.update(rules.channels_for(rule, transition.alert.severity))
    return tuple(name for name in rules.channels if name in wanted)
