"""READ FIRST: the cycle. Pull what is due, judge what is known, deliver what is to be told.

Three stages, each in transactions of its own and harmless to run twice: what a pull stored stays stored, an evaluation
writes its alerts together with their notifications, and a notification waits in the outbox until its channel has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from sentinel.jobs.deliver import ChannelReport, deliver_pending
from sentinel.jobs.due_reports import MadeReport, make_due_reports
from sentinel.jobs.evaluate import Evaluation, evaluate
from sentinel.jobs.pull_costs import AccountPull, OpenClient, Progress, pull_costs
from sentinel.jobs.pull_invoices import InvoicePull, pull_invoices
from sentinel.jobs.upkeep import tidy
from sentinel.notify import Channel
from sentinel.rules.model import Rules
from sentinel.store import Database, previous_evaluations

RESTS_AT_MOST = timedelta(hours=1)
"""Freshness, reminders and the end of a period come with time alone, without a pull."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """What one full cycle did."""

    pulls: tuple[AccountPull, ...]
    invoices: tuple[InvoicePull, ...]
    evaluation: Evaluation
    made: tuple[MadeReport, ...]
    reports: tuple[ChannelReport, ...]

    @property
    def failed(self) -> bool:
        """Whether some window or invoice got no answer, or a notification was parked."""
        without_answer = any(pull.failed for pull in self.pulls) or any(pull.error for pull in self.invoices)
        return without_answer or any(report.parked for report in self.reports)


def run_cycle(
    database: Database,
    rules: Rules,
    rules_hash: str,
    open_client: OpenClient,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime],
    *,
    progress: Progress | None = None,
) -> Cycle:
    """One full cycle now."""
    pulls = pull_costs(database, rules, open_client, clock, progress=progress)
    invoices = pull_invoices(database, rules, open_client, clock)
    evaluation = evaluate(database, rules, rules_hash, clock())
    made = make_due_reports(database, rules, clock())
    reports = deliver_pending(database, rules, channels, clock)
    return Cycle(pulls, invoices, evaluation, made, reports)


@dataclass(frozen=True, slots=True)
class Tick:
    """What one look at the database led to: no pulls and no evaluation where nothing was due."""

    pulls: tuple[AccountPull, ...]
    evaluation: Evaluation | None


def pull_and_evaluate_when_due(
    database: Database,
    rules: Rules,
    rules_hash: str,
    open_client: OpenClient,
    clock: Callable[[], datetime],
    stop: Event,
) -> Tick:
    """What a daemon does at every tick; delivery has threads of its own, so that no pull holds it up."""
    pulls = pull_costs(database, rules, open_client, clock, only_due=True, stop=stop)
    pull_invoices(database, rules, open_client, clock, accounts=[pull.account for pull in pulls], stop=stop)
    evaluation = None
    if not stop.is_set() and (pulls or _evaluation_is_due(database, rules, clock())):
        evaluation = evaluate(database, rules, rules_hash, clock())
        tidy(database, rules, clock())
    if not stop.is_set():
        make_due_reports(database, rules, clock())
    return Tick(pulls, evaluation)


def _evaluation_is_due(database: Database, rules: Rules, moment: datetime) -> bool:
    """Whether some rule was never judged by its present definition, or not for `RESTS_AT_MOST`."""
    with database.read() as conn:
        previous = previous_evaluations(conn)
    known = [previous.get(rule.name) for rule in rules.all]
    return any(
        last is None or last.fingerprint != rules.fingerprint(rule) or moment - last.moment >= RESTS_AT_MOST
        for rule, last in zip(rules.all, known, strict=True)
    )
