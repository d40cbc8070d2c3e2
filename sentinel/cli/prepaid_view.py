"""Commitments, credits and invoices, as lines for people and as records for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sentinel.domain.money import UNITS_PER_CURRENCY, format_cents, format_money

if TYPE_CHECKING:
    from datetime import date

    from sentinel.domain.outlooks import Outlook
    from sentinel.evaluate import Balance, CommitmentNow, CreditNow, PrepaidNow, Reconciled

_WIDTH = 20
_USED, _LEFT = "█", "░"


def prepaid_lines(now: PrepaidNow) -> Iterator[str]:
    """Each commitment, balance and credit, then the newest invoices; nothing where no rule asks for one."""
    for commitment in now.commitments:
        yield from _commitment(commitment)
    for balance in now.balances:
        yield from _balance(balance)
    for credit in now.credits:
        yield _credit(credit)
    for invoice in now.invoices:
        yield _invoice(invoice)


def prepaid_record(now: PrepaidNow) -> dict[str, list[dict[str, Any]]]:
    """The stable fields of it all; amounts in currency, days in UTC, null where nothing can be said."""
    return {
        "commitments": [_commitment_record(one) for one in now.commitments],
        "balances": [_balance_record(one) for one in now.balances],
        "credits": [_credit_record(one) for one in now.credits],
        "invoices": [_invoice_record(one) for one in now.invoices],
    }


def outlook_record(outlook: Outlook | None) -> dict[str, Any] | None:
    """Where an amount is heading, with the intervals that hold with a probability of 80%."""
    if outlook is None:
        return None
    return {
        "stage": outlook.stage.value,
        "probability": outlook.chance,
        "spent": outlook.spent,
        "planned": outlook.planned,
        "projected": [outlook.projected_least, outlook.projected, outlook.projected_most],
        "unused": [outlook.unused_least, outlook.unused, outlook.unused_most],
        "exhausted_on": _iso(outlook.exhausted_on),
        "earliest": _iso(outlook.earliest),
        "latest": _iso(outlook.latest),
    }


def _commitment(now: CommitmentNow) -> Iterator[str]:
    rule, money = now.rule, now.currency
    share = now.spent / rule.amount
    filled = min(_WIDTH, round(share * _WIDTH))
    yield (
        f"{rule.name}: {_USED * filled}{_LEFT * (_WIDTH - filled)} {share:.0%}"
        f"  {format_money(now.spent, money)} of {format_money(rule.amount, money)} by {now.day}"
        f" ({format_money(now.planned, money)} if used evenly), to {rule.to}"
    )
    yield f"  {_where_to(now)}"


def _where_to(now: CommitmentNow) -> str:
    from sentinel.evaluate import Doubt, Fate, spell_missing

    money = now.currency
    match now.doubt:
        case Doubt.NOT_BEGUN:
            return f"its term begins on {now.rule.from_}"
        case Doubt.MISSING_DAYS:
            return f"no verdict: {spell_missing(now.missing)}"
        case Doubt.TOO_FEW_DAYS:
            return "no verdict: fewer than 14 settled days are known"
    outlook = now.outlook(Fate.EXHAUSTED)
    if now.used_up_on is not None:
        return f"used up since {now.used_up_on}"
    if outlook.exhausted_on is not None:
        return f"used up about {_span(outlook)}"
    return (
        f"about {format_money(outlook.unused, money)} ({outlook.unused / outlook.amount:.0%}) will be left"
        f" ({format_money(outlook.unused_least, money)} to {format_money(outlook.unused_most, money)})"
    )


def _balance(balance: Balance) -> Iterator[str]:
    money = balance.currency
    used = f"{format_money(balance.spent, money)} of {format_money(balance.amount, money)}"
    yield f"{balance.rule.name}: {used} of the credits used by {balance.day}"
    if balance.missing:
        yield f"  no verdict: {len(balance.missing)} days unknown, from {balance.missing[0]} to {balance.missing[-1]}"
    elif balance.is_used_up:
        yield "  nothing is left"
    elif not balance.history:
        yield "  no verdict: fewer than 14 settled days are known"
    else:
        outlook = balance.outlook()
        lasts = "beyond what is looked at" if outlook.exhausted_on is None else f"until about {_span(outlook)}"
        yield f"  the rest lasts {lasts}"


def _credit(now: CreditNow) -> str:
    if now.absence is None:
        return f"{now.rule.name}: {now.product} of account {now.account} arrives as usual"
    expected = format_money(now.absence.expected, now.currency)
    return (
        f"{now.rule.name}: {now.product} of account {now.account} is missing since {now.absence.since}: "
        f"{now.absence.sentence}, {expected} would have been usual"
    )


def _invoice(now: Reconciled) -> str:
    money_of = UNITS_PER_CURRENCY
    about = f"{now.account}: the invoice of {now.invoice.period}"
    if not now.is_complete:
        open_days = len(now.uncovered) + len(now.unsettled)
        return f"{about} waits for {open_days} days that are not settled"
    if not now.differing:
        return f"{about} agrees with the history"
    return f"{about}: {len(now.differing)} lines differ, by {format_cents(now.in_all / money_of, '').strip()} in all"


def _span(outlook: Outlook) -> str:
    return f"{outlook.exhausted_on} ({outlook.earliest} {f'to {outlook.latest}' if outlook.latest else 'or later'})"


def _commitment_record(now: CommitmentNow) -> dict[str, Any]:
    from sentinel.evaluate import Fate

    return {
        "rule": now.rule.name,
        "from": now.rule.from_.isoformat(),
        "to": now.rule.to.isoformat(),
        "day": now.day.isoformat(),
        "amount": now.rule.amount,
        "spent": now.spent,
        "planned": now.planned,
        "currency": now.currency,
        "no_verdict": now.doubt and now.doubt.value,
        "missing_days": [day.isoformat() for day in now.missing],
        "outlook": None if now.doubt else outlook_record(now.outlook(Fate.EXHAUSTED)),
        "probability_unused": None if now.doubt else now.leaves[-1],
    }


def _balance_record(balance: Balance) -> dict[str, Any]:
    return {
        "rule": balance.rule.name,
        "day": balance.day.isoformat(),
        "amount": balance.amount,
        "spent": balance.spent,
        "currency": balance.currency,
        "missing_days": [day.isoformat() for day in balance.missing],
        "outlook": outlook_record(balance.outlook()) if balance.history else None,
    }


def _credit_record(now: CreditNow) -> dict[str, Any]:
    absence = now.absence
    return {
        "rule": now.rule.name,
        "account": now.account,
        "product": now.product,
        "missing_since": absence and absence.since.isoformat(),
        "expected": absence and absence.expected,
        "currency": now.currency,
    }


def _invoice_record(now: Reconciled) -> dict[str, Any]:
    return {
        "account": now.account,
        "from": now.invoice.period.first.isoformat(),
        "to": now.invoice.period.last.isoformat(),
        "stored": now.stored / UNITS_PER_CURRENCY,
        "invoiced": now.invoiced / UNITS_PER_CURRENCY,
        "differing_lines": len(now.differing),
        "complete": now.is_complete,
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
