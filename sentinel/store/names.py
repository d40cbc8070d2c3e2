"""The names that workspaces and clusters bore, and from when on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, func, select

from sentinel.store import tables
from sentinel.store.bulk import insert_rows
from sentinel.store.incoming import ClusterKey, Sighting
from sentinel.store.moments import for_driver
from sentinel.store.outcome import Outcome

NAME = "name"
REGIONS = "regions"
_BETWEEN_REGIONS = ","


@dataclass(frozen=True, slots=True)
class Place:
    """What bears a name: an attribute of a cluster, or of a workspace where `key.cluster` is empty."""

    key: ClusterKey
    attribute: str


@dataclass(frozen=True, slots=True)
class Naming:
    """From `seen_at` on, until the next naming, a place bore this value."""

    seen_at: datetime
    value: str


Names = dict[Place, list[Naming]]
"""The namings of each place, the earliest first."""


def workspace_of(key: ClusterKey) -> ClusterKey:
    """The workspace that a cluster is in."""
    return ClusterKey(key.tenant, key.workspace, "")


def values_until(namings: Iterable[Naming], moment: datetime | None) -> tuple[str, ...]:
    """The values borne by a moment (None: until now), the last one first, each once."""
    known = [naming.value for naming in namings if moment is None or naming.seen_at <= moment]
    return tuple(dict.fromkeys(reversed(known)))


def regions_in(value: str) -> tuple[str, ...]:
    """The regions that a value of the attribute `regions` stands for."""
    return tuple(value.split(_BETWEEN_REGIONS)) if value else ()


def load_names(conn: Connection, account: str) -> Names:
    """Every name and every set of regions of an account's places."""
    c = tables.place_name.c
    query = select(c.tenant, c.workspace, c.cluster, c.attribute, c.seen_at, c.value).where(c.account == account)
    names: Names = defaultdict(list)
    for tenant, workspace, cluster, attribute, seen_at, value in conn.execute(query.order_by(c.seen_at)):
        names[Place(ClusterKey(tenant, workspace, cluster), attribute)].append(Naming(seen_at, value))
    return names


def record_names(conn: Connection, account: str, seen_at: datetime, sightings: Iterable[Sighting]) -> int:
    """Remember what is new in the names that an answer gives; how many known places have another name than before.

    Sightings may come in any order of their moments.
    """
    names = load_names(conn, account)
    seen = {place: value for sighting in sightings for place, value in _values(sighting) if value}
    insert_rows(
        conn,
        "place_name",
        ("account", "tenant", "workspace", "cluster", "attribute", "seen_at", "value"),
        _rows(conn, account, seen_at, ((place, value) for place, value in seen.items() if place not in names)),
    )
    renamed = {
        place: value
        for place, value in seen.items()
        if place in names and not _is_known(names[place], seen_at, value)
    }
    for place, value in renamed.items():
        _rename(conn, account, place, names[place], Naming(seen_at, value))
    return len(renamed)


def _values(sighting: Sighting) -> Iterator[tuple[Place, str]]:
    yield Place(workspace_of(sighting.key), NAME), sighting.workspace_name
    yield Place(sighting.key, NAME), sighting.cluster_name
    yield Place(sighting.key, REGIONS), _BETWEEN_REGIONS.join(sighting.regions)


def _is_known(namings: list[Naming], seen_at: datetime, value: str) -> bool:
    borne = [naming.value for naming in namings if naming.seen_at <= seen_at]
    return bool(borne) and borne[-1] == value


def _rename(conn: Connection, account: str, place: Place, namings: list[Naming], new: Naming) -> None:
    """Enter a naming that differs from what was believed of its moment."""
    before = [naming for naming in namings if naming.seen_at <= new.seen_at]
    after = next((naming for naming in namings if naming.seen_at > new.seen_at), None)
    if before:
        if before[-1].seen_at == new.seen_at:
            _forget(conn, account, place, before[-1])
        back = _next_sighting(conn, account, place.key, new.seen_at, after.seen_at if after else None)
        if back is not None:
            # A later answer was read before this one, and it said what had been believed until now.
            _enter(conn, account, place, Naming(back, before[-1].value))
            after = None
    _enter(conn, account, place, new)
    if after is not None and after.value == new.value:
        _forget(conn, account, place, after)


def _next_sighting(
    conn: Connection, account: str, key: ClusterKey, later_than: datetime, before: datetime | None
) -> datetime | None:
    """The next moment at which an answer had charges of a place."""
    pull, day, cost, series = (t.c for t in (tables.pull, tables.pull_day, tables.daily_cost, tables.series))
    of_place = [series.account == account, series.tenant == key.tenant, series.workspace == key.workspace]
    if key.cluster:
        of_place.append(series.cluster == key.cluster)
    has_charge = exists().where(cost.day == day.day, cost.series_id == series.id, *of_place)
    query = (
        select(func.min(pull.pulled_at))
        .select_from(tables.pull.join(tables.pull_day, day.pull_id == pull.id))
        .where(pull.account == account, pull.outcome == Outcome.STORED, pull.pulled_at > later_than, has_charge)
    )
    if before is not None:
        query = query.where(pull.pulled_at < before)
    moment: datetime | None = conn.execute(query).scalar()
    return moment


def _enter(conn: Connection, account: str, place: Place, naming: Naming) -> None:
    insert_rows(
        conn,
        "place_name",
        ("account", "tenant", "workspace", "cluster", "attribute", "seen_at", "value"),
        _rows(conn, account, naming.seen_at, [(place, naming.value)]),
    )


def _rows(
    conn: Connection, account: str, seen_at: datetime, values: Iterable[tuple[Place, str]]
) -> Iterator[tuple[object, ...]]:
    moment = for_driver(conn, seen_at)
    for place, value in values:
        yield account, place.key.tenant, place.key.workspace, place.key.cluster, place.attribute, moment, value


def _forget(conn: Connection, account: str, place: Place, naming: Naming) -> None:
    c = tables.place_name.c
    conn.execute(
        delete(tables.place_name).where(
            c.account == account,
            c.tenant == place.key.tenant,
            c.workspace == place.key.workspace,
            c.cluster == place.key.cluster,
            c.attribute == place.attribute,
            c.seen_at == naming.seen_at,
        )
    )
