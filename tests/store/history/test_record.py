"""An answer becomes history: exactly, once, and all or nothing."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from sentinel.domain.costs import DailyCharges, Window
from sentinel.errors import BadAnswer
from sentinel.store import Database, record_answer
from tests.store.answers import Part, PlainAnswer, Row, answer, at, day, window
from tests.store.reading import cells, costs_by_day, load, settled_days
from tests.store.recording import pull, record

LATE = at(30)
"""Long after every day of these tests has settled."""


def test_a_second_pull_of_the_same_rows_changes_nothing_and_says_so(database: Database) -> None:
    """What is known is counted, not written."""
    rows = [Row(day(0), 500), Row(day(1), 700), Row(day(1), 30, cluster="vci_b")]
    first = pull(database, LATE, window(0, 2), rows)
    second = pull(database, LATE + timedelta(hours=1), window(0, 2), rows)
    assert (first.new, first.unchanged, first.changes_nothing) == (3, 0, False)
    assert (second.new, second.unchanged, second.changes_nothing) == (0, 3, True)
    assert costs_by_day(load(database)) == {0: 500, 1: 730}


def test_rows_of_one_series_and_day_are_added_up_also_when_a_cluster_stands_twice(database: Database) -> None:
    """A product may stand twice with two unit prices, and a cluster twice with a part of its charges each."""
    on = day(0).toordinal()
    twice = [
        Part("t", "w", "w", "c", "c", (), [("p", on, 100, 1.5), ("p", on, 20, 2)]),
        Part("t", "w", "w", "d", "d", (), [("p", on, 7, 1)]),
        Part("t", "w", "w", "c", "c", (), [("p", on, 3, 0.25), ("q", on, 1, 1)]),
    ]
    report = record(database, LATE, window(0, 1), PlainAnswer(window(0, 1), tuple(twice)))
    matrix = load(database)
    assert report.new == 3
    assert cells(matrix) == {("c", "p", day(0)): 123, ("c", "q", day(0)): 1, ("d", "p", day(0)): 7}
    assert matrix.quantity.sum() == pytest.approx(1.5 + 2 + 0.25 + 1 + 1)


def test_the_same_cluster_id_in_two_tenants_is_two_series(database: Database) -> None:
    """An id is only unique within its tenant."""
    pull(database, LATE, window(0, 1), [Row(day(0), 5, tenant="ti_1"), Row(day(0), 8, tenant="ti_2")])
    matrix = load(database)
    assert [series.tenant for series in matrix.series] == ["ti_1", "ti_2"]
    np.testing.assert_allclose(matrix.cost[:, 0] * 1e8, [5, 8])


def test_a_row_that_vanishes_from_a_covered_day_is_zero_afterwards(database: Database) -> None:
    """And the report counts it."""
    others = [Row(day(0), 1, cluster=f"vci_{name}") for name in "bcd"]
    pull(database, at(3), window(0, 1), [Row(day(0), 500), *others])
    report = pull(database, at(4), window(0, 1), others)
    assert (report.vanished, report.rows.restated, report.kept_aside) == (1, 1, False)
    assert costs_by_day(load(database)) == {0: 3}
    assert ("vci_a", "Cluster minutes", day(0)) in cells(load(database, as_of=at(3, 12)))


def test_growth_and_restatement_are_told_apart_by_whether_the_day_was_settled(database: Database) -> None:
    """The same change is growth until 36 hours after the day's end, and a restatement afterwards."""
    pull(database, at(1, 1), window(0, 1), [Row(day(0), 100)])
    grown = pull(database, at(2, 13), window(0, 1), [Row(day(0), 200)])
    restated = pull(database, at(2, 14), window(0, 1), [Row(day(0), 300)])
    assert (grown.rows.grown, grown.rows.restated) == (1, 0)
    assert (restated.rows.grown, restated.rows.restated) == (0, 1)


def test_a_day_is_settled_by_the_first_pull_that_is_late_enough(database: Database) -> None:
    """A day pulled early is covered; it settles when it is pulled again 36 hours after its end."""
    pull(database, at(1, 1), window(0, 1), [Row(day(0), 100)])
    assert (list(costs_by_day(load(database))), settled_days(load(database))) == ([0], [])
    pull(database, at(2, 12), window(0, 1), [Row(day(0), 100)])
    assert settled_days(load(database)) == [0]
    assert settled_days(load(database, as_of=at(2, 11))) == []


