"""A transition as a message: what, how much, since when, why, where, what one can do."""

from __future__ import annotations

from datetime import UTC, date

from sentinel.domain.alerts import Alert, Transition, TransitionKind
from sentinel.domain.findings import Basis, RuleKind, Severity
from sentinel.domain.messages import Fact, Message, Tone
from sentinel.domain.scopes import Dimension, Place
from sentinel.notify.reasons import course, why
from sentinel.notify.verdicts import Verdict, say
from sentinel.notify.wording import days, finest, one_line, scope_name

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
_ANSWERS = ("show", "ack", "expected", "false-alarm")

_NAMED_REGIONS = 2


def compose(transition: Transition, *, name_account: bool = False) -> Message:
    """The message that tells one transition; `name_account` where rules.yaml has more than one account."""
    alert, kind = transition.alert, transition.kind
    today = transition.moment.astimezone(UTC).date()
    verdict = say(alert, today)
    return Message(
        tone=_ENDINGS.get(kind, _TONES[alert.severity]),
        headline=_headline(transition, verdict),
        lines=_lines(transition, verdict, today),
        facts=_facts(alert, verdict, name_account=name_account),
        actions=_actions(alert, kind),
        alert_ids=() if alert.id is None else (alert.id,),
    )


def _headline(transition: Transition, verdict: Verdict) -> str:
    alert, kind = transition.alert, transition.kind
    word = kind.value if kind.closes else alert.severity.value
    return f"{word.upper()}  {verdict.title}{_NEWS.get(kind, '')}: {_what(alert)}"


def _what(alert: Alert) -> str:
    places = finest(alert.scope)
    # A budget of the whole account is known by its rule: that its scope is the account says nothing.
    only_account = all(where.dimension in (Dimension.ACCOUNT, Dimension.TENANT) for where in places)
    if not places or (only_account and alert.kind is not RuleKind.FRESHNESS):
        return one_line(alert.rule)
    return scope_name(alert.scope)


def _lines(transition: Transition, verdict: Verdict, today: date) -> tuple[str, ...]:
    reason = why(transition, today)
    before = "" if transition.previous is None else f"Told before: {say(transition.previous, today).figures}"
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
    facts.append(Fact("rule", one_line(alert.rule)))
    if verdict.score:
        facts.append(Fact("z", verdict.score))
    if finding.budget is not None and finding.budget.unsettled_days:
        facts.append(Fact("not settled yet", days(finding.budget.unsettled_days)))
    if finding.basis is Basis.ASSUMED:
        facts.append(Fact("basis", finding.basis.value))
    if alert.id is not None:
        facts.append(Fact("id", str(alert.id)))
    return tuple(facts)


def _regions(regions: tuple[str, ...]) -> str:
    """`us-east-1`; many regions are counted, since a list of them tells nothing."""
    return one_line("+".join(regions)) if len(regions) <= _NAMED_REGIONS else f"{len(regions)} regions"


def _rest(alert: Alert, *, name_account: bool) -> list[Place]:
    """The places that the headline does not name; the account only where there are several, the tenant's id never."""
    shown = finest(alert.scope)
    wanted = {Dimension.WORKSPACE, Dimension.REGION} | ({Dimension.ACCOUNT} if name_account else set())
    return [where for where in alert.scope.places if where.dimension in wanted and where not in shown]


def _actions(alert: Alert, kind: TransitionKind) -> tuple[str, ...]:
    if alert.id is None:
        return ()
    answers = _ANSWERS[:1] if kind.closes else _ANSWERS
    return tuple(f"sentinel alerts {answer} {alert.id}" for answer in answers)
