"""The lifelike account: which clusters it has, how large they are, and what happens to them.

A fixed cast carries the planted incidents and the awkward names; further clusters fill up to the number asked
for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from itertools import count, product
from random import Random
from typing import TYPE_CHECKING

from sentinel.simulator.incidents import Kind, Planted
from sentinel.simulator.landscape import Account, Alias, Cluster, Meter, Tenant, Workspace
from sentinel.simulator.tariffs import (
    CLUSTER_MINUTES,
    GIB_STORED,
    GIB_WRITTEN,
    SERVERLESS_READ,
    SERVERLESS_WRITTEN,
    Tariff,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DAY_MINUTES = 1440
_MINUTES_STEP = 15
_RENAMED_DAYS_AGO = 29
_TENANTS = {
    "platform": ("production", "staging", "development"),
    "data": ("analytics", "serverless"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """An account and what is planted in it."""

    account: Account
    planted: tuple[Planted, ...]


@dataclass(frozen=True, slots=True)
class _Role:
    """A member of the cast.

    daily: dollars a working day for data written and read. weekend: Saturday's and Sunday's share of that.
    up: the part of the day that its agents run. renamed: the name it takes on.
    """

    name: str
    workspace: str
    daily: float
    weekend: tuple[float, float]
    regions: tuple[str, ...] = ("us-east-1",)
    up: float = 1.0
    renamed: str | None = None


_CAST = (
    _Role("orders-prod", "production", 70.0, (0.90, 0.88)),
    _Role("payments-prod", "production", 30.0, (0.80, 0.75)),
    _Role("events-prod", "production", 45.0, (0.97, 0.95), ("us-east-1", "eu-west-1")),
    _Role("clickstream", "analytics", 26.0, (0.70, 0.62), ("eu-west-1",)),
    _Role("no", "staging", 2.2, (0.35, 0.30), ("eu-north-1",)),
    _Role("<!channel> & friends", "development", 1.4, (0.15, 0.12)),
    _Role("search-prod", "production", 11.0, (0.85, 0.80), renamed="discovery-prod"),
    _Role("recommendations-prod", "production", 12.0, (0.92, 0.90)),
    _Role("iot-gateway", "serverless", 16.0, (1.0, 1.0), ("us-west-2",)),
    _Role("ml-features", "analytics", 13.0, (0.55, 0.50)),
    _Role("legacy-etl", "analytics", 7.0, (0.60, 0.60)),
    _Role("inventory-prod", "production", 9.0, (0.88, 0.85), ("us-east-1", "us-west-2")),
    _Role("webhooks", "serverless", 4.0, (0.75, 0.70)),
    _Role("orders-staging", "staging", 3.5, (0.25, 0.20)),
    _Role("load-test", "staging", 2.0, (0.10, 0.05), up=0.5),
    _Role("audit-log", "analytics", 6.0, (0.95, 0.95), ("eu-central-1",)),
    _Role("payments-staging", "staging", 2.5, (0.30, 0.25), up=0.6),
    _Role("sandbox", "development", 0.9, (0.20, 0.15), up=0.4),
)


@dataclass(frozen=True, slots=True)
class _Plot:
    """An incident of the cast: begins `days_ago` before the lasting spike and runs `days` (None = on)."""

    kind: Kind
    cluster: str
    product: str | None
    factor: float
    days_ago: int
    days: int | None


_WRITTEN = GIB_WRITTEN.product
_PLOTS = (
    _Plot(Kind.SPIKE, "orders-prod", _WRITTEN, 3.0, 0, None),
    _Plot(Kind.SPIKE, "clickstream", _WRITTEN, 2.5, 72, 2),
    _Plot(Kind.LEVEL, "payments-prod", _WRITTEN, 1.6, 55, None),
    _Plot(Kind.GONE, "legacy-etl", None, 0.0, 46, None),
    _Plot(Kind.RAMP, "ml-features", _WRITTEN, 1.8, 38, None),
    _Plot(Kind.NEW_CLUSTER, "recommendations-prod", None, 1.0, 32, None),
    _Plot(Kind.DROP, "events-prod", _WRITTEN, 0.4, 24, 4),
    _Plot(Kind.PRICE, "iot-gateway", SERVERLESS_READ.product, 1.5, 17, None),
)


def draft(
    now: datetime,
    *,
    seed: int,
    clusters: int,
    history_days: int,
    daily_cost: float,
    settle_after: timedelta,
) -> Draft:
    """Compose the account as it stands at `now`.

    clusters: at least 1; the cast comes first, in its order.
    daily_cost: dollars a working day, before incidents and tiers, roughly.
    settle_after: decides which day the lasting spike begins on: the second-newest one that ended that long
    ago.
    Raises ValueError for fewer than one cluster or day.
    """
    if clusters < 1 or history_days < 1:
        message = f"a world needs at least one cluster and one day (got {clusters} clusters, {history_days} days)"
        raise ValueError(message)
    roles = [*_CAST, *_fillers(seed, clusters - len(_CAST))][:clusters]
    roles = _scaled(roles, daily_cost)
    today = now.date()
    account = Account(
        first_day=today - timedelta(days=history_days),
        tenants=tuple(_tenants(seed, roles, today)),
        support=300.0,
        commit_credit=0.08,
        free_credit=10.0,
    )
    fresh = (now - settle_after).date() - timedelta(days=2)
    present = {role.name for role in roles}
    planted = (_planted(seed, plot, fresh) for plot in _PLOTS if plot.cluster in present)
    return Draft(account, tuple(one for one in planted if one.first_day > account.first_day))


def _planted(seed: int, plot: _Plot, fresh: date) -> Planted:
    first = fresh - timedelta(days=plot.days_ago)
    last = None if plot.days is None else first + timedelta(days=plot.days - 1)
    return Planted(plot.kind, _cluster_id(seed, plot.cluster), plot.product, first, last, plot.factor)


def _fillers(seed: int, wanted: int) -> Iterator[_Role]:
    generator = Random(f"{seed}/fillers")  # noqa: S311 -- a simulation needs no secret randomness
    services = (
        "billing",
        "catalog",
        "shipping",
        "fraud",
        "metrics",
        "logs",
        "email",
        "pricing",
        "users",
        "reviews",
    )
    places = (("prod", "production"), ("staging", "staging"), ("dev", "development"), ("lake", "analytics"))
    regions = ("us-east-1", "us-west-2", "eu-west-1", "ap-south-1")
    names = (
        (f"{service}-{place}{_suffix(lap)}", workspace)
        for lap in count()
        for (place, workspace), service in product(places, services)
    )
    for (name, workspace), _ in zip(names, range(wanted), strict=False):
        depth = generator.uniform(0.2, 1.0)
        yield _Role(
            name,
            workspace,
            daily=generator.lognormvariate(0.8, 0.6),
            weekend=(depth, depth * generator.uniform(0.85, 1.0)),
            regions=(generator.choice(regions),),
            up=generator.choice((1.0, 1.0, 0.75, 0.5)),
        )


def _suffix(lap: int) -> str:
    return "" if lap == 0 else f"-{lap + 1}"


def _scaled(roles: list[_Role], daily_cost: float) -> list[_Role]:
    """Scale the volumes so that they and the cluster minutes together come to about `daily_cost` a day."""
    minutes = sum(role.up * CLUSTER_MINUTES.cost(DAY_MINUTES, CLUSTER_MINUTES.unit_price) / 1e8 for role in roles)
    volumes = max(daily_cost - minutes, daily_cost / 2)
    factor = volumes / sum(role.daily * (1 + _STORED_SHARE) for role in roles)
    return [replace(role, daily=role.daily * factor) for role in roles]


def _tenants(seed: int, roles: Iterable[_Role], today: date) -> Iterator[Tenant]:
    homes: dict[str, list[_Role]] = {}
    for role in roles:
        homes.setdefault(role.workspace, []).append(role)
    for tenant, names in _TENANTS.items():
        workspaces = tuple(
            Workspace(
                _identifier("wi", seed, name),
                name,
                tuple(_cluster(seed, role, today) for role in homes[name]),
            )
            for name in names
            if name in homes
        )
        if workspaces:
            yield Tenant(_identifier("ti", seed, tenant), workspaces)


def _cluster(seed: int, role: _Role, today: date) -> Cluster:
    generator = Random(f"{seed}/cluster/{role.name}")  # noqa: S311 -- a simulation needs no secret randomness
    serverless = role.workspace == "serverless"
    meters = _serverless(role, generator) if serverless else _self_hosted(role, generator)
    renamed_on = today - timedelta(days=_RENAMED_DAYS_AGO)
    return Cluster(
        id=_cluster_id(seed, role.name),
        name=role.name,
        regions=role.regions,
        meters=tuple(meters),
        aliases=() if role.renamed is None else (Alias(renamed_on, role.renamed),),
    )


_STORED_SHARE = 0.12


def _self_hosted(role: _Role, generator: Random) -> Iterator[Meter]:
    minutes = role.up * DAY_MINUTES
    yield Meter(CLUSTER_MINUTES, minutes, step=_MINUTES_STEP)
    yield _volume(GIB_WRITTEN, role.daily, role.weekend, generator)
    yield _stored(role, generator)


def _serverless(role: _Role, generator: Random) -> Iterator[Meter]:
    yield _volume(SERVERLESS_WRITTEN, role.daily * 0.4, role.weekend, generator)
    yield _volume(SERVERLESS_READ, role.daily * 0.6, role.weekend, generator)
    yield _stored(role, generator)


def _volume(tariff: Tariff, dollars: float, weekend: tuple[float, float], generator: Random) -> Meter:
    return Meter(
        tariff,
        base=dollars / tariff.unit_price,
        weekend=weekend,
        growth=generator.uniform(-0.1, 0.35),
        noise=generator.uniform(0.02, 0.05),
    )


def _stored(role: _Role, generator: Random) -> Meter:
    return Meter(
        GIB_STORED,
        base=role.daily * _STORED_SHARE / GIB_STORED.unit_price,
        growth=generator.uniform(0.0, 0.3),
        noise=generator.uniform(0.005, 0.015),
    )


def _cluster_id(seed: int, name: str) -> str:
    return _identifier("vci", seed, name)


def _identifier(prefix: str, seed: int, name: str) -> str:
    digest = blake2b(f"{seed}/{prefix}/{name}".encode(), digest_size=16).hexdigest()
    return f"{prefix}_{digest[:8]}_{digest[8:12]}_{digest[12:16]}_{digest[16:20]}_{digest[20:]}"
