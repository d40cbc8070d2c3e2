"""Account charges: credits and support, by day or by billing month, in every version that a pull gave.

The charges of a day are kept as versions: a row where a pull changed one. Those that bear only their month are kept as
each pull stated them; `undated` says what follows from that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from sentinel.domain.costs import AccountCharge, Window
from sentinel.store import tables
from sentinel.store.history.undated import (
    PullMoment,
    Statement,
    charges_of_month,
    load_statements,
    months_of,
    tells_of,
    within,
)


@dataclass(frozen=True, slots=True)
class ChargeSlot:
    """The charges of a day, or the undated ones (`day` is None) of a month."""

    month: date
    day: date | None


@dataclass(frozen=True, slots=True)
class ChargeVersion:
    """From a pull on a charge of a day cost this, in 1e-8 units; None: it was gone."""

    slot: ChargeSlot
    product: str
    pull: PullMoment
    cost: int | None


@dataclass(frozen=True, slots=True)
class ChargeHistory:
    """All that was said of an account's charges of some months, in the order of the pulls."""

    versions: tuple[ChargeVersion, ...]
    statements: tuple[Statement, ...]

    def until(self, moment: datetime | None) -> dict[tuple[ChargeSlot, str], int]:
        """What each charge cost, by a moment (None: now)."""
        dated = {(one.slot, one.product): one.cost for one in self.versions if _is_until(one.pull, moment)}
        undated: dict[date, list[Statement]] = defaultdict(list)
        for one in self.statements:
            if _is_until(one.pull, moment):
                undated[one.month].append(one)
        found = {place: cost for place, cost in dated.items() if cost is not None}
        for month, statements in undated.items():
            costs = charges_of_month(statements)
            found |= {(ChargeSlot(month, None), product): cost for product, cost in costs.items()}
        return found


def load_charges(conn: Connection, account: str, window: Window) -> ChargeHistory:
    """What was said of the charges of the months that touch a window."""
    return ChargeHistory(_load_versions(conn, account, window), load_statements(conn, account, window))


def record_charges(
    conn: Connection,
    account: str,
    pull: PullMoment,
    asked: Window,
    answered: Window,
    covered: Mapping[date, PullMoment | None],
    charges: Iterable[AccountCharge],
) -> int:
    """Store the account charges of an answer; the number of charges it changed.

    `asked` is the window that was wanted, `answered` the answer's own. `covered` are the days that it covered, each
    with the next later pull that covered it, if one was recorded before.
    """
    stated = _by_slot(charges)
    return _record_dated(conn, account, pull, covered, stated) + _record_undated(
        conn, account, pull, asked, answered, stated
    )


def _record_dated(
    conn: Connection,
    account: str,
    pull: PullMoment,
    covered: Mapping[date, PullMoment | None],
    stated: Mapping[ChargeSlot, Mapping[str, int]],
) -> int:
    if not covered:
        return 0
    versions: dict[ChargeSlot, list[ChargeVersion]] = defaultdict(list)
    for version in _load_versions(conn, account, Window(min(covered), max(covered) + timedelta(days=1))):
        versions[version.slot].append(version)
    slots = {ChargeSlot(day.replace(day=1), day): later for day, later in covered.items()}
    return sum(
        _record_slot(conn, account, pull, slot, later, versions.get(slot, []), stated.get(slot, {}))
        for slot, later in slots.items()
        if slot in versions or slot in stated
    )


def _record_undated(
    conn: Connection,
    account: str,
    pull: PullMoment,
    asked: Window,
    answered: Window,
    stated: Mapping[ChargeSlot, Mapping[str, int]],
) -> int:
    changed = 0
    for month in months_of(asked):
        slot = ChargeSlot(month, None)
        if slot not in stated and not tells_of(answered, month):
            continue
        before = [
            one
            for one in load_statements(conn, account, Window(month, month + timedelta(days=1)))
            if one.month == month and one.pull < pull
        ]
        costs = stated.get(slot, {})
        if costs or before:
            now = Statement(pull, month, within(asked, month), costs)
            changed += len(_changes(charges_of_month(before), charges_of_month([*before, now])))
        _insert(conn, account, slot, pull, costs)
    return changed


def _is_until(pull: PullMoment, moment: datetime | None) -> bool:
    return moment is None or pull.pulled_at <= moment


def _load_versions(conn: Connection, account: str, window: Window) -> tuple[ChargeVersion, ...]:
    c, pull = tables.account_charge.c, tables.pull.c
    query = (
        select(c.month, c.day, c.product, c.pull_id, pull.pulled_at, c.cost)
        .join(tables.pull, pull.id == c.pull_id)
        .where(c.account == account, c.month >= window.first.replace(day=1), c.month < window.stop)
        .where(c.day.is_not(None))
        .order_by(pull.pulled_at, pull.id)
    )
    return tuple(
        ChargeVersion(ChargeSlot(month, day), product, PullMoment(pulled_at, number), cost)
        for month, day, product, number, pulled_at, cost in conn.execute(query)
    )


def _by_slot(charges: Iterable[AccountCharge]) -> dict[ChargeSlot, dict[str, int]]:
    slots: dict[ChargeSlot, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for charge in charges:
        slots[ChargeSlot(charge.month, charge.day)][charge.product] += charge.cost
    return slots


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
        of_slot = (c.account == account, c.month == slot.month, c.day == slot.day)
        conn.execute(delete(tables.account_charge).where(*of_slot, c.pull_id == later.number))
        _insert(conn, account, slot, later, _changes(stated, _as_of(versions, later)))
    return len(changes)


def _as_of(versions: Iterable[ChargeVersion], pull: PullMoment) -> dict[str, int]:
    """What the charges of one slot cost after a pull."""
    stated = {one.product: one.cost for one in versions if one.pull <= pull}
    return {product: cost for product, cost in stated.items() if cost is not None}


def _changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int | None]:
    return {product: after.get(product) for product in {**before, **after} if before.get(product) != after.get(product)}


def _insert(
    conn: Connection, account: str, slot: ChargeSlot, pull: PullMoment, costs: Mapping[str, int | None]
) -> None:
    if costs:
        same = {"account": account, "month": slot.month, "day": slot.day, "pull_id": pull.number}
        rows = [same | {"product": product, "cost": cost} for product, cost in costs.items()]
        conn.execute(insert(tables.account_charge), rows)
