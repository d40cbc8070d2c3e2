"""Renamed clusters and workspaces keep their series and their old names."""

from __future__ import annotations

from sentinel.store import Database
from tests.store.answers import Called, Row, at, day, window
from tests.store.reading import load
from tests.store.recording import pull

ROWS = [Row(day(0), 1)]


def called(cluster: str, workspace: str = "production", regions: tuple[str, ...] = ("us-east-1",)) -> Called:
    """Names of the one cluster and workspace."""
    return Called({"vci_a": cluster}, {"wi_1": workspace}, {"vci_a": regions})


def test_a_renamed_cluster_is_one_series_with_both_names_the_last_one_first(database: Database) -> None:
    """And its cost is not counted twice."""
    pull(database, at(5), window(0, 1), ROWS, called("orders"))
    report = pull(database, at(6), window(0, 1), ROWS, called("orders-prod"))
    series = load(database).series
    assert report.renamed == 1
    assert [one.cluster_names for one in series] == [("orders-prod", "orders")]
    assert [one.cluster_names for one in load(database, as_of=at(5)).series] == [("orders",)]


def test_a_name_that_comes_back_is_the_last_one_again(database: Database) -> None:
    """Each name is listed once."""
    for number, name in enumerate(("a", "b", "a")):
        pull(database, at(5 + number), window(0, 1), ROWS, called(name))
    assert load(database).series[0].cluster_names == ("a", "b")


def test_a_renamed_workspace_also_renames_the_clusters_that_are_gone(database: Database) -> None:
    """The charges of last month belong to the same workspace, under its new name."""
    pull(database, at(5), window(0, 1), [Row(day(0), 1, cluster="vci_old")], called("a", "production"))
    pull(database, at(6), window(1, 2), [Row(day(1), 1)], called("a", "prod"))
    assert {one.cluster: one.workspace_names for one in load(database).series} == {
        "vci_a": ("prod", "production"),
        "vci_old": ("prod", "production"),
    }


def test_a_new_name_also_names_the_products_that_have_no_charge_any_more(database: Database) -> None:
    """Names belong to the cluster, not to its products."""
    pull(database, at(5), window(0, 1), [Row(day(0), 1, product="Tier 1")], called("a"))
    pull(database, at(6), window(1, 2), [Row(day(1), 1, product="Tier 2")], called("b"))
    assert {one.product: one.cluster_name for one in load(database).series} == {"Tier 1": "b", "Tier 2": "b"}


def test_regions_are_a_sorted_set_and_the_last_ones_count(database: Database) -> None:
    """A cluster may move, or be in several regions."""
    pull(database, at(5), window(0, 1), ROWS, called("a", regions=("us-west-2", "us-east-1", "us-west-2")))
    assert load(database).series[0].regions == ("us-east-1", "us-west-2")
    pull(database, at(6), window(0, 1), ROWS, called("a", regions=("eu-west-1",)))
    assert load(database).series[0].regions == ("eu-west-1",)
    assert load(database, as_of=at(5)).series[0].regions == ("us-east-1", "us-west-2")


def test_an_old_answer_read_late_does_not_bring_an_old_name_back(database: Database) -> None:
    """The name of the latest moment is shown, in whatever order the answers are read."""
    pull(database, at(5), window(0, 1), ROWS, called("orders"))
    pull(database, at(9), window(0, 1), ROWS, called("orders"))
    pull(database, at(7), window(0, 1), ROWS, called("interim"))
    assert load(database).series[0].cluster_names == ("orders", "interim")


def test_a_cluster_that_moves_to_another_workspace_is_another_series(database: Database) -> None:
    """Its costs belong to another place from then on."""
    moved = [Row(day(0), 1), Row(day(1), 1, workspace="wi_2")]
    pull(database, at(5), window(0, 2), moved)
    assert [one.workspace for one in load(database).series] == ["wi_1", "wi_2"]
