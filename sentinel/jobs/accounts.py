"""How the accounts stand when a verdict is due."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from sentinel.domain.accounts import AccountState
from sentinel.domain.coverage import KnownDays, settles_at
from sentinel.domain.invoices import Invoice
from sentinel.pull import PullSettings, plan_days
from sentinel.rules.model import Rules
from sentinel.store import known_days, known_invoices, pull_health

INVOICES_OF_THE_LAST = timedelta(days=100)
"""Older ones are judged no more."""


def pull_settings(rules: Rules) -> PullSettings:
    """What the choice of days depends on."""
    settings = rules.settings
    return PullSettings(
        history_days=settings.history_days,
        settle_after=settings.settle_after,
        restate_days=settings.restate_days,
        pull_every=settings.pull_every,
    )


def account_states(conn: Connection, rules: Rules, moment: datetime) -> dict[str, AccountState]:
    """The state of every account of the rules, by its name."""
    states = {}
    for account in rules.accounts:
        known = known_days(conn, account.name, rules.settings.settle_after, moment)
        health = pull_health(conn, account.name, moment)
        states[account.name] = AccountState(
            account=account.name,
            ready=_is_ready(known, rules, moment),
            first_pull=known.first_pull,
            failing_since=health.failing_since,
            error=health.error,
            kept_aside_at=health.kept_aside_at,
            invoices=stored_invoices(conn, rules, account.name, moment.date() - INVOICES_OF_THE_LAST, moment),
        )
    return states


def stored_invoices(
    conn: Connection, rules: Rules, account: str, since: date, as_of: datetime | None = None
) -> tuple[Invoice, ...]:
    """The invoices of the periods that ended on `since` or later, as they were known by a moment.

    None where no rule reads them.
    """
    if rules.reconciliation is None:
        return ()
    return tuple(known.invoice for known in known_invoices(conn, account, since, as_of))


def _is_ready(known: KnownDays, rules: Rules, moment: datetime) -> bool:
    """Whether every closed day is known or refused; an account that was only imported has no more to come."""
    if known.first_pull is None:
        return True
    settle_after = rules.settings.settle_after
    wanted = plan_days(known, moment, pull_settings(rules))
    return not any(
        day not in known.covered | known.refused and settles_at(day, settle_after) <= moment
        for window in wanted
        for day in window.each_day()
    )
