"""A transition as a message: what, how much, since when, why, where, what one can do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from sentinel.domain.alerts import Alert, Mark, MarkKind, Reason, Transition, TransitionKind
from sentinel.domain.findings import Basis, RuleKind, Severity
from sentinel.domain.messages import Fact, Message, Phase, Tone
from sentinel.domain.scopes import Dimension, Place
from sentinel.notify.words.phrases import a_day, days, finest, one_line, scope_name
from sentinel.notify.words.reasons import course, why
from sentinel.notify.words.verdict import Verdict
from sentinel.notify.words.verdicts import say

_TONES = {Severity.CRITICAL: Tone.CRITICAL, Severity.WARNING: Tone.WARNING}
_ENDINGS = {
    TransitionKind.RESOLVED: Tone.GOOD,
    TransitionKind.WITHDRAWN: Tone.GOOD,
    TransitionKind.EXPIRED: Tone.NEUTRAL,
}
_NEWS = {
    TransitionKind.ESCALATED: ", escalated",
    TransitionKind.REMINDED: ", reminder",
    TransitionKind.CORRECTED: ", corrected",
}
_LOWER_FORECAST = ", forecast lower"
"""What turns out better than foreseen was not told wrongly."""
_READ_ANEW = frozenset({Reason.OUTLOOK_CHANGED, Reason.FORECAST_BELOW})
"""What was told of these is not what was known right before."""
_HEARD_FIRST = frozenset({Reason.TELLER_ENDED, Reason.BEYOND_TELLER, Reason.SEEN_BY_ANOTHER_RULE})
"""Whoever hears of it now has mostly not heard of it before: it is no reminder to him."""
_RELIEFS = frozenset({TransitionKind.RESOLVED, TransitionKind.WITHDRAWN})
_ANSWERS = ("show", "ack", "expected", "false-alarm")

_NAMED_REGIONS = 2

_OF_AN_ACCOUNT = frozenset({RuleKind.FRESHNESS, RuleKind.RECONCILIATION})
"""What is told of an account, and not of its spend."""


_SPOKEN = {
    MarkKind.ACKNOWLEDGED: "Acknowledged by",
    MarkKind.SNOOZED: "Snoozed by",
    MarkKind.EXPECTED: "Expected, says",
    MarkKind.FALSE_ALARM: "A false alarm, says",
}


def compose(transition: Transition, *, name_account: bool = False, said: Sequence[Mark] = ()) -> Message:
    """The message that tells one transition; `name_account` where rules.yaml has more than one account.

    `said` are the marks that people have made; those on other alerts are left out.
    """
    alert, kind = transition.alert, transition.kind
    today = transition.moment.astimezone(UTC).date()
    verdict = say(alert, today)
    goes_on = not kind.closes and kind is not TransitionKind.OPENED
    return Message(
        tone=_ENDINGS.get(kind, _TONES[alert.severity]),
        headline=_headline(alert, verdict, kind.value if kind.closes else alert.severity.value, _news(transition)),
        lines=_lines(transition, verdict, today),
        facts=_facts(alert, verdict, name_account=name_account),
        actions=_actions(alert, closes=kind.closes),
        alert_ids=_ids(alert),
        phase=Phase.ENDED if kind.closes else Phase.OPEN,
        standing=standing(alert, said, transition.moment, name_account=name_account) if goes_on else None,
        for_everybody=kind is TransitionKind.ESCALATED or _relieves(transition),
    )


def _relieves(transition: Transition) -> bool:
    """Whether it takes from everybody what everybody may worry about: a critical alert that is over by itself."""
    return transition.alert.severity is Severity.CRITICAL and transition.kind in _RELIEFS


def _news(transition: Transition) -> str:
    if transition.reason is Reason.FORECAST_BELOW and not transition.kind.closes:
        return _LOWER_FORECAST
    return "" if transition.reason in _HEARD_FIRST else _NEWS.get(transition.kind, "")


def standing(alert: Alert, said: Sequence[Mark], moment: datetime, *, name_account: bool = False) -> Message:
    """How an open alert stands at a moment, and what people have said of it, without what has changed last."""
    today = moment.astimezone(UTC).date()
    verdict = say(alert, today)
    spoken = tuple(_spoken(alert, said, moment))
    return Message(
        tone=_TONES[alert.severity],
        headline=_headline(alert, verdict, alert.severity.value),
        lines=tuple(line for line in (verdict.figures, verdict.cause, *spoken) if line),
        facts=_facts(alert, verdict, name_account=name_account),
        actions=_actions(alert, closes=False),
        alert_ids=_ids(alert),
        phase=Phase.ACKNOWLEDGED if spoken else Phase.OPEN,
    )


def _spoken(alert: Alert, said: Sequence[Mark], moment: datetime) -> Iterator[str]:
    """The marks that hold, each in a line."""
    for mark in said:
        if mark.alert_id == alert.id and (mark.until is None or moment < mark.until):
            until = f", until {a_day(mark.until.date(), moment.date())}" if mark.until else ""
            comment = f": {one_line(mark.comment)}" if mark.comment else ""
            on = a_day(mark.at.astimezone(UTC).date(), moment.astimezone(UTC).date())
            yield f"{_SPOKEN[mark.kind]} {one_line(mark.author)} on {on}{until}{comment}"


def _headline(alert: Alert, verdict: Verdict, word: str, news: str = "") -> str:
    return f"{word.upper()}  {verdict.title}{news}: {what(alert)}"


def what(alert: Alert) -> str:
    """What an alert is about, in a few words: `orders-prod, Uncompressed GiB written`, or its rule's name."""
    places = finest(alert.scope)
    # A budget of the whole account is known by its rule: that its scope is the account says nothing.
    only_account = all(where.dimension in (Dimension.ACCOUNT, Dimension.TENANT) for where in places)
    if not places or (only_account and alert.kind not in _OF_AN_ACCOUNT):
        return one_line(alert.rule)
    return scope_name(alert.scope)


