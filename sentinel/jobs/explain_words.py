"""Why a rule fired, or why not and what it would have taken: one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

from sentinel.domain.findings import Direction, RuleKind
from sentinel.domain.money import format_money
from sentinel.evaluate import Explanation, Why
from sentinel.jobs.explain_prepaid_words import say_commitment, say_credit, say_invoice
from sentinel.rules.model import Budget, Freshness, NewSpend, Rule, Spike

_WITHOUT_FIGURES: Mapping[Why, str] = {
    Why.UNKNOWN_DAY: "No verdict: no pull has covered this day yet, and unknown is not zero",
    Why.NOT_STARTED: "No verdict: it has not been charged yet, or not for 60 days",
    Why.FIRST_CHARGE: "No verdict: this is its first charge, there is nothing to compare it with; see new_spend rules",
    Why.TOO_YOUNG: "No verdict: too young, fewer days are known than a verdict needs",
    Why.TOO_FEW_DAYS: "No verdict: too many of its last days are unknown or kept out of the baseline",
    Why.NEGATIVE_COST: "No verdict: a cost below zero is a correction, not a day's spend",
    Why.TOLD_NORMAL: "No verdict: somebody called the level normal from this day on, so no day before it compares",
    Why.OUTSIDE_PERIOD: "Not judged: the day lies outside the budget's own period",
}


def sentence(rule: Rule, explained: Explanation) -> str:
    """Why the rule fires for this scope, or why not."""
    known = _WITHOUT_FIGURES.get(explained.why)
    return known if known is not None else _BY_KIND[rule.kind](rule, explained)


def figures(one: Explanation) -> tuple[str, ...]:
    """What the verdict rests on: the band, the days it came from, volume and price."""
    lines = []
    if one.score is not None and one.excess is not None:
        lower, upper, expected = (format_money(v or 0.0, one.currency) for v in (one.lower, one.upper, one.expected))
        lines.append(
            f"expected {expected} ({lower} to {upper}), score {one.score:.1f}, "
            f"from {one.days_used} days, {one.days_left_out} left out"
        )
        volume, price = (format_money(v, one.currency) for v in (one.excess.volume, one.excess.price))
        lines.append(f"of the difference {volume} is volume, {price} is price")
    lines += _forecast(one)
    if one.observed is not None and not one.settled and one.currency != "hours":
        lines.append("the day is not settled: its cost can still grow")
    if one.alert_id is not None:
        lines.append(f"alert {one.alert_id}" + (f", told by alert {one.told_by}" if one.told_by is not None else ""))
    return tuple(lines)


def _forecast(one: Explanation) -> list[str]:
    """What is foreseen of a budget's period, and what of it is known, expected, and learned from earlier periods."""
    if one.too_young is not None:
        return [str(one.too_young)]
    forecast, spent = one.forecast, one.observed or 0.0
    if forecast is None:
        return []
    ahead = forecast.total - spent - forecast.fees - forecast.shape
    parts = {"is spent": spent, "is fees still to come": forecast.fees, "is usual at this point": forecast.shape}
    named = [f"{format_money(part, one.currency)} {name}" for name, part in parts.items() if part]
    return [
        f"forecast {forecast.spell(spent, one.currency)}",
        f"of it {', '.join(named)}, and {format_money(ahead, one.currency)} the days to come at the present level",
    ]


def _spike(rule: Spike, explained: Explanation) -> str:
    currency = explained.currency
    observed, expected = (format_money(one or 0.0, currency) for one in (explained.observed, explained.expected))
    if explained.why.fires:
        return f"{_muted(explained)}It fired: {_excess(rule, explained)}"
    needed = " or ".join(_needed(rule, explained, way) for way in Direction if rule.direction.includes(way))
    told = f"it was {observed} against the expected {expected}"
    first = {
        Why.INSIDE_BAND: "It did not fire, the cost is usual",
        Why.TOO_SMALL: "It did not fire: unusual, but too small a change",
        Why.OTHER_DIRECTION: f"It did not fire: unusual, but the rule only tells moves {rule.direction.value}",
        Why.NOT_SETTLED: "It does not fire yet: a day that can still grow is no drop",
    }[explained.why]
    return f"{first}: that needed {needed}; {told}"


