"""Sums of the history equal the answer's own sums, to the last unit of 1e-8."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from sentinel.domain.costs import Window
from sentinel.pull import decode_answer
from sentinel.simulator.bulk import bulk_answer
from sentinel.store import Database, load_matrix, record_answer
from tests.store.answers import SETTLE_AFTER, Row, answer, at, day, window
from tests.store.recording import record

DIMENSIONS: dict[str, Callable[[Row], object]] = {
    "c.day": lambda row: row.day.toordinal(),
    "p.tenant": lambda row: row.tenant,
    "p.workspace": lambda row: row.workspace,
    "p.cluster": lambda row: row.cluster,
    "s.product": lambda row: row.product,
}
SUMS = """
    SELECT DIMENSION, sum(c.cost)
    FROM daily_cost c JOIN series s ON s.id = c.series_id JOIN place p ON p.id = s.place_id
    WHERE p.account = :account GROUP BY DIMENSION
"""
_accounts = count()

row = st.builds(
    Row,
    day=st.integers(0, 5).map(day),
    cost=st.integers(-(10**17), 10**17),
    quantity=st.floats(0, 1e9),
    cluster=st.sampled_from(["vci_a", "vci_b", "vci_c"]),
    product=st.sampled_from(["Cluster minutes", "Tier 1", "Tier 2"]),
    workspace=st.sampled_from(["wi_1", "wi_2"]),
    tenant=st.sampled_from(["ti_1", "ti_2"]),
)


@pytest.mark.parametrize("dimension", DIMENSIONS)
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(row, max_size=60))
def test_sums_by_any_dimension_are_those_of_the_answer(database: Database, dimension: str, rows: list[Row]) -> None:
    """Rows that stand more than once are in the sums, and nothing is rounded."""
    expected: Counter[object] = Counter()
    for one in rows:
        expected[DIMENSIONS[dimension](one)] += one.cost
    account = f"account-{next(_accounts)}"
    query = SUMS.replace("DIMENSION", dimension)
    with database.write() as conn:
        record_answer(conn, account, at(30), window(0, 6), answer(window(0, 6), rows), SETTLE_AFTER)
        sums = {key: int(cost) for key, cost in conn.execute(text(query), {"account": account})}
        matrix = load_matrix(conn, (account,), window(0, 6), SETTLE_AFTER)
    assert sums == dict(expected)
    of_matrix = int(np.rint(matrix.cost * 1e8).astype(np.int64).sum())
    assert of_matrix == pytest.approx(sum(expected.values()), rel=1e-12, abs=1e3)


def test_an_answer_of_the_documented_form_arrives_to_the_last_unit(database: Database) -> None:
    """From bytes to sums, with 6,300 rows."""
    first = date(2026, 3, 1)
    bulk = bulk_answer(300, 3, first, 7)
    days = Window(first, first + timedelta(days=7))
    report = record(database, at(30), days, decode_answer(bulk.body))
    with database.read() as conn:
        stored, cost = conn.execute(text("SELECT count(*), sum(cost) FROM daily_cost")).one()
    assert (report.new, stored, int(cost)) == (bulk.rows, bulk.rows, bulk.cost)
