"""The world: one account, what happens in it, and what is true of it at any moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from sentinel.simulator.draft import draft
from sentinel.simulator.incidents import Incident, Misbilled, Planted
from sentinel.simulator.ledger import AccountLine, Ledger, Line
from sentinel.simulator.metering import HOURLY, Metering, Restatement, start_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sentinel.simulator.landscape import Account, Cluster, Tenant, Workspace

_SETTLE_AFTER = timedelta(hours=36)
_NEVER = date.max
_LONG_AFTER = timedelta(days=3650)


class Row(NamedTuple):
    """The truth about one series on one day: what a correct history holds.

    product: the full name, tier included. cost: 1e-8 dollars. Lines of two unit prices are added up.
    """

    day: date
    tenant_id: str
    workspace_id: str
    cluster_id: str
    product: str
    cost: int
    quantity: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cluster stands."""

    tenant: Tenant
    workspace: Workspace
    cluster: Cluster


class World:
    """A simulated account, deterministic: the same arguments give the same figures, in any order of asking.

    It has no clock. `now` is the moment it was made for (its "today": incidents are planted before it, growth
    is 1.0 at it); every question carries its own moment `as_of`, which may also lie after `now`: charges go
    on. All moments are aware and UTC. Safe to ask from several threads.
    """

    def __init__(
        self,
        account: Account,
        now: datetime,
        *,
        seed: int = 1,
        planted: Iterable[Planted] = (),
        metering: Metering = HOURLY,
        misbilled: Iterable[Misbilled] = (),
    ) -> None:
        """Make a world of a hand-written account. `World.build` composes a lifelike one.

        Raises ValueError if `now` is not aware.
        """
        if now.tzinfo is None:
            message = f"the moment of a world must carry a time zone (got {now.isoformat()})"
            raise ValueError(message)
        self.account = account
        self.now = now
        self.seed = seed
        self.planted = tuple(planted)
        self.metering = metering
        self.misbilled = tuple(misbilled)
        self._ledger = Ledger(account, seed, now.date(), self.planted, metering)

    @classmethod
    def build(
        cls,
        now: datetime,
        *,
        seed: int = 1,
        clusters: int = 24,
        history_days: int = 420,
        daily_cost: float = 390.0,
        settle_after: timedelta = _SETTLE_AFTER,
        metering: Metering = HOURLY,
    ) -> Self:
        """Make a lifelike account of about `daily_cost` dollars a working day, with planted incidents.

        settle_after: the lasting spike on orders-prod begins on the second-newest day that ended this long
        before `now`. Incidents that would lie before the account's first day are left out.
        Raises ValueError for fewer than one cluster or day, or a naive `now`.
        """
        drawn = draft(
            now,
            seed=seed,
            clusters=clusters,
            history_days=history_days,
            daily_cost=daily_cost,
            settle_after=settle_after,
        )
        return cls(drawn.account, now, seed=seed, planted=drawn.planted, metering=metering)

    def restated(self, *restatements: Restatement) -> World:
        """Return this world with further restatements."""
        metering = replace(self.metering, restatements=(*self.metering.restatements, *restatements))
        return World(
            self.account,
            self.now,
            seed=self.seed,
            planted=self.planted,
            metering=metering,
            misbilled=self.misbilled,
        )

    def billed_wrongly(self, *misbilled: Misbilled) -> World:
        """Return this world with further mistakes in its invoices."""
        return World(
            self.account,
            self.now,
            seed=self.seed,
            planted=self.planted,
            metering=self.metering,
            misbilled=(*self.misbilled, *misbilled),
        )

    def places(self) -> Iterator[Place]:
        """Yield every cluster with its workspace and tenant, in the order of the answers."""
        for tenant in self.account.tenants:
            for workspace in tenant.workspaces:
                for cluster in workspace.clusters:
                    yield Place(tenant, workspace, cluster)

    def cluster(self, name: str) -> Cluster:
        """Return the cluster that bears or ever bore this name. Raises KeyError."""
        for place in self.places():
            if name in {place.cluster.name, *(alias.name for alias in place.cluster.aliases)}:
                return place.cluster
        raise KeyError(name)

    def lines(self, as_of: datetime, first: date, last: date) -> Iterator[Line]:
        """Yield what is charged for the days `first` to `last` (inclusive), as known at `as_of`."""
        for month in _months(max(first, self.account.first_day), min(last, as_of.date())):
            for line in self._ledger.month(month, as_of):
                if first <= line.day <= last:
                    yield line

    def account_lines(self, as_of: datetime, first: date, last: date) -> tuple[AccountLine, ...]:
        """Return credits and support for the days `first` to `last` (inclusive), as known at `as_of`."""
        usage: dict[date, int] = {}
        for line in self.lines(as_of, first, last):
            usage[line.day] = usage.get(line.day, 0) + line.cost
        return tuple(line for day in sorted(usage) for line in self._ledger.account_lines(day, usage[day]))

    def rows(self, as_of: datetime, first: date | None = None, last: date | None = None) -> list[Row]:
        """Return the truth as known at `as_of`, sorted, a row per series and day: what a history should hold.

        first, last: inclusive; by default all days of the account up to the day of `as_of`.
        """
        sums: dict[tuple[date, str, str, str, str], tuple[int, float]] = {}
        for line in self.lines(as_of, first or self.account.first_day, last or as_of.date()):
            key = (line.day, line.tenant_id, line.workspace_id, line.cluster_id, line.product)
            cost, quantity = sums.get(key, (0, 0.0))
            sums[key] = (cost + line.cost, quantity + line.quantity)
        return [Row(*key, *sums[key]) for key in sorted(sums)]

    def truth(self) -> list[Incident]:
        """Return all that was planted, the oldest first."""
        places = {place.cluster.id: place for place in self.places()}
        incidents = (self._incident(planted, places[planted.cluster_id]) for planted in self.planted)
        return sorted(incidents, key=lambda incident: incident.first_day)

    def without(self, planted: Planted) -> World:
        """Return this world as it would be had one thing not happened (a new cluster: had it never come)."""
        others = tuple(replace(one, first_day=_NEVER) if one == planted else one for one in self.planted)
        return World(self.account, self.now, seed=self.seed, planted=others, metering=self.metering)

    def _workspace_alone(self, place: Place) -> World:
        tenant = replace(place.tenant, workspaces=(place.workspace,))
        account = replace(self.account, tenants=(tenant,))
        return World(account, self.now, seed=self.seed, planted=self.planted, metering=self.metering)

    def _incident(self, planted: Planted, place: Place) -> Incident:
        last = self.now.date() - timedelta(days=1)
        last = last if planted.last_day is None else min(last, planted.last_day)
        days = (last - planted.first_day).days + 1
        here = self._workspace_alone(place)
        extra = _cost(here, planted, last) - _cost(here.without(planted), planted, last)
        return Incident(
            kind=planted.kind,
            tenant_id=place.tenant.id,
            workspace_id=place.workspace.id,
            workspace_name=place.workspace.name_at(self.now),
            cluster_id=place.cluster.id,
            cluster_name=place.cluster.name_at(self.now),
            product=planted.product,
            first_day=planted.first_day,
            last_day=planted.last_day,
            factor=planted.factor,
            extra_per_day=round(extra / days / 1e8, 2),
        )


def _cost(world: World, planted: Planted, last: date) -> int:
    """Return the final cost (1e-8 dollars) of what an incident touches, from its first day to `last`."""
    lines = world.lines(start_of(last) + _LONG_AFTER, planted.first_day, last)
    return sum(line.cost for line in lines if planted.concerns(line.cluster_id, line.family))


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)
