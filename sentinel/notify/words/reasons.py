"""Why an alert changed, in a sentence: every reason has its own, for each kind of rule that it can happen to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sentinel.domain.alerts import Alert, Reason, Transition, TransitionKind
from sentinel.domain.findings import RuleKind
from sentinel.domain.money import format_money
from sentinel.domain.outlooks import NEAR_DAYS, Stage
from sentinel.notify.words.forecasts import foreseen_above, foreseen_below
from sentinel.notify.words.phrases import a_day, begun, days, period_name, scope_name, signed
from sentinel.notify.words.verdicts import threshold

_TOLD_BY_THE_FIGURES = frozenset(
    {
        Reason.OUTSIDE_BAND,
        Reason.THRESHOLD_CROSSED,
        Reason.FORECAST_ABOVE,
        Reason.FIRST_CHARGE,
        Reason.NO_FRESH_DATA,
        Reason.OFF_COURSE,
        Reason.CREDIT_ENDS,
        Reason.INVOICE_DIFFERS,
    }
)
_NO_SUM = frozenset({RuleKind.FRESHNESS, RuleKind.COMMITMENT, RuleKind.CREDIT, RuleKind.RECONCILIATION})
"""What these tell of a day does not add up over days."""

_NOT_BACK = "not back to the old level"


def why(transition: Transition, today: date) -> str:
    """The sentence; "" where the verdict's figures say it already."""
    if transition.reason in _TOLD_BY_THE_FIGURES and transition.kind is TransitionKind.OPENED:
        below = _crossed_below(transition.alert, None)
        return f"{below} crossed as well" if below else ""
    return _SENTENCES[transition.reason](transition, today)


def course(alert: Alert, today: date) -> str:
    """How an alert went from its first to its last day; "" where its figures are no sum over days."""
    if alert.kind in _NO_SUM or (alert.finding.budget and alert.finding.budget.period.days > 1):
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
    before = transition.previous.finding.budget if transition.previous else None
    if before is None:
        return "A higher threshold is crossed"
    told = next(iter(before.crossed), None)
    below = _crossed_below(transition.alert, told)
    between = f", {below} crossed as well" if below else ""
    text = "the forecast" if told is None else threshold(told, transition.alert.finding.currency)
    first = "A threshold" if told is None else "A higher threshold"
    return f"{first} is crossed{between}; {text} was {_opened_before(transition, today)}"


def _forecast_above(transition: Transition, today: date) -> str:
    return foreseen_above(transition, _opened_before(transition, today))


def _crossed_below(alert: Alert, told: str | None) -> str:
    """The thresholds that are crossed with a budget's highest and were not told yet: `50% and 80% are`."""
    crossed = alert.finding.budget.crossed if alert.finding.budget else ()
    stop = crossed.index(told) if told in crossed else len(crossed)
    names = [threshold(name, alert.finding.currency) for name in reversed(crossed[1:stop])]
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}" if names else ""


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
    RuleKind.CREDIT: "it does not hold any more",
    RuleKind.FRESHNESS: "the data was not late",
    RuleKind.RECONCILIATION: "the invoice agrees with it",
}


def _data_changed(transition: Transition, _: date) -> str:
    alert = transition.alert
    if transition.kind is TransitionKind.WITHDRAWN:
        now = f", {format_money(alert.days[-1].observed, alert.finding.currency)}" if alert.finding.budget else ""
        return f"The billing data was changed later: {_UNTRUE_NOW[alert.kind]}{now}"
    return "The billing data was changed later; this is how it stands now"


def _rule_changed(transition: Transition, _: date) -> str:
    """The file, and not the rule: a mute or a setting may be what was changed."""
    rule = transition.alert.rule
    if transition.kind.closes:
        return f"The rules file was changed, and rule {rule} does not see it any more"
    return f"The rules file was changed; this is how rule {rule} judges now"


def _teller(transition: Transition) -> str:
    teller = transition.previous.inhibited_by if transition.previous else None
    return f"Alert {teller.alert_id}" if teller and teller.alert_id else "Another alert"


def _teller_ended(transition: Transition, today: date) -> str:
    return f"{_teller(transition)} told this and has ended; this still fires, since {_since(transition, today)}"


def _beyond_teller(transition: Transition, today: date) -> str:
    return f"{_teller(transition)} told a part of this; it is more than that now, since {_since(transition, today)}"


def _since(transition: Transition, today: date) -> str:
    return a_day(transition.alert.since, today)


def _seen_by_another_rule(transition: Transition, today: date) -> str:
    known = transition.previous.tells_for if transition.previous else ()
    new = [rule for rule in transition.alert.tells_for if rule not in known] or list(transition.alert.tells_for)
    word, sees = ("rule", "sees") if len(new) == 1 else ("rules", "see")
    return f"The {word} {', '.join(new)} {sees} the same, so it is told here too; {_opened_before(transition, today)}"


_NORMAL_AGAIN = {
    RuleKind.SPIKE: "Back to normal on two settled days",
    RuleKind.NEW_SPEND: "Below the minimum on two settled days",
    RuleKind.BUDGET: "Within the budget on two settled days",
    RuleKind.COMMITMENT: "It is not probable any more",
    RuleKind.CREDIT: "It arrives again",
    RuleKind.FRESHNESS: "Fresh data has arrived",
    RuleKind.RECONCILIATION: "The invoice and the history agree now",
}


def _back_to_normal(transition: Transition, _: date) -> str:
    if transition.alert.finding.outlook is not None:
        return _NORMAL_AGAIN[RuleKind.COMMITMENT]
    return _NORMAL_AGAIN[transition.alert.kind]


def _next_stage(transition: Transition, today: date) -> str:
    outlook = transition.alert.finding.outlook
    reached = outlook is not None and outlook.stage is Stage.REACHED
    news = "It has come to that" if reached else f"It is at most {days(NEAR_DAYS)} away now"
    return f"{news}; {_opened_before(transition, today)}"


def _outlook_changed(transition: Transition, _: date) -> str:
    if transition.alert.kind is RuleKind.RECONCILIATION or transition.previous is None:
        return "It has changed since it was last told; this is how it stands now"
    currency = transition.alert.finding.currency
    then, now = (
        _beside_the_amount(impact, currency) for impact in (transition.previous.told_impact, transition.alert.impact)
    )
    return f"When last told it was heading for {then}, now for {now}"


def _beside_the_amount(difference: float, currency: str) -> str:
    return f"{format_money(abs(difference), currency)} {'above' if difference >= 0 else 'below'} the amount"


def _period_closed(transition: Transition, today: date) -> str:
    standing = transition.alert.finding.budget
    if standing is None:
        return "Its days are over and final"
    return begun(f"{period_name(standing.period, today)} is over and its days are final")


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
    Reason.FORECAST_ABOVE: _forecast_above,
    Reason.FORECAST_BELOW: foreseen_below,
    Reason.OFF_COURSE: _always("It has become probable"),
    Reason.CREDIT_ENDS: _always("The credit ends"),
    Reason.INVOICE_DIFFERS: _always("The invoice differs from the history"),
    Reason.NEXT_STAGE: _next_stage,
    Reason.OUTLOOK_CHANGED: _outlook_changed,
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
    Reason.TELLER_ENDED: _teller_ended,
    Reason.BEYOND_TELLER: _beyond_teller,
    Reason.SEEN_BY_ANOTHER_RULE: _seen_by_another_rule,
    Reason.MARKED_EXPECTED: _always("Somebody marked it as expected"),
    Reason.MARKED_FALSE_ALARM: _always("Somebody marked it as a false alarm"),
}
