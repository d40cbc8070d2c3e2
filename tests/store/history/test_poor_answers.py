"""Answers that have suddenly lost too much are kept aside until another one agrees."""

from __future__ import annotations

from datetime import timedelta

from sentinel.store import Database, PullReport, faults, kept_bodies, known_days, pull_health
from tests.store.answers import SETTLE_AFTER, Row, at, day, window
from tests.store.reading import costs_by_day, load
from tests.store.recording import pull

CLUSTERS = tuple(f"vci_{name}" for name in "abcd")


def rows(days: range, clusters: tuple[str, ...] = CLUSTERS) -> list[Row]:
    """One unit for each cluster and day."""
    return [Row(day(number), 1, cluster=cluster) for number in days for cluster in clusters]


def whole(database: Database, moment: float) -> PullReport:
    """Days 0 to 4 with all clusters, pulled on a day of its own."""
    return pull(database, at(10, moment), window(0, 5), rows(range(5)))


def half(database: Database, moment: float) -> PullReport:
    """The same days after half of the clusters is gone."""
    return pull(database, at(10, moment), window(0, 5), rows(range(5), CLUSTERS[:2]))


def test_an_answer_that_lost_half_of_the_clusters_changes_nothing(database: Database) -> None:
    """The history stands, the answer is kept to be looked at, and the report names the losses."""
    whole(database, 0)
    report = half(database, 6)
    assert report.kept_aside
    assert [(lost.day, lost.known, lost.kept) for lost in report.lost] == [(day(number), 4, 2) for number in range(5)]
    assert costs_by_day(load(database)) == dict.fromkeys(range(5), 4)
    with database.read() as conn:
        assert pull_health(conn, "main", at(11)).kept_aside_at == at(10, 6)
        assert [fault.message for fault in faults(conn, "main", at(0))] == [
            "charges of 2 of 4 clusters are gone (5 days, most on 2026-03-01)"
        ]
        assert [kept.body for kept in kept_bodies(conn, "main")] == [b"{}"]


def test_a_second_one_that_agrees_six_hours_later_is_believed(database: Database) -> None:
    """Then the losses are the truth, and count as restatements."""
    whole(database, 0)
    half(database, 6)
    assert half(database, 11).kept_aside
    report = half(database, 12)
    assert (report.kept_aside, report.vanished, report.rows.restated) == (False, 10, 10)
    assert costs_by_day(load(database)) == dict.fromkeys(range(5), 2)
    with database.read() as conn:
        assert pull_health(conn, "main", at(11)).kept_aside_at is None


def test_a_whole_answer_in_between_makes_the_losses_a_fault(database: Database) -> None:
    """Then the next half answer starts anew."""
    whole(database, 0)
    half(database, 6)
    whole(database, 9)
    with database.read() as conn:
        assert pull_health(conn, "main", at(11)).kept_aside_at is None
    assert half(database, 13).kept_aside
    assert costs_by_day(load(database)) == dict.fromkeys(range(5), 4)


def test_losing_less_than_half_is_believed_at_once(database: Database) -> None:
    """Clusters do get deleted, and charges taken back."""
    whole(database, 0)
    report = pull(database, at(10, 6), window(0, 5), rows(range(5), CLUSTERS[:3]))
    assert (report.kept_aside, report.vanished) == (False, 5)


def test_an_answer_that_breaks_off_in_the_middle_of_the_days_is_kept_aside(database: Database) -> None:
    """It has every cluster, but not on every day."""
    whole(database, 0)
    report = pull(database, at(10, 6), window(0, 5), rows(range(3)))
    assert [lost.day for lost in report.lost] == [day(3), day(4)]


def test_days_that_are_silent_all_of_a_sudden_are_not_taken_for_zero_at_once(database: Database) -> None:
    """The newest days of a regular account have no row although they are old enough to be settled."""
    whole(database, 0)
    silent = [pull(database, at(20, hour), window(5, 10), []) for hour in (0, 6)]
    assert [report.kept_aside for report in silent] == [True, False]
    assert silent[0].lost[0].day == day(5)
    assert costs_by_day(load(database)) == dict.fromkeys(range(5), 4) | dict.fromkeys(range(5, 10), 0)


def test_silence_that_is_confirmed_one_day_later_counts_although_one_more_day_is_silent(database: Database) -> None:
    """With one pull a day each answer covers a day more than the one before."""
    whole(database, 0)
    assert pull(database, at(12), window(5, 8), []).kept_aside
    assert not pull(database, at(13), window(5, 9), []).kept_aside


def test_an_account_that_rests_on_weekends_is_believed(database: Database) -> None:
    """A silent day is only sudden after a week without one."""
    working = [number for number in range(12) if number % 7 not in (5, 6)]
    pull(database, at(13), window(0, 12), [Row(day(number), 1) for number in working])
    report = pull(database, at(16), window(12, 14), [])
    assert (report.kept_aside, report.covered) == (False, (day(12), day(13)))


def test_the_first_pull_of_an_account_is_believed_whatever_it_says(database: Database) -> None:
    """There is nothing to compare it with."""
    assert not pull(database, at(20), window(0, 15), rows(range(5))).kept_aside
    assert not pull(database, at(20, 1), window(-20, 0), rows(range(-20, -15))).kept_aside


def test_answers_kept_aside_are_no_failures_of_the_api(database: Database) -> None:
    """It answered; the planning of pulls does not slow down."""
    whole(database, 0)
    half(database, 6)
    with database.read() as conn:
        known = known_days(conn, "main", SETTLE_AFTER, at(10, 7))
    assert (known.failures, known.last_pull) == (0, at(10) + timedelta(hours=6))
