"""Any order and overlap of pulls of one truth ends in the same history, now and as of every moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from sentinel.domain.costs import AccountCharge, Window
from sentinel.domain.matrix import CostMatrix
from sentinel.store import Database, check_database, load_matrix, record_answer
from tests.store.answers import SETTLE_AFTER, Called, Row, answer, at, day, window

DAYS = 6
STEADY = ("vci_s1", "vci_s2", "vci_s3")
"""Charged on every day of every answer: an answer that loses half of its clusters is another story."""
CHANGING = ("vci_c1", "vci_c2")
EXAMPLES = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""One database serves all examples of a test: each has accounts of its own."""
_accounts = count()


@dataclass(frozen=True, slots=True)
class PullOfTruth:
    """What the billing API said at a moment: the costs of the window's cells, names, and a credit of the month."""

    moment: datetime
    days: Window
    rows: tuple[Row, ...]
    called: Called
    credit: int | None


@st.composite
def pulls(draw: st.DrawFn) -> list[PullOfTruth]:
    """Pulls of windows that overlap, in the order of their moments; every figure may change between two of them."""
    hours = draw(st.lists(st.integers(0, 5 * 24), min_size=2, max_size=6, unique=True))
    return [_pull(draw, at(DAYS, hour)) for hour in sorted(hours)]


def _pull(draw: st.DrawFn, moment: datetime) -> PullOfTruth:
    first = draw(st.integers(0, DAYS - 1))
    stop = draw(st.integers(first + 1, DAYS))
    cost = st.integers(1, 3)
    rows = [Row(day(number), draw(cost), cluster=cluster) for number in range(first, stop) for cluster in STEADY]
    optional = [(number, cluster) for number in range(first, stop) for cluster in CHANGING]
    rows += [
        Row(day(number), draw(cost), draw(st.sampled_from([1.0, 2.5])), cluster)
        for number, cluster in draw(st.lists(st.sampled_from(optional), unique=True))
    ]
    names = st.sampled_from(["red", "green", "blue"])
    called = Called(
        clusters={cluster: draw(names) for cluster in (STEADY[0], CHANGING[0])},
        workspaces={"wi_1": draw(names)},
        regions={STEADY[0]: draw(st.sampled_from([("r1",), ("r1", "r2")]))},
    )
    credit = draw(st.none() | st.integers(-2, -1))
    return PullOfTruth(moment, window(first, stop), tuple(rows), called, credit)


def recorded(conn: Connection, history: list[PullOfTruth], *, dated: bool = True) -> str:
    """Record pulls in the given order into an account of their own; its name."""
    account = f"account-{next(_accounts)}"
    for pull in history:
        charges = [] if pull.credit is None else [_credit(pull.days, pull.credit, dated=dated)]
        given = answer(pull.days, pull.rows, pull.called, charges)
        assert not record_answer(conn, account, pull.moment, pull.days, given, SETTLE_AFTER).kept_aside
    return account


def _credit(days: Window, cost: int, *, dated: bool) -> AccountCharge:
    return AccountCharge("credit", days.first.replace(day=1), days.first if dated else None, cost)


def seen(conn: Connection, account: str, as_of: datetime | None) -> CostMatrix:
    """The history of an account, under a name that does not depend on the test."""
    matrix = load_matrix(conn, (account,), window(0, DAYS), SETTLE_AFTER, as_of)
    return replace(
        matrix,
        accounts=("a",),
        series=tuple(replace(series, account="a") for series in matrix.series),
        account_charges=tuple(replace(charge, account="a") for charge in matrix.account_charges),
    )


def assert_same(one: CostMatrix, other: CostMatrix) -> None:
    """Every part of two matrices is equal."""
    assert one.series == other.series
    assert one.account_charges == other.account_charges
    for name in ("cost", "quantity", "covered", "settled_at"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("dated", [True, False])
@EXAMPLES
@given(data=st.data())
def test_any_order_of_arrival_gives_the_same_history_as_of_every_moment(
    database: Database, dated: bool, data: st.DataObject
) -> None:
    """Costs, quantities, coverage, settlement, names, regions and credits."""
    truth = data.draw(pulls())
    shuffled = data.draw(st.permutations(truth))
    with database.write() as conn:
        in_order, any_order = recorded(conn, truth, dated=dated), recorded(conn, shuffled, dated=dated)
        for moment in (None, *(pull.moment for pull in truth)):
            assert_same(seen(conn, any_order, moment), seen(conn, in_order, moment))


@EXAMPLES
@given(truth=pulls(), data=st.data())
def test_as_of_a_moment_one_sees_what_had_been_pulled_by_then(
    database: Database, truth: list[PullOfTruth], data: st.DataObject
) -> None:
    """The history as of a moment is that of a database that never heard of a later pull."""
    with database.write() as conn:
        everything = recorded(conn, data.draw(st.permutations(truth)))
        for known in range(1, len(truth) + 1):
            only_then = recorded(conn, truth[:known])
            assert_same(seen(conn, everything, truth[known - 1].moment), seen(conn, only_then, None))


@EXAMPLES
@given(truth=pulls(), data=st.data())
def test_each_day_is_as_its_last_pull_said(database: Database, truth: list[PullOfTruth], data: st.DataObject) -> None:
    """Told by a model of a few lines."""
    expected: dict[tuple[str, int], float] = {}
    for pull in truth:
        expected = {key: cost for key, cost in expected.items() if not pull.days.first <= day(key[1]) < pull.days.stop}
        expected |= {(row.cluster, (row.day - day(0)).days): row.cost / 1e8 for row in pull.rows}
    with database.write() as conn:
        matrix = seen(conn, recorded(conn, data.draw(st.permutations(truth))), None)
    found = {
        (series.cluster, column): matrix.cost[row, column]
        for row, series in enumerate(matrix.series)
        for column in np.flatnonzero(matrix.cost[row]).tolist()
    }
    assert found == expected


@EXAMPLES
@given(truth=pulls(), data=st.data())
def test_whatever_the_order_the_database_stays_whole(
    sqlite_database: Database, truth: list[PullOfTruth], data: st.DataObject
) -> None:
    """No orphans, and the arrays say what the rows say."""
    with sqlite_database.write() as conn:
        recorded(conn, data.draw(st.permutations(truth)))
        assert check_database(conn) == ()
