"""Keeping the database small and sound."""

from __future__ import annotations

from datetime import datetime, timedelta

from sentinel.errors import UsageError
from sentinel.evaluate import first_day_needed
from sentinel.rules.model import Rules
from sentinel.store import Database, Pruned, forget_growth, forget_invoices, prune


def prune_history(database: Database, rules: Rules, keep: timedelta, moment: datetime) -> Pruned:
    """Forget the days older than `keep`. Raises UsageError where the rules read them, or would pull them again."""
    today = moment.date()
    needed = max((today - first_day_needed(rules, today)).days + 1, rules.settings.history_days)
    if keep.days < needed:
        raise UsageError(f"--keep {keep.days}d is too short: the rules read, or pull again, {needed} days")
    with database.write() as conn:
        forget_invoices(conn, today - keep)
        return prune(conn, today - keep)


def tidy(database: Database, rules: Rules, moment: datetime) -> None:
    """Forget how days grew before they settled, once nobody asks for it any more."""
    with database.write() as conn:
        for account in rules.accounts:
            forget_growth(conn, account.name, moment, rules.settings.settle_after)
