"""Why a commitment, a credit or an invoice is told, or why not: read from what decides."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np

from sentinel.domain.alerts import Mark
from sentinel.domain.scopes import Dimension, Place, Scope
from sentinel.evaluate.context import Context
from sentinel.evaluate.explanation.answer import Course, Explanation, Why
from sentinel.evaluate.invoices import account_scope, allowed, read_differences, reconcile
from sentinel.evaluate.prepaid import (
    Balance,
    CommitmentNow,
    Doubt,
    Fate,
    commitment_now,
    credit_absence,
    read_balance,
    read_burn_down,
    read_verdict,
    spell_missing,
    wanted_credits,
)
from sentinel.rules.model import Commitment, Credit, InvoiceCheck


def explain_commitment(rule: Commitment, context: Context, _: tuple[Mark, ...]) -> Iterator[Explanation]:
    """One explanation for each thing that is told of it: used up early, left unused."""
    now = commitment_now(rule, context)
    if now is None:
        return
    if now.doubt is not None:
        yield _doubtful(now, context)
        return
    burn = read_burn_down(now)
    for fate in Fate:
        figures, outlook = read_verdict(now, fate).figures, now.outlook(fate)
        about = "used up before its end" if fate is Fate.EXHAUSTED else f"left by more than {rule.unused_above:.0%}"
        used_up = f"; used up since {now.used_up_on}" if fate is Fate.EXHAUSTED and now.used_up_on else ""
        yield Explanation(
            scope=now.scope,
            day=context.matrix.day(context.matrix.days - 1),
            why=Why.FIRES if now.fires(fate) else Why.NOT_SURE,
            currency=now.currency,
            course=_nothing(context),
            regions=now.regions,
            observed=figures.observed,
            expected=figures.expected,
            lower=figures.lower,
            upper=figures.upper,
            score=outlook.chance,
            settled=True,
            note=f"it is {about}{used_up}",
            burn=burn,
        )


def explain_credit(rule: Credit, context: Context, _: tuple[Mark, ...]) -> Iterator[Explanation]:
    """One explanation for the balance, where there is an amount, and one for each credit."""
    balance = read_balance(rule, context)
    if balance is not None:
        yield _balance(balance, context)
    for account, product in wanted_credits(rule, context):
        absence = credit_absence(rule, context, account, product)
        places = (Place(Dimension.ACCOUNT, account, account), Place(Dimension.PRODUCT, product, product))
        yield Explanation(
            scope=Scope(places),
            day=context.matrix.day(context.matrix.days - 1),
            why=Why.FIRES if absence else Why.ARRIVES,
            currency=context.currency_of(frozenset({account})),
            course=_nothing(context),
            observed=0.0 if absence else None,
            expected=absence.expected if absence else None,
            settled=True,
            note=f"nothing has come since {absence.since}, {absence.sentence}" if absence else "",
        )


def explain_invoice(rule: InvoiceCheck, context: Context, _: tuple[Mark, ...]) -> Iterator[Explanation]:
    """One explanation for each account: of the newest invoice whose period had ended by the explained day."""
    day = context.matrix.day(context.matrix.days - 1)
    for account, state in context.accounts.items():
        known = Explanation(
            scope=account_scope(account),
            day=day,
            why=Why.NO_INVOICE,
            currency=context.currency_of(frozenset({account})),
            course=_nothing(context),
        )
        ended = [one for one in state.invoices if one.period.last <= day]
        if not ended:
            yield known
            continue
        tier_pattern = context.rules.settings.tier_pattern
        compared = reconcile(context.matrix, account, ended[-1], tier_pattern, day + timedelta(days=1))
        figures = read_differences(rule, context, compared)
        why = Why.FIRES if figures.finding else Why.AGREES
        if not compared.is_complete:
            why = Why.NOT_SETTLED
        yield Explanation(
            scope=known.scope,
            day=day,
            why=why,
            currency=known.currency,
            course=known.course,
            observed=figures.figures.observed,
            expected=0.0,
            lower=0.0,
            upper=allowed(rule, compared),
            settled=compared.is_complete,
            note=str(compared.invoice.period),
        )


def _doubtful(now: CommitmentNow, context: Context) -> Explanation:
    notes = {
        Doubt.NOT_BEGUN: f"its term begins on {now.rule.from_}",
        Doubt.MISSING_DAYS: spell_missing(now.missing) if now.missing else "",
        Doubt.TOO_FEW_DAYS: "fewer than 14 settled days are known",
    }
    return Explanation(
        scope=now.scope,
        day=context.matrix.day(context.matrix.days - 1),
        why=Why.NOT_KNOWN,
        currency=now.currency,
        course=_nothing(context),
        regions=now.regions,
        note=notes[now.doubt] if now.doubt else "",
        burn=read_burn_down(now),
    )


def _balance(balance: Balance, context: Context) -> Explanation:
    known = bool(balance.history)
    return Explanation(
        scope=balance.scope,
        day=context.matrix.day(context.matrix.days - 1),
        why=Why.NOT_KNOWN if not known else Why.FIRES if balance.fires else Why.NOT_SURE,
        currency=balance.currency,
        course=_nothing(context),
        observed=balance.spent,
        expected=balance.amount,
        upper=balance.amount,
        score=balance.chances[-1] if known else None,
        settled=True,
        note=f"it is used up within {balance.rule.runs_out_within.days} days" if known else "too few days are known",
    )


def _nothing(context: Context) -> Course:
    return Course.of_costs(context.today, np.zeros(0), np.zeros(0, np.bool_))
