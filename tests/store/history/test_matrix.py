"""The cost matrix of a window."""

from __future__ import annotations

import numpy as np

from sentinel.store import Database, load_history, load_matrix
from tests.store.answers import SETTLE_AFTER, Row, answer, at, day, window
from tests.store.reading import cells, load
from tests.store.recording import pull, record


def test_several_accounts_stand_one_below_the_other(database: Database) -> None:
    """Each series knows its account, each account its own coverage."""
    record(database, at(5), window(0, 2), answer(window(0, 2), [Row(day(0), 5), Row(day(1), 6)]), account="b")
    record(database, at(5), window(1, 3), answer(window(1, 3), [Row(day(1), 7), Row(day(2), 8)]), account="a")
    with database.read() as conn:
        matrix = load_matrix(conn, ("b", "a", "unknown"), window(0, 3), SETTLE_AFTER)
    assert [series.account for series in matrix.series] == ["b", "a"]
    assert matrix.account_of.tolist() == [0, 1]
    assert matrix.covered.tolist() == [[True, True, False], [False, True, True], [False, False, False]]
    np.testing.assert_allclose(matrix.cost * 1e8, [[5, 6, 0], [0, 7, 8]])


def test_series_are_sorted_by_their_places_and_not_by_arrival(database: Database) -> None:
    """The same history looks the same however it came together."""
    pull(database, at(5), window(0, 1), [Row(day(0), 1, cluster="vci_z"), Row(day(0), 1, cluster="vci_m", product="b")])
    pull(database, at(6), window(1, 2), [Row(day(1), 1, cluster="vci_a"), Row(day(1), 1, cluster="vci_m", product="a")])
    assert [(series.cluster, series.product) for series in load(database).series] == [
        ("vci_a", "Cluster minutes"),
        ("vci_m", "a"),
        ("vci_m", "b"),
        ("vci_z", "Cluster minutes"),
    ]


def test_a_series_without_a_row_in_the_window_is_left_out(database: Database) -> None:
    """It had charges once, before."""
    pull(database, at(9), window(0, 5), [Row(day(0), 5, cluster="vci_old"), *(Row(day(n), 1) for n in range(5))])
    assert [series.cluster for series in load(database, window(1, 5)).series] == ["vci_a"]


def test_quantities_come_back_as_they_were_given(database: Database) -> None:
    """To the last bit of the float."""
    quantity = 829.0839424058795
    pull(database, at(5), window(0, 1), [Row(day(0), 5, quantity), Row(day(0), 5, 0.1 + 0.2, cluster="vci_b")])
    assert load(database, window(0, 1)).quantity.tolist() == [[quantity], [0.1 + 0.2]]


def test_one_loaded_history_tells_every_moment(database: Database) -> None:
    """A backtest reads the database once."""
    for moment, cost in ((at(2), 1), (at(5), 2), (at(7), 3)):
        pull(database, moment, window(0, 1), [Row(day(0), cost), Row(day(0), 1, cluster="vci_b")])
    with database.read() as conn:
        history = load_history(conn, ("main",), window(0, 2))
    for as_of in (at(1), at(2), at(4), at(5), at(6), at(7), None):
        one, other = history.matrix(SETTLE_AFTER, as_of), load(database, window(0, 2), as_of)
        assert cells(one) == cells(other)
        np.testing.assert_array_equal(one.settled_at, other.settled_at)


def test_an_empty_database_has_a_matrix_without_series(database: Database) -> None:
    """All days are unknown."""
    matrix = load(database)
    assert matrix.cost.shape == (0, 31)
    assert not matrix.covered.any()
    assert not matrix.settled.any()
