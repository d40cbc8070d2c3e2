"""What is charged: the lines of each month, from demand, metering, tiers, prices and restatements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from sentinel.simulator.demand import Series, days_in_month, in_steps
from sentinel.simulator.tariffs import UNITS, Part, Tariff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sentinel.simulator.incidents import Planted
    from sentinel.simulator.landscape import Account, Cluster, Meter, Tenant, Workspace
    from sentinel.simulator.metering import Metering

SUPPORT = "Support"
COMMIT_CREDITS = "Commit credits"
FREE_CREDITS = "Free credits"

_FREE_CREDIT_DAYS = 7
_MONTHS_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Line:
    """One charge of one day. `family` is the product without its tier; `cost` in 1e-8 dollars."""

    day: date
    tenant_id: str
    workspace_id: str
    cluster_id: str
    family: str
    product: str
    unit_price: float
    quantity: float
    cost: int


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One charge (positive) or credit (negative) of the account itself on one day; `cost` in 1e-8 dollars."""

    day: date
    product: str
    cost: int


@dataclass(frozen=True, slots=True)
class _Metered:
    """One meter of one cluster over a month: what is known of each day, and where it belongs."""

    tenant: Tenant
    workspace: Workspace
    cluster: Cluster
    meter: Meter
    known: tuple[float, ...]


class Ledger:
    """Writes the lines of an account, a calendar month at a time, and remembers those it has written last."""

    def __init__(
        self,
        account: Account,
        seed: int,
        anchor: date,
        planted: tuple[Planted, ...],
        metering: Metering,
    ) -> None:
        """Take the account, its randomness' seed, the day on which growth is 1, and what happens."""
        self._account = account
        self._seed = seed
        self._anchor = anchor
        self._planted = planted
        self._metering = metering
        self._written: dict[tuple[date, tuple[int, int, int]], tuple[Line, ...]] = {}
        self._lock = Lock()

    def month(self, first: date, as_of: datetime) -> tuple[Line, ...]:
        """Return every line of the calendar month that begins on `first`, as known at `as_of`."""
        version = self._metering.version(first + timedelta(days=days_in_month(first) - 1), as_of)
        with self._lock:
            lines = self._written.pop((first, version), None)
            if lines is None:
                lines = tuple(self._write(first, as_of))
            self._written[first, version] = lines
            if len(self._written) > _MONTHS_REMEMBERED:
                del self._written[next(iter(self._written))]
            return lines

    def account_lines(self, day: date, usage: int) -> Iterator[AccountLine]:
        """Yield support and credits of one day, given the day's usage in 1e-8 dollars."""
        account = self._account
        if account.support:
            yield AccountLine(day, SUPPORT, _in_hundred_thousandths(account.support / days_in_month(day)))
        if account.credits_end is not None and day >= account.credits_end:
            return
        if account.commit_credit:
            yield AccountLine(day, COMMIT_CREDITS, -_in_hundred_thousandths(usage / UNITS * account.commit_credit))
        if account.free_credit and day.day <= _FREE_CREDIT_DAYS:
            yield AccountLine(day, FREE_CREDITS, -_in_hundred_thousandths(account.free_credit))

    def _write(self, first: date, as_of: datetime) -> Iterator[Line]:
        days = [first + timedelta(days=index) for index in range(days_in_month(first))]
        for tenant in self._account.tenants:
            for workspace in tenant.workspaces:
                for tariff, group in self._metered(tenant, workspace, days, as_of).items():
                    yield from self._charge(tariff, group, days, as_of)

    def _metered(
        self, tenant: Tenant, workspace: Workspace, days: list[date], as_of: datetime
    ) -> dict[Tariff, list[_Metered]]:
        """Return the workspace's meters by tariff: those of one tariff share its tiers."""
        groups: dict[Tariff, list[_Metered]] = {}
        for cluster in workspace.clusters:
            for meter in cluster.meters:
                known = self._known(tenant, cluster, meter, days, as_of)
                groups.setdefault(meter.tariff, []).append(_Metered(tenant, workspace, cluster, meter, known))
        return groups

    def _known(
        self, tenant: Tenant, cluster: Cluster, meter: Meter, days: list[date], as_of: datetime
    ) -> tuple[float, ...]:
        product = meter.tariff.product
        planted = tuple(one for one in self._planted if one.concerns(cluster.id, product))
        series = Series(f"{self._seed}/{tenant.id}/{cluster.id}/{product}", meter, self._anchor, planted)
        figures = zip(days, series.month(days[0]), series.lateness(days[0]), strict=True)
        return tuple(self._known_of(day, final, lateness, meter, as_of) for day, final, lateness in figures)

    def _known_of(self, day: date, final: float, lateness: float, meter: Meter, as_of: datetime) -> float:
        if day < self._account.first_day:
            return 0.0
        return in_steps(final * self._metering.known_share(day, as_of, lateness), meter.step)

    def _charge(self, tariff: Tariff, group: list[_Metered], days: list[date], as_of: datetime) -> Iterator[Line]:
        volume = 0.0
        for index, day in enumerate(days):
            today = sum(metered.known[index] for metered in group)
            for part in tariff.split(volume, today):
                for metered in group:
                    if metered.known[index] > 0:
                        yield from self._lines(metered, part, day, metered.known[index] * part.share, as_of)
            volume += today

    def _lines(self, metered: _Metered, part: Part, day: date, quantity: float, as_of: datetime) -> Iterator[Line]:
        cluster, tariff = metered.cluster, metered.meter.tariff
        quantity *= self._metering.correction(day, cluster.id, part.product, as_of)
        if quantity <= 0:
            return
        for share, price_factor in self._prices(cluster.id, tariff.product, day):
            unit_price = round(part.unit_price * price_factor, 8)
            yield Line(
                day=day,
                tenant_id=metered.tenant.id,
                workspace_id=metered.workspace.id,
                cluster_id=cluster.id,
                family=tariff.product,
                product=part.product,
                unit_price=unit_price,
                quantity=quantity * share,
                cost=tariff.cost(quantity * share, unit_price),
            )

    def _prices(self, cluster_id: str, product: str, day: date) -> tuple[tuple[float, float], ...]:
        """Return the day's prices as (share of the quantity, factor on the unit price)."""
        prices: tuple[tuple[float, float], ...] = ((1.0, 1.0),)
        for planted in self._planted:
            if planted.concerns(cluster_id, product):
                changes = planted.prices(day)
                prices = tuple((old * share, price * factor) for old, price in prices for share, factor in changes)
        return prices


def _in_hundred_thousandths(dollars: float) -> int:
    return round(dollars * 100_000) * (UNITS // 100_000)
