"""Account charges: credits and support, by day or by billing month, in every version that a pull gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from sentinel.domain.costs import AccountCharge, Window
from sentinel.store import tables
from sentinel.store.outcome import Outcome


@dataclass(frozen=True, slots=True)
class ChargeSlot:
    """What one answer states as a whole: the charges of a day, or the undated ones (`day` is None) of a month."""

    month: date
    day: date | None


@dataclass(frozen=True, slots=True)
class ChargeVersion:
    """From a pull on a charge of a slot cost this, in 1e-8 units; None: it was gone."""

    slot: ChargeSlot
    product: str
    pull: int
    pulled_at: datetime
    cost: int | None


@dataclass(frozen=True, slots=True, order=True)
class PullMoment:
    """A pull's place in the order of pulls."""

    pulled_at: datetime
    number: int


def load_charges(conn: Connection, account: str, window: Window) -> tuple[ChargeVersion, ...]:
    """Every version of the charges of the months that touch a window, in the order of their pulls."""
    c, pull = tables.account_charge.c, tables.pull.c
    query = (
        select(c.month, c.day, c.product, c.pull_id, pull.pulled_at, c.cost)
        .join(tables.pull, pull.id == c.pull_id)
        .where(c.account == account, c.month >= window.first.replace(day=1), c.month < window.stop)
        .order_by(pull.pulled_at, pull.id)
    )
    return tuple(
        ChargeVersion(ChargeSlot(month, day), product, number, pulled_at, cost)
        for month, day, product, number, pulled_at, cost in conn.execute(query)
    )


def charges_until(versions: Iterable[ChargeVersion], moment: datetime | None) -> dict[tuple[ChargeSlot, str], int]:
    """What each charge of each slot cost, by a moment (None: now)."""
    stated = {(one.slot, one.product): one.cost for one in versions if moment is None or one.pulled_at <= moment}
    return {place: cost for place, cost in stated.items() if cost is not None}


def record_charges(
    conn: Connection,
    account: str,
    pull: PullMoment,
    window: Window,
    covered: Mapping[date, PullMoment | None],
    charges: Iterable[AccountCharge],
) -> int:
    """Store the account charges of an answer, whose own window is `window`; the number of charges it changed.

    `covered` are the days it covered, each with the next later pull that covered it, if one was recorded before.
    """
    stated = _by_slot(charges)
    slots = {ChargeSlot(day.replace(day=1), day): later for day, later in covered.items()}
    undated = ChargeSlot(window.first.replace(day=1), None)
    if _states_undated(window) or (window.first == undated.month and undated in stated):
        slots[undated] = _next_of_month(conn, account, undated.month, pull.pulled_at)
    months = {slot.month for slot in slots}
    versions: dict[ChargeSlot, list[ChargeVersion]] = defaultdict(list)
    for version in load_charges(conn, account, Window(min(months), max(months).replace(day=2))) if months else ():
        versions[version.slot].append(version)
    return sum(
        _record_slot(conn, account, pull, slot, later, versions.get(slot, []), stated.get(slot, {}))
        for slot, later in slots.items()
        if slot in versions or slot in stated
    )


def _states_undated(window: Window) -> bool:
    """Whether an answer tells all undated charges of its month: those of a part of it would look the same."""
    last = max(window.first, window.stop - timedelta(days=1))
    return window.first.day == 1 and last.replace(day=1) == window.first


def _by_slot(charges: Iterable[AccountCharge]) -> dict[ChargeSlot, dict[str, int]]:
    slots: dict[ChargeSlot, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for charge in charges:
        slots[ChargeSlot(charge.month, charge.day)][charge.product] += charge.cost
    return slots


def _next_of_month(conn: Connection, account: str, month: date, later_than: datetime) -> PullMoment | None:
    """The next pull that stated the undated charges of a month."""
    c = tables.pull.c
    query = (
        select(c.pulled_at, c.id)
        .where(c.account == account, c.outcome == Outcome.STORED, c.answered_first == month, c.pulled_at > later_than)
        .order_by(c.pulled_at, c.id)
        .limit(1)
    )
    row = conn.execute(query).first()
    return None if row is None else PullMoment(*row)


def _record_slot(
    conn: Connection,
    account: str,
    pull: PullMoment,
    slot: ChargeSlot,
    later: PullMoment | None,
    versions: list[ChargeVersion],
    stated: Mapping[str, int],
) -> int:
    changes = _changes(_as_of(versions, pull), stated)
    _insert(conn, account, slot, pull, changes)
    if later is not None:
        # The later pull had been compared with what was known before this one; now it follows on this one.
        c = tables.account_charge.c
        of_slot = (c.account == account, c.month == slot.month, c.day.is_not_distinct_from(slot.day))
        conn.execute(delete(tables.account_charge).where(*of_slot, c.pull_id == later.number))
        _insert(conn, account, slot, later, _changes(stated, _as_of(versions, later)))
    return len(changes)


def _as_of(versions: Iterable[ChargeVersion], pull: PullMoment) -> dict[str, int]:
    """What the charges of one slot cost after a pull."""
    stated = {one.product: one.cost for one in versions if PullMoment(one.pulled_at, one.pull) <= pull}
    return {product: cost for product, cost in stated.items() if cost is not None}


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int | None]:
    return {product: after.get(product) for product in {**before, **after} if before.get(product) != after.get(product)}


def _insert(
    conn: Connection, account: str, slot: ChargeSlot, pull: PullMoment, changes: Mapping[str, int | None]
) -> None:
    if changes:
        same = {"account": account, "month": slot.month, "day": slot.day, "pull_id": pull.number}
        rows = [same | {"product": product, "cost": cost} for product, cost in changes.items()]
        conn.execute(insert(tables.account_charge), rows)
