"""Where commitments, credits and invoices stand now, told or not: what a person asks first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sentinel.domain.accounts import AccountState
from sentinel.domain.matrix import CostMatrix
from sentinel.evaluate.context import Context
from sentinel.evaluate.invoices import Reconciled, reconcile
from sentinel.evaluate.prepaid.arrivals import Absence
from sentinel.evaluate.prepaid.commitments import CommitmentNow, commitment_now
from sentinel.evaluate.prepaid.credits import Balance, credit_absence, read_balance, wanted_credits
from sentinel.evaluate.survey import Survey
from sentinel.rules.model import Credit, Rules


@dataclass(frozen=True, slots=True)
class CreditNow:
    """One credit of one account that a rule looks at; `absence` is None while it arrives as it should."""

    rule: Credit
    account: str
    product: str
    currency: str
    absence: Absence | None


@dataclass(frozen=True, slots=True)
class PrepaidNow:
    """Every commitment, credit and balance of the rules, and each account's newest invoice where a rule reads it."""

    commitments: tuple[CommitmentNow, ...]
    credits: tuple[CreditNow, ...]
    balances: tuple[Balance, ...]
    invoices: tuple[Reconciled, ...]


def prepaid_now(matrix: CostMatrix, rules: Rules, accounts: Mapping[str, AccountState], moment: datetime) -> PrepaidNow:
    """How it all stands at a moment, in the order of the rules."""
    context = Context(matrix, rules, accounts, (), moment, Survey(matrix, rules))
    tier_pattern, today = rules.settings.tier_pattern, moment.date()
    return PrepaidNow(
        commitments=tuple(now for rule in rules.commitments if (now := commitment_now(rule, context))),
        credits=tuple(
            CreditNow(
                rule=rule,
                account=account,
                product=product,
                currency=context.currency_of(frozenset({account})),
                absence=credit_absence(rule, context, account, product),
            )
            for rule in rules.credits
            for account, product in wanted_credits(rule, context)
        ),
        balances=tuple(balance for rule in rules.credits if (balance := read_balance(rule, context))),
        invoices=tuple(
            reconcile(matrix, name, state.invoices[-1], tier_pattern, today)
            for name, state in accounts.items()
            if state.invoices
        ),
    )
