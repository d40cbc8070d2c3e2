"""Stage 1 and 2 of the cycle: ask for the days that are due, and store each answer in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from sentinel.domain.costs import Window
from sentinel.domain.coverage import KnownDays
from sentinel.errors import AnswerTooBig, ApiRefused, BadAnswer, PullError, WindowRefused
from sentinel.jobs.accounts import pull_settings
from sentinel.pull import Agenda, BillingClient, is_due, plan_days
from sentinel.rules.model import Account, Rules
from sentinel.store import Database, PullReport, known_days, record_answer, record_failed_pull

log = logging.getLogger(__name__)

ACCOUNTS_AT_ONCE = 4
"""Accounts are pulled side by side, but their answers are decoded by one processor."""

FAILURES_IN_A_ROW = 3
"""After so many windows without an answer the API is left alone until the next pull."""

OpenClient = Callable[[Account, Event | None], BillingClient]
Progress = Callable[[str, int, int], None]
"""Told (account, windows done, windows in all) after each window."""


@dataclass(frozen=True, slots=True)
class AccountPull:
    """What one pull of an account brought: a report for each answer, an error for each window without one."""

    account: str
    reports: tuple[PullReport, ...]
    errors: tuple[PullError, ...]

    @property
    def failed(self) -> bool:
        """Whether some window got no answer."""
        return bool(self.errors)


def pull_costs(
    database: Database,
    rules: Rules,
    open_client: OpenClient,
    clock: Callable[[], datetime],
    *,
    only_due: bool = False,
    progress: Progress | None = None,
    stop: Event | None = None,
) -> tuple[AccountPull, ...]:
    """Pull every account, several side by side; `only_due` leaves out those whose `pull_every` has not passed."""
    with ThreadPoolExecutor(min(ACCOUNTS_AT_ONCE, len(rules.accounts)), thread_name_prefix="pull") as threads:
        pulls = threads.map(
            lambda account: _pull_account(database, rules, account, open_client, clock, only_due, progress, stop),
            rules.accounts,
        )
        return tuple(pull for pull in pulls if pull is not None)


def _pull_account(
    database: Database,
    rules: Rules,
    account: Account,
    open_client: OpenClient,
    clock: Callable[[], datetime],
    only_due: bool,
    progress: Progress | None,
    stop: Event | None,
) -> AccountPull | None:
    settings = pull_settings(rules)
    moment = clock()
    with database.read() as conn:
        known = known_days(conn, account.name, rules.settings.settle_after, moment)
    if only_due and not is_due(known, moment, settings):
        return None
    agenda = Agenda(plan_days(known, moment, settings))
    reports: list[PullReport] = []
    errors: list[PullError] = []
    done = in_a_row = 0
    with open_client(account, stop) as client:
        while in_a_row < FAILURES_IN_A_ROW and not (stop and stop.is_set()):
            window = agenda.next()
            if window is None:
                break
            try:
                reports.append(_pull_window(database, rules, account.name, client, known, window, clock))
            except ApiRefused as error:
                errors.append(error)
                break
            except AnswerTooBig as error:
                if agenda.too_big(window):
                    continue
                errors.append(error)
                in_a_row += 1
            except WindowRefused as error:
                if agenda.refused(window):
                    continue
                errors.append(error)
            except PullError as error:
                errors.append(error)
                in_a_row += 1
            else:
                agenda.answered()
                in_a_row = 0
            done += 1
            if progress:
                progress(account.name, done, done + len(agenda))
    return AccountPull(account.name, tuple(reports), tuple(errors))


def _pull_window(
    database: Database,
    rules: Rules,
    account: str,
    client: BillingClient,
    known: KnownDays,
    window: Window,
    clock: Callable[[], datetime],
) -> PullReport:
    """Ask for one window and store the answer, or the failure. Raises PullError."""
    moment = clock()
    try:
        answer = client.get_breakdowns(window, end_inclusive=known.end_inclusive)
        with database.write() as conn:
            return record_answer(conn, account, moment, window, answer, rules.settings.settle_after)
    except PullError as error:
        body = error.body if isinstance(error, BadAnswer) else b""
        with database.write() as conn:
            record_failed_pull(conn, account, moment, window, error, body)
        log.warning("%s: no usable answer for %s to %s: %s", account, window.first, window.stop, error)
        raise