def test_a_later_moment_wins_in_whatever_order_the_answers_arrive(database: Database) -> None:
    """An older answer that is imported late only fills what was known at its time."""
    pull(database, at(9), window(0, 1), [Row(day(0), 900)])
    late = pull(database, at(5), window(0, 1), [Row(day(0), 500)])
    assert late.newly_covered == ()
    assert costs_by_day(load(database)) == {0: 900}
    assert costs_by_day(load(database, as_of=at(6))) == {0: 500}
    assert costs_by_day(load(database, as_of=at(4))) == {}


def test_rows_on_days_that_the_answer_does_not_cover_are_left_aside(database: Database) -> None:
    """A row of a day that was not asked for may be only a part of that day."""
    report = record(database, LATE, window(0, 1), answer(window(0, 3), [Row(day(0), 5), Row(day(2), 7)]))
    assert [covered.day for covered in report.covered] == [1]
    assert cells(load(database)) == {("vci_a", "Cluster minutes", day(0)): 5}


def test_an_account_without_clusters_is_covered_and_costs_nothing(database: Database) -> None:
    """Zero is known, not missing."""
    report = pull(database, LATE, window(0, 2), [])
    matrix = load(database)
    assert report.covered == (day(0), day(1))
    assert (matrix.series, costs_by_day(matrix)) == ((), {0: 0, 1: 0})


def test_a_bad_place_in_an_answer_stores_nothing_of_it(database: Database) -> None:
    """Whatever stood before the fault."""

    class Broken(PlainAnswer):
        def daily_charges(self) -> DailyCharges:
            raise BadAnswer("tenants[0]", "expected number")

    good = answer(window(0, 1), [Row(day(0), 5)])
    with pytest.raises(BadAnswer), database.write() as conn:
        record_answer(conn, "main", LATE, good.window, Broken(good.window, good.parts), timedelta(hours=36))
    matrix = load(database)
    assert matrix.series == ()
    assert not matrix.covered.any()


def test_two_accounts_do_not_see_each_other(database: Database) -> None:
    """The same ids in two accounts are two histories."""
    rows = answer(window(0, 1), [Row(day(0), 5)])
    record(database, LATE, window(0, 1), rows, account="other")
    assert load(database).series == ()
    record(database, LATE, window(0, 1), answer(window(0, 1), [Row(day(0), 9)]))
    assert cells(load(database)) == {("vci_a", "Cluster minutes", day(0)): 9}


def test_money_is_exact_to_the_last_unit(database: Database) -> None:
    """Ninety billion dollars and one unit of 1e-8 are not the same as ninety billion dollars."""
    most = 9_000_000_000_000_000_000
    pull(database, LATE, window(0, 1), [Row(day(0), most + 1), Row(day(0), -1, cluster="vci_b")])
    with database.read() as conn:
        stored = conn.exec_driver_sql("SELECT cost FROM daily_cost ORDER BY cost").scalars().all()
    assert stored == [-1, most + 1]


def test_people_can_read_the_history_by_name(database: Database) -> None:
    """The view shows dates, the last names and currency."""
    pull(database, LATE, window(0, 1), [Row(day(0), 150_000_000, quantity=2.5)])
    with database.read() as conn:
        row = conn.exec_driver_sql("SELECT * FROM daily_cost_named").one()
    assert [str(value) for value in row[:6]] == ["2026-03-01", "main", "ti_1", "wi_1", "vci_a", "Cluster minutes"]
    assert (float(row[6]), row[7]) == (1.5, 2.5)


def test_a_window_beyond_what_was_pulled_is_not_covered(database: Database) -> None:
    """Missing is unknown, not zero."""
    pull(database, LATE, window(2, 4), [Row(day(2), 5), Row(day(3), 5)])
    matrix = load(database, Window(day(0), day(6)))
    assert matrix.covered.tolist() == [[False, False, True, True, False, False]]
