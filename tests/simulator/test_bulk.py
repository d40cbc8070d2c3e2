from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sentinel.simulator import World, answer, bulk_answer


def daily_rows(document: Any) -> dict[tuple[str, str, str], Decimal]:
    """Return the total of each (cluster, product, day)."""
    return {
        (cluster["virtual_cluster_id"], charge["product"], row["date_from"]): Decimal(row["total"])
        for tenant in document["tenants"]
        for workspace in tenant["workspaces"]
        for cluster in workspace["clusters"]
        for charge in cluster["charges"]
        for row in charge["breakdowns"]
    }


def keys(document: Any) -> Any:
    """Return the shape of a document: keys and kinds, of a list the first element."""
    if isinstance(document, dict):
        return {key: keys(part) for key, part in document.items()}
    if isinstance(document, list):
        return [keys(part) for part in document[:1]]
    return "number" if isinstance(document, int | float) else type(document).__name__


def test_rows_and_cost_are_what_is_in_the_body() -> None:
    """The counts beside the body are its own: every cluster, product and day once, and the exact sum."""
    bulk = bulk_answer(1_200, 5, date(2026, 1, 29), 7)
    rows = daily_rows(json.loads(bulk.body, parse_float=Decimal))
    assert len(rows) == bulk.rows == 1_200 * 5 * 7
    assert len({key[0] for key in rows}) == 1_200
    assert sum(rows.values()) * 10**8 == bulk.cost
    assert min(key[2] for key in rows) == "2026-01-29"
    assert max(key[2] for key in rows) == "2026-02-04"


def test_form_is_that_of_an_ordinary_answer(world: World) -> None:
    """A bulk answer has the keys and kinds of values of a world's answer."""
    ordinary = answer(world, date(2026, 2, 1), date(2026, 2, 8), world.now)
    shape = keys(ordinary) | {"account_charges": []}
    assert keys(json.loads(bulk_answer(3, 2, date(2026, 2, 1), 7).body)) == shape


def test_a_day_has_the_same_figures_in_every_window() -> None:
    """Windows that overlap agree, so that a history can be grown day by day."""
    long = daily_rows(json.loads(bulk_answer(20, 7, date(2026, 1, 1), 10).body))
    day = daily_rows(json.loads(bulk_answer(20, 7, date(2026, 1, 6), 1).body))
    assert day
    assert day.items() <= long.items()


def test_seeds_differ_and_repeat() -> None:
    """The same arguments give the same bytes, another seed others."""
    first = date(2026, 1, 1)
    assert bulk_answer(5, 5, first, 3) == bulk_answer(5, 5, first, 3)
    assert bulk_answer(5, 5, first, 3).body != bulk_answer(5, 5, first, 3, seed=2).body


def test_the_window_is_half_open() -> None:
    """`date_to` is the day after the last row."""
    document = json.loads(bulk_answer(1, 1, date(2026, 2, 27), 3).body)
    assert document["date_to"] == str(date(2026, 2, 27) + timedelta(days=3))


@pytest.mark.parametrize("counts", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_an_answer_of_nothing_is_refused(counts: tuple[int, int, int]) -> None:
    """A count below 1 is an error that names all three."""
    clusters, products, days = counts
    with pytest.raises(ValueError, match="1 or more"):
        bulk_answer(clusters, products, date(2026, 1, 1), days)