def _excess(rule: Spike, explained: Explanation) -> str:
    observed, expected = explained.observed or 0.0, explained.expected or 0.0
    up = observed > expected
    bound = (explained.upper if up else explained.lower) or 0.0
    currency = explained.currency
    change = abs(observed - expected)
    percent = f" ({change / expected:.0%})" if expected > 0 else ""
    return (
        f"{format_money(observed, currency)} is {'more' if up else 'less'} than {format_money(bound, currency)}, "
        f"the {'upper' if up else 'lower'} end of what is usual, and {format_money(change, currency)}{percent} "
        f"{'more' if up else 'less'} than expected, where the rule asks for {_minimums(rule, currency)}"
    )


def _needed(rule: Spike, explained: Explanation, way: Direction) -> str:
    more = "more" if way is Direction.UP else "less"
    bound = explained.upper if way is Direction.UP else explained.lower
    return (
        f"{more} than {format_money(bound or 0.0, explained.currency)} "
        f"and at least {_minimums(rule, explained.currency)} {more} than expected"
    )


def _minimums(rule: Spike, currency: str) -> str:
    return f"{format_money(rule.min_change, currency)} and {rule.min_percent:.0%}"


def _budget(_: Budget, explained: Explanation) -> str:
    currency = explained.currency
    observed, level = explained.observed or 0.0, explained.upper or 0.0
    if explained.why is Why.NO_AMOUNT:
        return f"Not judged: {explained.note}; {format_money(observed, currency)} were spent"
    spent = f"{format_money(observed, currency)} of {format_money(explained.expected or 0.0, currency)} were spent"
    if explained.why.fires:
        return f"It fired: {spent}, which crosses {explained.note}"
    missing = format_money(level - observed, currency)
    return f"It did not fire: {spent}; that needed {format_money(level, currency)}, {missing} more"


def _new_spend(rule: NewSpend, explained: Explanation) -> str:
    least = format_money(rule.min_daily, explained.currency)
    cost = format_money(explained.observed or 0.0, explained.currency)
    if explained.began is not None:
        new = f"it is new since {explained.began}, after 30 days without a charge"
        if explained.why.fires:
            return f"{_muted(explained)}It fired: {new}, and {cost} is at least {least}"
        return f"It did not fire: {new}, but that needed {least} a day; it was {cost}"
    return {
        Why.NO_CHARGE: "It did not fire: there was no charge",
        Why.NOT_NEW: "It did not fire: it is not new; that needed 30 known days without a charge, and then a first one "
        f"of at least {least} within the last 7 days",
        Why.NOT_KNOWN_NEW: "It did not fire: fewer than 30 known days lie before its first charge, so nobody knows "
        "whether it is new",
    }[explained.why]


def _freshness(_: Freshness, explained: Explanation) -> str:
    if explained.observed is None or explained.upper is None:
        return "It did not fire: no pull had been made by then; an account that is only ever imported cannot be late"
    if explained.why.fires:
        allowed = f", {explained.upper:.0f} h are allowed" if explained.upper else ""
        return f"It fired: {explained.note}, for {explained.observed:.0f} h{allowed}"
    return (
        f"It did not fire: a day settled {explained.observed:.0f} h ago; that needed more than {explained.upper:.0f} h"
    )


def _muted(explained: Explanation) -> str:
    return "Muted, so nobody is told. " if explained.why is Why.MUTED else ""


_Says = Callable[[Rule, Explanation], str]

# A rule's kind says which class it is.
_BY_KIND: Mapping[RuleKind, _Says] = {
    RuleKind.SPIKE: cast("_Says", _spike),
    RuleKind.BUDGET: cast("_Says", _budget),
    RuleKind.NEW_SPEND: cast("_Says", _new_spend),
    RuleKind.FRESHNESS: cast("_Says", _freshness),
    RuleKind.COMMITMENT: cast("_Says", say_commitment),
    RuleKind.CREDIT: cast("_Says", say_credit),
    RuleKind.RECONCILIATION: cast("_Says", say_invoice),
}
