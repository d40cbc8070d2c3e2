"""Why a commitment, a credit or an invoice was told, or why not, in a sentence."""

from __future__ import annotations

from sentinel.domain.money import format_cents, format_money
from sentinel.evaluate import Explanation, Why
from sentinel.rules.model import Commitment, Credit, InvoiceCheck

_NEEDED = "70% on two days running"


def say_commitment(_: Commitment, explained: Explanation) -> str:
    """How sure it is, and what was needed."""
    if explained.why is Why.NOT_KNOWN:
        return f"No verdict: {explained.note}"
    chance = f"the probability that {explained.note} is {explained.score or 0.0:.0%}"
    money = explained.currency
    ends = (
        f"at its end {format_money(explained.observed or 0.0, money)} of "
        f"{format_money(explained.expected or 0.0, money)} will be used"
    )
    if explained.why.fires:
        return f"It fired: {chance}; {ends}"
    return f"It did not fire: {chance}, that needed {_NEEDED}; {ends}"


def say_credit(_: Credit, explained: Explanation) -> str:
    """Whether it arrives, and how long a balance lasts."""
    if explained.why is Why.ARRIVES:
        return "It did not fire: the credit arrives as usual, or never had a habit"
    if explained.why is Why.NOT_KNOWN:
        return f"No verdict: {explained.note}"
    money = explained.currency
    expected = format_money(explained.expected or 0.0, money)
    if explained.score is None:
        return f"It fired: {explained.note}, and {expected} would have been usual"
    used = f"{format_money(explained.observed or 0.0, money)} of {expected} are used"
    chance = f"the probability that {explained.note} is {explained.score:.0%}"
    if explained.why.fires:
        return f"It fired: {used}, {chance}"
    return f"It did not fire: {used}, {chance}, that needed {_NEEDED}"


def say_invoice(_: InvoiceCheck, explained: Explanation) -> str:
    """How much the invoice differs, and what is allowed."""
    if explained.why is Why.NO_INVOICE:
        return "No verdict: no invoice of a period that had ended by this day is known"
    if explained.why is Why.NOT_SETTLED:
        return f"No verdict: days of {explained.note} are unknown or not settled, so a difference is to be expected"
    money = explained.currency
    differ = f"the lines of the invoice of {explained.note} differ by {format_cents(explained.observed or 0.0, money)}"
    limit = format_cents(explained.upper or 0.0, money)
    if explained.why.fires:
        return f"It fired: {differ} in all, and {limit} are allowed"
    return f"It did not fire: {differ} in all; that needed more than {limit}"
