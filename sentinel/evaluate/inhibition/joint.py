"""An alert that tells for others too: to the channels of them all, and as urgent as the most urgent of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sentinel.domain.alerts import Alert, Reason, TransitionKind
from sentinel.evaluate.context import Context
from sentinel.evaluate.lifecycle import Step, tell
from sentinel.rules.model import Rules


def speak_for(step: Step, others: Sequence[Alert], context: Context) -> Step:
    """The step of an alert that tells its own excess, and that of `others`, which are recorded alone."""
    if not others and not step.now.tells_for:
        return step
    said = step.transition
    if said is not None and said.kind is TransitionKind.CORRECTED:
        # It reaches those alone who heard the old figures; who is to hear of it now does so the next time.
        return step
    joined = _joined(step, others, context.rules)
    if step.before is not None and (said is None or said.kind is TransitionKind.REMINDED):
        if joined.severity.rank > step.before.severity.rank:
            return _telling(step, joined, TransitionKind.ESCALATED, Reason.HIGHER_SEVERITY, context)
        if said is None and not _hearing(joined, context.rules) <= _hearing(step.before, context.rules):
            return _telling(step, joined, TransitionKind.REMINDED, Reason.SEEN_BY_ANOTHER_RULE, context)
    return replace(step, now=joined, transition=said and replace(said, alert=joined))


def _joined(step: Step, others: Sequence[Alert], rules: Rules) -> Alert:
    """The alert with all that it tells for, now or before."""
    now = step.now
    severity = max((alert.severity for alert in (now, *others)), key=lambda severity: severity.rank)
    seen_by = {rule for other in others for rule in (other.rule, *other.tells_for)} | {*now.tells_for}
    return replace(
        now,
        severity=severity,
        tells_for=tuple(sorted(seen_by - {now.rule})),
        also_to=tuple(sorted({*now.also_to}.union(*(_hearing(replace(o, severity=severity), rules) for o in others)))),
    )


def _hearing(alert: Alert, rules: Rules) -> frozenset[str]:
    """The channels that hear of an alert."""
    rule = rules.named(alert.rule)
    return frozenset(alert.also_to).union(rules.channels_for(rule, alert) if rule else ())


def _telling(step: Step, joined: Alert, kind: TransitionKind, reason: Reason, context: Context) -> Step:
    before = step.before or step.now
    told = tell(joined, kind, reason, context.moment, before=before)
    return replace(step, now=told.alert, transition=told.transition)
