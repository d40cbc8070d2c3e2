"""The reconciliation rule: does the newest invoice bill what the history holds?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sentinel.domain.alerts import AlertDay
from sentinel.domain.findings import Basis, Contribution, Direction, Finding, RuleKind
from sentinel.domain.invoices import Invoice
from sentinel.domain.money import UNITS_PER_CURRENCY
from sentinel.domain.outlooks import InvoiceStanding
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.evaluate.context import Context, RuleContext
from sentinel.evaluate.invoices.reconciliation import Reconciled, reconcile
from sentinel.evaluate.tracks import DayVerdict, Track
from sentinel.rules.model import InvoiceCheck

NAMED_LINES = 5
"""The biggest differences are named; the command shows them all."""

OPEN_FOR = timedelta(days=62)
"""Two more invoices have come by then: nobody corrects this one any more."""


def judge_invoices(rule: InvoiceCheck, context: Context, around: RuleContext) -> Iterator[Track]:
    """A track for each account's newest invoice that differs, and for each invoice with an open alert."""
    for account, state in context.accounts.items():
        scope = account_scope(account)
        ended = [one for one in state.invoices if one.period.last < context.today]
        for invoice in ended:
            episode = invoice.period.first.isoformat()
            followed = scope.key in around.open_scope_keys(episode)
            if not followed and invoice is not ended[-1]:
                continue
            reconciled = reconciled_invoice(account, invoice, context)
            if reconciled is None:
                continue
            verdict = read_differences(rule, context, reconciled)
            if verdict.finding is None and not followed:
                continue
            yield Track(
                rule=rule.name,
                kind=RuleKind.RECONCILIATION,
                scope=scope,
                episode=episode,
                verdicts=(verdict,),
                lasting=True,
                closed=context.today > invoice.period.last + OPEN_FOR,
                ready=account in context.ready_accounts,
                matters_from=allowed(rule, reconciled),
            )


def account_scope(account: str) -> Scope:
    """The whole of an account."""
    return Scope((Place(Dimension.ACCOUNT, account, account),))


def reconciled_invoice(account: str, invoice: Invoice, context: Context) -> Reconciled | None:
    """An invoice against its days; None while some of them are unknown or can still grow.

    A difference is then to be expected, and the freshness rule tells of days that do not come.
    """
    reconciled = reconcile(context.matrix, account, invoice, context.rules.settings.tier_pattern, context.today)
    return reconciled if reconciled.is_complete else None


def allowed(rule: InvoiceCheck, reconciled: Reconciled) -> float:
    """How much all differences together may come to, in currency."""
    return max(rule.min_difference, rule.tolerance * reconciled.billed / UNITS_PER_CURRENCY)


def read_differences(rule: InvoiceCheck, context: Context, reconciled: Reconciled) -> DayVerdict:
    """How an invoice compares: `observed` is the sum of its differences beyond rounding, `upper` what is allowed."""
    in_all = reconciled.in_all / UNITS_PER_CURRENCY
    upper = allowed(rule, reconciled)
    figures = AlertDay(
        day=reconciled.invoice.period.last,
        observed=in_all,
        expected=0.0,
        lower=0.0,
        upper=upper,
        score=in_all / upper if upper > 0 else in_all,
    )
    if not in_all > upper:
        return DayVerdict(figures, None, None)
    finding = Finding(
        rule=rule.name,
        kind=RuleKind.RECONCILIATION,
        scope=account_scope(reconciled.account),
        day=figures.day,
        direction=Direction.UP,
        severity=rule.severity,
        observed=figures.observed,
        expected=figures.expected,
        lower=figures.lower,
        upper=figures.upper,
        score=figures.score,
        basis=Basis.SETTLED,
        currency=context.currency_of(frozenset({reconciled.account})),
        contributions=tuple(
            Contribution(line.scope, line.difference / UNITS_PER_CURRENCY, abs(line.difference) / reconciled.in_all)
            for line in reconciled.differing[:NAMED_LINES]
        ),
        invoice=InvoiceStanding(
            period=reconciled.invoice.period,
            stored=reconciled.stored / UNITS_PER_CURRENCY,
            invoiced=reconciled.invoiced / UNITS_PER_CURRENCY,
            differing=len(reconciled.differing),
        ),
    )
    return DayVerdict(figures, finding, None)
