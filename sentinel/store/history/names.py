"""What workspaces and clusters were called, and from when on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from sentinel.store import tables
from sentinel.store.database.bulk import Columns, insert_rows
from sentinel.store.database.moments import for_driver
from sentinel.store.history.incoming import Sighting
from sentinel.store.history.sightings import next_sighting


class Naming(NamedTuple):
    """From `seen_at` on, until the next naming, a place had this name and these regions."""

    seen_at: datetime
    name: str
    regions: str

    @property
    def called(self) -> tuple[str, str]:
        """What it was, without since when."""
        return self.name, self.regions


def load_names(conn: Connection, account: str) -> dict[int, list[Naming]]:
    """The namings of an account's places by their numbers, the earliest first."""
    c = tables.place_name.c
    query = (
        select(c.place_id, c.seen_at, c.name, c.regions)
        .join(tables.place, tables.place.c.id == c.place_id)
        .where(tables.place.c.account == account)
        .order_by(c.place_id, c.seen_at)
    )
    names: dict[int, list[Naming]] = defaultdict(list)
    for place, seen_at, name, regions in conn.execute(query).all():
        names[place].append(Naming(seen_at, name, regions))
    return names


def record_names(conn: Connection, account: str, seen_at: datetime, sightings: Iterable[Sighting]) -> int:
    """Remember what is new in the names that an answer gives; how many known places are called differently now.

    Sightings may come in any order of their moments.
    """
    called: dict[int, tuple[str, str]] = {}
    for sighting in sightings:
        called[sighting.workspace] = sighting.workspace_name, ""
        called[sighting.cluster] = sighting.cluster_name, ",".join(sorted(set(sighting.regions)))
    names = load_names(conn, account)
    _insert(conn, seen_at, {place: value for place, value in called.items() if place not in names})
    renamed = {
        place: value
        for place, value in called.items()
        if place in names and not _is_known(names[place], seen_at, value)
    }
    for place, (name, regions) in renamed.items():
        _rename(conn, account, place, names[place], Naming(seen_at, name, regions))
    return len(renamed)


def _is_known(namings: list[Naming], seen_at: datetime, called: tuple[str, str]) -> bool:
    if len(namings) == 1:  # nearly all were never renamed
        return namings[0].called == called and namings[0].seen_at <= seen_at
    past = [naming for naming in namings if naming.seen_at <= seen_at]
    return bool(past) and past[-1].called == called


def _rename(conn: Connection, account: str, place: int, namings: list[Naming], new: Naming) -> None:
    """Enter a naming that differs from what was believed of its moment."""
    past = [naming for naming in namings if naming.seen_at <= new.seen_at]
    after = next((naming for naming in namings if naming.seen_at > new.seen_at), None)
    if past:
        if past[-1].seen_at == new.seen_at:
            _forget(conn, place, new.seen_at)
        back = next_sighting(conn, account, place, new.seen_at, after.seen_at if after else None)
        if back is not None:
            # An answer of a later moment was read before this one, and confirmed what had been believed until now.
            _insert(conn, back, {place: past[-1].called})
            after = None
    _insert(conn, new.seen_at, {place: new.called})
    if after is not None and after.called == new.called:
        _forget(conn, place, after.seen_at)


def _insert(conn: Connection, seen_at: datetime, called: Mapping[int, tuple[str, str]]) -> None:
    if called:
        names, regions = zip(*called.values(), strict=True)
        moment = [for_driver(conn, seen_at)] * len(called)
        columns: Columns = {"place_id": list(called), "seen_at": moment, "name": names, "regions": regions}
        insert_rows(conn, "place_name", columns)


def _forget(conn: Connection, place: int, seen_at: datetime) -> None:
    c = tables.place_name.c
    conn.execute(delete(tables.place_name).where(c.place_id == place, c.seen_at == seen_at))
