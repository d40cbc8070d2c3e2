"""Why an alert changed, in a sentence: every reason has its own, for each kind of rule that it can happen to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sentinel.domain.alerts import Alert, Reason, Transition, TransitionKind
from sentinel.domain.findings import RuleKind
from sentinel.domain.money import format_money
from sentinel.notify.verdicts import period_name, threshold
from sentinel.notify.wording import a_day, days, scope_name, signed

_TOLD_BY_THE_FIGURES = frozenset(
    {Reason.OUTSIDE_BAND, Reason.THRESHOLD_CROSSED, Reason.FIRST_CHARGE, Reason.NO_FRESH_DATA}
)
_NOT_BACK = "not back to the old level"


def why(transition: Transition, today: date) -> str:
    """The sentence; "" where the verdict's figures say it already."""
    if transition.reason in _TOLD_BY_THE_FIGURES and transition.kind is TransitionKind.OPENED:
        return ""
    return _SENTENCES[transition.reason](transition, today)


def course(alert: Alert, today: date) -> str:
    """How an alert went from its first to its last day; "" where its figures are no sum over days."""
    if alert.kind is RuleKind.FRESHNESS or (alert.finding.budget and alert.finding.budget.period.days > 1):
        return ""
    total = signed(alert.impact, alert.finding.currency)
    first, last = a_day(alert.since, today), a_day(alert.days[-1].day, today)
    if len(alert.days) == 1:
        return f"On {first}: {total}"
    return f"On {days(len(alert.days))}, {first} to {last}: {total} in all"


def _opened_before(transition: Transition, today: date) -> str:
    return f"first told on {a_day(transition.alert.opened_at.date(), today)}"


def _still_firing(transition: Transition, today: date) -> str:
    return f"Still so, {_opened_before(transition, today)}"


def _silence_ended(transition: Transition, today: date) -> str:
    return f"A silence has ended and this still holds, since {a_day(transition.alert.since, today)}"


def _higher_threshold(transition: Transition, today: date) -> str:
    told = transition.previous.told_threshold if transition.previous else None
    if told is None:
        return "A higher threshold is crossed"
    text = threshold(told, transition.alert.finding.currency)
    return f"A higher threshold is crossed; {text} was {_opened_before(transition, today)}"


def _higher_severity(transition: Transition, _: date) -> str:
    before = f"It was a {transition.previous.severity.value}, it" if transition.previous else "It"
    return f"{before} is {transition.alert.severity.value} now"


def _impact_doubled(transition: Transition, _: date) -> str:
    if transition.previous is None:
        return "The impact has doubled since it was last told"
    currency = transition.alert.finding.currency
    then, now = transition.previous.told_impact, transition.alert.impact
    return f"It grew from {format_money(then, currency)} when last told to {format_money(now, currency)}"


_UNTRUE_NOW = {
    RuleKind.SPIKE: "the cost is not unusual any more",
    RuleKind.NEW_SPEND: "the charge is not new any more",
    RuleKind.BUDGET: "the spend is below the threshold again",
    RuleKind.COMMITMENT: "it does not hold any more",
    RuleKind.FRESHNESS: "the data was not late",
}


def _data_changed(transition: Transition, _: date) -> str:
    alert = transition.alert
    if transition.kind is TransitionKind.WITHDRAWN:
        now = f", {format_money(alert.days[-1].observed, alert.finding.currency)}" if alert.finding.budget else ""
        return f"The billing data was changed later: {_UNTRUE_NOW[alert.kind]}{now}"
    return "The billing data was changed later; this is how it stands now"


def _rule_changed(transition: Transition, _: date) -> str:
    rule = transition.alert.rule
    if transition.kind.closes:
        return f"The rule {rule} was changed and does not see it any more"
    return f"The rule {rule} was changed; this is how it judges now"


_NORMAL_AGAIN = {
    RuleKind.SPIKE: "Back to normal on two settled days",
    RuleKind.NEW_SPEND: "Below the minimum on two settled days",
    RuleKind.BUDGET: "Within the budget on two settled days",
    RuleKind.COMMITMENT: "Back to normal",
    RuleKind.FRESHNESS: "Fresh data has arrived",
}


def _back_to_normal(transition: Transition, _: date) -> str:
    return _NORMAL_AGAIN[transition.alert.kind]


def _period_closed(transition: Transition, today: date) -> str:
    standing = transition.alert.finding.budget
    if standing is None:
        return "Its days are over and final"
    return f"{period_name(standing.period, today)} is over and its days are final"


def _scope_gone(transition: Transition, _: date) -> str:
    name = scope_name(transition.alert.scope) or transition.alert.rule
    return f"{name} has no charges any more: gone, {_NOT_BACK}"


def _rule_removed(transition: Transition, _: date) -> str:
    return f"The rule {transition.alert.rule} was removed or renamed, it watches this no longer: {_NOT_BACK}"


def _always(sentence: str) -> Callable[[Transition, date], str]:
    return lambda _transition, _today: sentence


_SENTENCES: dict[Reason, Callable[[Transition, date], str]] = {
    Reason.OUTSIDE_BAND: _always("It is outside the expected range"),
    Reason.THRESHOLD_CROSSED: _always("A threshold is crossed"),
    Reason.FIRST_CHARGE: _always("It is charged for the first time"),
    Reason.NO_FRESH_DATA: _always("No fresh data has arrived"),
    Reason.HIGHER_THRESHOLD: _higher_threshold,
    Reason.HIGHER_SEVERITY: _higher_severity,
    Reason.IMPACT_DOUBLED: _impact_doubled,
    Reason.STILL_FIRING: _still_firing,
    Reason.SILENCE_ENDED: _silence_ended,
    Reason.DATA_CHANGED: _data_changed,
    Reason.RULE_CHANGED: _rule_changed,
    Reason.BACK_TO_NORMAL: _back_to_normal,
    Reason.PERIOD_CLOSED: _period_closed,
    Reason.NEW_LEVEL: _always(f"Accepted as the new normal: {_NOT_BACK}"),
    Reason.SCOPE_GONE: _scope_gone,
    Reason.RULE_REMOVED: _rule_removed,
    Reason.MARKED_EXPECTED: _always("Somebody marked it as expected"),
    Reason.MARKED_FALSE_ALARM: _always("Somebody marked it as a false alarm"),
}
