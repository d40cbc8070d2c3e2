"""Many transitions of one evaluation to one channel become one message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sentinel.domain.alerts import Mark, Transition, TransitionKind
from sentinel.domain.findings import RuleKind, Severity
from sentinel.domain.messages import Message, Tone
from sentinel.notify.words.compose import compose
from sentinel.notify.words.digest import as_detail, heading, shown_first
from sentinel.notify.words.phrases import signed

MOST_SINGLE = 5
"""Up to so many transitions are told one by one; more of them would push everything else out of sight."""

_IN_CURRENCY = frozenset({RuleKind.SPIKE, RuleKind.NEW_SPEND})


def batch(
    transitions: Sequence[Transition],
    *,
    most: int | None = MOST_SINGLE,
    name_account: bool = False,
    said: Sequence[Mark] = (),
) -> tuple[Message, ...]:
    """One message for each transition, in their order, or one for them all when there are more than `most`.

    Where `most` is None each is told by itself, however many there are. `said` are the marks on their alerts.
    """
    if most is None or len(transitions) <= most:
        return tuple(compose(transition, name_account=name_account, said=said) for transition in transitions)
    return (_together(sorted(transitions, key=_gravity), said, name_account=name_account),)


def _gravity(transition: Transition) -> tuple[bool, int, float]:
    return transition.kind.closes, -transition.alert.severity.rank, -abs(transition.alert.impact)


def _together(transitions: Sequence[Transition], said: Sequence[Mark], *, name_account: bool) -> Message:
    composed = (compose(transition, name_account=name_account, said=said) for transition in transitions)
    details = tuple(map(as_detail, composed))
    tone = _worst(transitions)
    return Message(
        tone=tone,
        headline=heading(tone, _counts(transitions)),
        lines=shown_first(list(map(_line, transitions, details))),
        details=details,
        alert_ids=tuple(alert_id for detail in details for alert_id in detail.alert_ids),
    )


def _line(transition: Transition, detail: Message) -> str:
    alert = transition.alert
    # What a budget is over or under its amount says less than the threshold in its headline.
    amount = f", {signed(alert.impact, alert.finding.currency)}" if alert.kind in _IN_CURRENCY else ""
    return f"{detail.headline}{amount}"


def _worst(transitions: Sequence[Transition]) -> Tone:
    severities = {transition.alert.severity for transition in transitions if not transition.kind.closes}
    if not severities:
        return Tone.GOOD
    return Tone.CRITICAL if Severity.CRITICAL in severities else Tone.WARNING


def _counts(transitions: Sequence[Transition]) -> str:
    """`12 alerts: 9 opened (2 critical), 2 escalated, 1 resolved`."""
    by_kind = Counter(transition.kind for transition in transitions)
    critical = sum(
        transition.kind is TransitionKind.OPENED and transition.alert.severity is Severity.CRITICAL
        for transition in transitions
    )
    told = []
    for kind in TransitionKind:
        if by_kind[kind]:
            note = f" ({critical} critical)" if kind is TransitionKind.OPENED and critical else ""
            told.append(f"{by_kind[kind]} {kind.value}{note}")
    return f"{len(transitions)} alerts: {', '.join(told)}"
