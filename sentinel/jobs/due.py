"""What is due, asked of the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sentinel.rules.model import Rules
from sentinel.store import Database, previous_evaluations

REST_AT_MOST = timedelta(hours=1)
"""Freshness, reminders and the end of a period come with time alone, without a pull."""


def evaluation_is_due(database: Database, rules: Rules, moment: datetime) -> bool:
    """Whether some rule was never judged by its present definition, or the last evaluation is an hour old."""
    with database.read() as conn:
        previous = previous_evaluations(conn)
    known = [previous.get(rule.name) for rule in rules.all]
    return any(
        last is None or last.fingerprint != rule.fingerprint or moment - last.moment >= REST_AT_MOST
        for rule, last in zip(rules.all, known, strict=True)
    )
