"""Which channels a transition is told to."""

from __future__ import annotations

from collections.abc import Collection

from sentinel.domain.alerts import Reason, Transition, TransitionKind
from sentinel.rules.model import Rules


def channels_for(transition: Transition, rules: Rules, told: Collection[str] = ()) -> tuple[str, ...]:
    """The names of the channels, in the order of rules.yaml; empty: it is recorded and nobody is told.

    `told` are the channels that this alert was told to before. Who heard of an alert also hears how it goes on, and
    nobody is told the end of what he never heard of. What another alert tells is told to nobody; that one is told to
    the channels of both. Only channels that rules.yaml still has are given.
    """
    wanted, alert = set(told), transition.alert
    rule = rules.named(alert.rule)
    # A correction or an end concerns those alone who were told what is corrected.
    goes_on = not transition.kind.closes and transition.kind is not TransitionKind.CORRECTED
    if rule is not None and goes_on and alert.inhibited_by is None:
        wanted.update(rules.channels_for(rule, alert), alert.also_to)
    if transition.reason is Reason.SEEN_BY_ANOTHER_RULE:
        # The others know it already.
        wanted.difference_update(told)
    return tuple(name for name in rules.channels if name in wanted)
