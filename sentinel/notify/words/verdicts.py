"""What a verdict says in figures, one kind of rule at a time: how much, since when, why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sentinel.domain.alerts import Alert
from sentinel.domain.findings import Basis, BudgetStanding, Direction, Excess, Finding, RuleKind
from sentinel.domain.money import format_money
from sentinel.domain.scopes import Scope
from sentinel.notify.words.forecasts import forecast_of
from sentinel.notify.words.outlooks import say_commitment, say_credit, say_invoice
from sentinel.notify.words.phrases import (
    UNCHANGED_BELOW,
    a_day,
    bare,
    days,
    one_line,
    ordinal,
    percent,
    period_name,
    scope_name,
    signed,
)
from sentinel.notify.words.verdict import Verdict

_NAMED_CHILDREN = 3
_HOURS_SHOWN_AS_DAYS = 96


def say(alert: Alert, today: date) -> Verdict:
    """The verdict as the alert stands."""
    return _BY_KIND[alert.kind](alert, today)


def threshold(text: str, currency: str) -> str:
    """A budget's threshold as people read it: `80%` stays, `9,000` is `$9,000`."""
    return text if text.endswith("%") else format_money(float(text.replace(",", "")), currency)


def _spike(alert: Alert, today: date) -> Verdict:
    finding = alert.finding
    return Verdict(
        title="Spend spike" if finding.direction is Direction.UP else "Spend drop",
        figures=_against_expected(alert, today),
        cause=_cause(finding),
        score=f"{finding.score:.1f}",
    )


def _against_expected(alert: Alert, today: date) -> str:
    finding = alert.finding
    change = finding.impact / finding.expected if finding.expected > 0 else None
    change_text = "" if change is None else f" ({percent(change)})"
    return (
        f"Expected {format_money(finding.expected, finding.currency)}"
        f" ({bare(finding.lower)} to {bare(finding.upper)}) on {a_day(finding.day, today)},"
        f" saw {_observed(finding)}: {signed(finding.impact, finding.currency)}{change_text}{_run(alert)}"
    )


def _observed(finding: Finding) -> str:
    amount = format_money(finding.observed, finding.currency)
    return f"at least {amount}" if finding.basis is Basis.UNSETTLED else amount


def _run(alert: Alert) -> str:
    if len(alert.days) < 2:  # noqa: PLR2004 - the first day has nothing before it to add up
        return ""
    so_far = format_money(alert.impact, alert.finding.currency)
    return f", {ordinal(len(alert.days))} day, {so_far} so far"


def _cause(finding: Finding) -> str:
    parts = []
    if finding.excess is not None:
        parts.append(_volume_and_price(finding.excess, finding.currency))
    if finding.whole is not None:
        parts.append(f"{finding.whole.share:.0%} of the excess of {scope_name(finding.whole.scope) or 'everything'}")
    if finding.contributions:
        parts.append(f"Most of it: {_children(finding)}")
    return ". ".join(parts)


def _volume_and_price(excess: Excess, currency: str) -> str:
    volume = _change(excess.volume_percent, excess.volume, currency)
    price = _change(excess.price_percent, excess.price, currency)
    return f"Volume {volume}, price {price}"


def _change(share: float | None, amount: float, currency: str) -> str:
    if share is None:
        return signed(amount, currency) if amount else "unchanged"
    return percent(share) if abs(share) >= UNCHANGED_BELOW else "unchanged"


def _children(finding: Finding) -> str:
    """The largest parts, each by what it has more than the whole: `76% Cluster minutes`."""
    largest = sorted(finding.contributions, key=lambda child: -abs(child.share))[:_NAMED_CHILDREN]
    return ", ".join(f"{child.share:.0%} {_own_name(child.scope, finding.scope)}" for child in largest)


def _own_name(child: Scope, parent: Scope) -> str:
    own = tuple(where for where in child.places if where not in parent.places)
    return scope_name(Scope(own) if own else child)


def _budget(alert: Alert, today: date) -> Verdict:
    finding = alert.finding
    standing = finding.budget
    if standing is None:
        return Verdict("Budget", _against_expected(alert, today))
    share = f"{finding.observed / standing.amount:.0%}" if standing.amount > 0 else "of nothing"
    spent = (
        f"Spent {format_money(finding.observed, finding.currency)}"
        f" of {format_money(standing.amount, finding.currency)} ({share})"
        f" {_when(standing, today)}{_over(alert, standing)}{_unknown(standing)}"
    )
    parts = f"Largest parts: {_children(finding)}" if finding.contributions else ""
    made_of = f"The amount is {standing.made_of}" if standing.made_of else ""
    ahead = forecast_of(finding, today)
    figures, beside = (spent, ahead) if standing.crossed or not ahead else (ahead, spent)
    title = f"Budget {_crossed(standing, finding.currency)}".rstrip()
    return Verdict(title, figures, ". ".join(filter(None, (beside, made_of, parts))))


def _crossed(standing: BudgetStanding, currency: str) -> str:
    """The highest threshold that is crossed and the highest that is foreseen: `80% crossed, 100% forecast`."""
    crossed = [f"{threshold(name, currency)} crossed" for name in standing.crossed[:1]]
    return ", ".join([*crossed, *(f"{threshold(name, currency)} forecast" for name in standing.foreseen[:1])])


def _when(standing: BudgetStanding, today: date) -> str:
    period = standing.period
    if standing.rolling:
        return f"in the {period.days} days to {a_day(period.last, today)}"
    if period.days == 1:
        return f"on {a_day(period.first, today)}"
    left = (period.last - today).days
    rest = "now over" if left < 0 else f"{days(left)} left" if left else "its last day"
    name = period_name(period, today)
    return f"{'from' if ' to ' in name else 'in'} {name}, {rest}"


def _over(alert: Alert, standing: BudgetStanding) -> str:
    if standing.period.days > 1 or len(alert.days) < 2:  # noqa: PLR2004 - only days in a row add up
        return ""
    over = sum(day.observed - day.expected for day in alert.days)
    return f", {ordinal(len(alert.days))} day in a row, {format_money(over, alert.finding.currency)} over so far"


def _unknown(standing: BudgetStanding) -> str:
    return f"; at least, {days(standing.unknown_days)} unknown" if standing.unknown_days else ""


def _new_spend(alert: Alert, today: date) -> Verdict:
    finding = alert.finding
    figures = f"Nothing was charged for 30 days, then {_observed(finding)} on {a_day(finding.day, today)}{_run(alert)}"
    return Verdict("New spend", figures, _cause(finding))


def _freshness(alert: Alert, _: date) -> Verdict:
    """The figures of freshness findings are hours."""
    finding = alert.finding
    what = one_line(finding.note) or "no day has settled"
    allowed = f"; {_hours(finding.upper)} are allowed" if finding.upper > 0 else ""
    return Verdict("No fresh data", f"{what[:1].upper()}{what[1:]}, for {_hours(finding.observed)}{allowed}")


def _hours(hours: float) -> str:
    return f"{hours:.0f} h" if hours < _HOURS_SHOWN_AS_DAYS else days(round(hours / 24))


_BY_KIND: dict[RuleKind, Callable[[Alert, date], Verdict]] = {
    RuleKind.SPIKE: _spike,
    RuleKind.BUDGET: _budget,
    RuleKind.NEW_SPEND: _new_spend,
    RuleKind.FRESHNESS: _freshness,
    RuleKind.COMMITMENT: say_commitment,
    RuleKind.CREDIT: say_credit,
    RuleKind.RECONCILIATION: say_invoice,
}
