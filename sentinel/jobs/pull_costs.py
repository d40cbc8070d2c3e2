"""Stage 1 and 2 of the cycle: ask for the days that are due, and store each answer in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Event

from sentinel.domain.costs import Window
from sentinel.domain.coverage import KnownDays
from sentinel.errors import AnswerTooBig, ApiRefused, BadAnswer, PullError, WindowRefused
from sentinel.jobs.accounts import pull_settings
from sentinel.pull import Agenda, BillingClient, is_due, plan_days
from sentinel.rules.model import Account, Rules
from sentinel.store import (
    Database,
    PullReport,
    end_inclusive,
    known_days,
    method_that_worked,
    record_answer,
    record_failed_pull,
    record_retried_pull,
    remember_method,
)

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
        method = method_that_worked(conn, account.name)
    if only_due and not is_due(known, moment, settings):
        return None
    agenda = Agenda(plan_days(known, moment, settings))
    reports: list[PullReport] = []
    errors: list[PullError] = []
    done = in_a_row = 0
    with open_client(account, stop) as client:
        client.start_with(method)
        asker = _Asker(database, account.name, rules.settings.settle_after, client, clock, known.end_inclusive)
        while in_a_row < FAILURES_IN_A_ROW:
            window = agenda.next()
            if window is None:
                break
            try:
                reports.append(asker.ask(window, agenda))
            except PullError as error:
                if stop and stop.is_set():
                    break
                asker.fail(window, error)
                if _comes_in_parts(error, window, agenda):
                    continue
                if not _is_before_history(error, window, known, reports):
                    errors.append(error)
                in_a_row += _weight(error)
            else:
                in_a_row = 0
            done += 1
            if progress:
                progress(account.name, done, done + len(agenda))
        _remember_method(database, account.name, client, method)
    return AccountPull(account.name, tuple(reports), tuple(errors))


def _weight(error: PullError) -> int:
    """How many failures in a row an error is: a refused key ends a pull at once, refused days say nothing of others."""
    if isinstance(error, ApiRefused):
        return FAILURES_IN_A_ROW
    return 0 if isinstance(error, WindowRefused) else 1


def _is_before_history(error: PullError, window: Window, known: KnownDays, reports: Iterable[PullReport]) -> bool:
    """Whether the API only refuses days before the first one that it has ever told of: the account began later."""
    covered = known.covered.union(*(report.covered for report in reports))
    return isinstance(error, WindowRefused) and window.first < min(covered, default=date.min)


def _remember_method(database: Database, account: str, client: BillingClient, known: str | None) -> None:
    if client.method is not None and client.method != known:
        with database.write() as conn:
            remember_method(conn, account, client.method)


def _comes_in_parts(error: PullError, window: Window, agenda: Agenda) -> bool:
    """Whether the halves of a window are asked for instead, because it was too long for an answer."""
    if isinstance(error, AnswerTooBig):
        return agenda.too_big(window)
    return isinstance(error, WindowRefused) and agenda.refused(window)


class _Asker:
    """Asks for windows and writes down what came of each; learns on its way whether `date_end` is included."""

    def __init__(
        self,
        database: Database,
        account: str,
        settle_after: timedelta,
        client: BillingClient,
        clock: Callable[[], datetime],
        end_inclusive: bool | None,
    ) -> None:
        self._database = database
        self._account = account
        self._settle_after = settle_after
        self._client = client
        self._clock = clock
        self._end_inclusive = end_inclusive

    def ask(self, window: Window, agenda: Agenda) -> PullReport:
        """Store the answer for a window. Raises PullError."""
        moment = self._clock()
        answer = self._client.get_breakdowns(
            window, end_inclusive=self._end_inclusive, retried=lambda error: self._retried(moment, window, error)
        )
        with self._database.write() as conn:
            report = record_answer(conn, self._account, moment, window, answer, self._settle_after)
            learned = end_inclusive(conn, self._account)
        agenda.answered()
        if learned and not self._end_inclusive and window.stop.day == 1:
            # The answer ran into the next month, and its undated charges with it.
            agenda.again(window)
        self._end_inclusive = learned
        return report

    def fail(self, window: Window, error: PullError) -> None:
        """Write down that a window got no usable answer, with what came instead."""
        body = error.body if isinstance(error, BadAnswer) else b""
        with self._database.write() as conn:
            record_failed_pull(conn, self._account, self._clock(), window, error, body)
        log.warning("%s: no usable answer for %s to %s: %s", self._account, window.first, window.stop, error)

    def _retried(self, moment: datetime, window: Window, error: PullError) -> None:
        with self._database.write() as conn:
            record_retried_pull(conn, self._account, moment, window, error)
        log.info("%s: asked again for %s to %s: %s", self._account, window.first, window.stop, error)
