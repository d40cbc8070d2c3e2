"""A history kept by real pulls from a simulated billing API, and the truth that it is held against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from threading import Event

import numpy as np

from sentinel.domain.costs import Window
from sentinel.domain.matrix import CostMatrix
from sentinel.jobs.pull_costs import AccountPull, Progress, pull_costs
from sentinel.pull import BillingClient
from sentinel.rules.model import Account, Rules
from sentinel.simulator import ChargeShape, Clock, Row, Server, World
from sentinel.store import Database, Fault, faults, load_matrix

UNITS = 100_000_000
SETTLE_AFTER = timedelta(hours=36)
_DAY = timedelta(days=1)
_BEFORE_ANY_CHARGE = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client of the tests waits for an answer and for the next attempt, in seconds; sizes in bytes."""

    attempts: int = 1
    first_wait: float = 0.01
    longest_wait: float = 0.02
    silence: float = 30.0
    deadline: float = 60.0
    max_body: int = 8 * 1024 * 1024


def rules_of(*accounts: str, history_days: int = 45) -> Rules:
    """The rules of some accounts, each with `key-NAME` for its key."""
    return Rules.model_validate(
        {
            "settings": {"history_days": history_days},
            "accounts": [{"name": name, "api_key": f"key-{name}"} for name in accounts],
        }
    )


@dataclass(slots=True)
class Watch:
    """Pulls from a server as the daemon would, by a clock that is moved by hand."""

    database: Database
    server: Server
    clock: Clock
    rules: Rules = field(default_factory=lambda: rules_of("main"))
    patience: Patience = Patience()
    told: dict[str, dict[date, datetime]] = field(default_factory=dict)
    """For each account the moment of the last pull that was believed, by the days that it covered."""

    def open_client(self, account: Account, stop: Event | None) -> BillingClient:
        """A client with little patience."""
        patience = self.patience
        return BillingClient(
            base_url=self.server.url,
            api_key=account.api_key.get_secret_value(),
            attempts=patience.attempts,
            first_wait=patience.first_wait,
            longest_wait=patience.longest_wait,
            silence=patience.silence,
            deadline=patience.deadline,
            max_body=patience.max_body,
            shutdown=stop,
        )

    def pull(
        self, *, after: timedelta = timedelta(0), stop: Event | None = None, progress: Progress | None = None
    ) -> tuple[AccountPull, ...]:
        """Pull once, some time after the last pull."""
        self.clock.advance(after)
        pulls = pull_costs(self.database, self.rules, self.open_client, self.clock, progress=progress, stop=stop)
        for pulled in pulls:
            told = self.told.setdefault(pulled.account, {})
            for report in pulled.reports:
                if not report.kept_aside:
                    told.update(dict.fromkeys(report.covered, report.pulled_at))
        return pulls

    def matrix(self, account: str, as_of: datetime | None = None) -> CostMatrix:
        """All that is known of an account."""
        settings = self.rules.settings
        today = self.clock().date()
        window = Window(today - timedelta(days=settings.history_days) - _BEFORE_ANY_CHARGE, today + _DAY)
        with self.database.read() as conn:
            return load_matrix(conn, (account,), window, settings.settle_after, as_of)

    def faults(self, account: str = "main") -> tuple[Fault, ...]:
        """What went wrong, each fault once."""
        with self.database.read() as conn:
            return faults(conn, account, self.clock() - timedelta(days=365))


def stored_rows(matrix: CostMatrix) -> list[Row]:
    """The rows of a matrix with one account in the words of the simulator, exact to the last unit."""
    return sorted(_rows(matrix))


def _rows(matrix: CostMatrix) -> Iterator[Row]:
    for row, column in zip(*np.nonzero(matrix.cost), strict=True):
        series = matrix.series[row]
        cost = round(float(matrix.cost[row, column]) * UNITS)
        quantity = float(matrix.quantity[row, column])
        place = (series.tenant, series.workspace, series.cluster, series.product)
        yield Row(matrix.day(int(column)), *place, cost, quantity)


def covered_days(matrix: CostMatrix) -> set[date]:
    """The covered days of a matrix with one account."""
    return {matrix.day(int(column)) for column in np.flatnonzero(matrix.covered[0])}


def settled_days(matrix: CostMatrix) -> set[date]:
    """The settled days of a matrix with one account."""
    return {matrix.day(int(column)) for column in np.flatnonzero(matrix.settled[0])}


def true_rows(world: World, told: dict[date, datetime]) -> list[Row]:
    """What the world's API would have said of each day at the moment that it was asked for it."""
    moments = sorted(set(told.values()))
    rows = (row for moment in moments for row in world.rows(moment) if told.get(row.day) == moment)
    return sorted(row for row in rows if row.cost)


def assert_equal_rows(found: list[Row], expected: list[Row]) -> None:
    """The same rows: every cost to the last unit, quantities as exact as a float's sum in another order is."""
    missing = {row[:6] for row in expected} - {row[:6] for row in found}
    surplus = {row[:6] for row in found} - {row[:6] for row in expected}
    assert (sorted(missing)[:5], sorted(surplus)[:5]) == ([], [])
    assert len(found) == len(expected)
    np.testing.assert_allclose([row.quantity for row in found], [row.quantity for row in expected], rtol=1e-12)


def assert_as_told(watch: Watch, world: World, account: str = "main") -> None:
    """Every covered day says what was true of it when it was last pulled, and nothing else is said."""
    matrix = watch.matrix(account)
    told = watch.told.get(account, {})
    assert covered_days(matrix) == set(told)
    assert_equal_rows(stored_rows(matrix), true_rows(world, told))


def assert_equals_truth(watch: Watch, world: World, account: str = "main") -> None:
    """The whole history is what the world says now."""
    now = watch.clock()
    matrix = watch.matrix(account)
    assert_equal_rows(stored_rows(matrix), sorted(row for row in world.rows(now) if row.cost))
    days = Window(world.account.first_day, now.date()).each_day()
    closed = {day for day in days if now - _end_of(day) > SETTLE_AFTER}
    assert closed <= settled_days(matrix)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + _DAY, datetime.min.time(), tzinfo=UTC)


def assert_charges_equal_truth(watch: Watch, world: World, shape: ChargeShape) -> None:
    """The account charges of every whole month since the account began are those of the world now."""
    now = watch.clock()
    month = (world.account.first_day + timedelta(days=31)).replace(day=1)
    expected: Counter[tuple[str, date, bool]] = Counter()
    for line in world.account_lines(now, month, now.date()):
        daily = shape is ChargeShape.DAILY
        expected[line.product, line.day if daily else line.day.replace(day=1), daily] += line.cost
    charges = watch.matrix("main").account_charges
    found = {
        (one.product, one.day or one.month, one.day is not None): round(one.cost * UNITS)
        for one in charges
        if one.month >= month
    }
    assert found == expected