def _ids(alert: Alert) -> tuple[int, ...]:
    return () if alert.id is None else (alert.id,)


def _lines(transition: Transition, verdict: Verdict, today: date) -> tuple[str, ...]:
    reason = why(transition, today)
    unknown = transition.previous is None or transition.reason in _READ_ANEW
    before = "" if unknown or transition.previous is None else f"Told before: {say(transition.previous, today).figures}"
    match transition.kind:
        case TransitionKind.WITHDRAWN:
            said = [reason, before]
        case TransitionKind.RESOLVED | TransitionKind.EXPIRED:
            said = [reason, course(transition.alert, today) or before]
        case TransitionKind.CORRECTED:
            said = [verdict.figures, before, reason, verdict.cause]
        case _:
            said = [verdict.figures, reason, verdict.cause]
    return tuple(line for line in said if line)


def _facts(alert: Alert, verdict: Verdict, *, name_account: bool) -> tuple[Fact, ...]:
    finding = alert.finding
    facts = [Fact(where.dimension.value, one_line(str(where))) for where in _rest(alert, name_account=name_account)]
    if finding.regions and alert.scope.get(Dimension.REGION) is None:
        facts.append(Fact("region", _regions(finding.regions)))
    facts.append(Fact("rule", one_line(_rules(alert))))
    if verdict.score:
        facts.append(Fact("z", verdict.score))
    if finding.budget is not None and finding.budget.unsettled_days:
        facts.append(Fact("not settled yet", days(finding.budget.unsettled_days)))
    if finding.basis is Basis.ASSUMED:
        facts.append(Fact("basis", finding.basis.value))
    if alert.id is not None:
        facts.append(Fact("id", str(alert.id)))
    return tuple(facts)


def _rules(alert: Alert) -> str:
    """`orders, also production`: the rules of the alerts that it tells for hear of it as well."""
    return alert.rule + (f", also {', '.join(alert.tells_for)}" if alert.tells_for else "")


def _regions(regions: tuple[str, ...]) -> str:
    """`us-east-1`; many regions are counted, since a list of them tells nothing."""
    return one_line("+".join(regions)) if len(regions) <= _NAMED_REGIONS else f"{len(regions)} regions"


def _rest(alert: Alert, *, name_account: bool) -> list[Place]:
    """The places that the headline does not name; the account only where there are several, the tenant's id never."""
    shown = finest(alert.scope)
    wanted = {Dimension.WORKSPACE, Dimension.REGION} | ({Dimension.ACCOUNT} if name_account else set())
    return [where for where in alert.scope.places if where.dimension in wanted and where not in shown]


def _actions(alert: Alert, *, closes: bool) -> tuple[str, ...]:
    answers = _ANSWERS[:1] if closes else _ANSWERS
    return tuple(f"sentinel alerts {answer} {alert_id}" for alert_id in _ids(alert) for answer in answers)
