from __future__ import annotations

import json

import pytest

from sentinel.charts import spend
from sentinel.domain.pictures import SpendDay
from tests.charts.kept import KEPT, specifications
from tests.charts.stories import charts, spike

SPECIFICATIONS = dict(specifications())


@pytest.mark.parametrize("file", sorted(SPECIFICATIONS))
def test_each_chart_is_specified_as_it_is_kept(file: str) -> None:
    """Every specification, and the sentence that stands for it, is as in tests/fixtures/charts."""
    assert SPECIFICATIONS[file] == (KEPT / file).read_text(encoding="utf-8")


def test_nothing_else_is_kept() -> None:
    """A specification that no chart has any more is not left lying about."""
    assert {path.name for path in KEPT.iterdir()} == set(SPECIFICATIONS)


@pytest.mark.parametrize("name", sorted(charts()))
def test_a_specification_carries_all_that_it_draws(name: str) -> None:
    """Nothing is loaded: each layer draws named data that the specification has, or data of its own."""
    chart = json.loads(charts()[name].specification)
    for layer in chart["layer"]:
        data = layer["data"]
        assert data.get("name") in chart["datasets"] or "values" in data
    assert "url" not in json.dumps(chart)


def test_an_unknown_day_has_no_bar() -> None:
    """It is no day of cost zero, and the legend explains it."""
    course = spike()
    unknown = {str(one.day) for one in course.days if one.cost is None}
    data = json.loads(spend(course).specification)["datasets"]
    assert len(unknown) == 2
    assert {record["day"] for record in data["unknown"]} == unknown
    assert unknown.isdisjoint(record["day"] for record in data["days"])


def test_only_what_is_there_is_explained() -> None:
    """A course without muted, unknown or unusual days has a legend of three entries."""
    plain = tuple(SpendDay(one.day, 100.0, 100.0, 80.0, 120.0) for one in spike().days)
    course = spike().__class__("rule", spike().kind, spike().scope, "USD", plain)
    assert '"domain":["cost","expected range","expected"]' in spend(course).specification


def test_labels_of_marked_days_do_not_run_into_one_another() -> None:
    """The newest marked day is always named, others only a week apart from named ones."""
    days = tuple(SpendDay(one.day, 500.0, 100.0, 80.0, 120.0, fires=True) for one in spike().days)
    course = spike().__class__("rule", spike().kind, spike().scope, "USD", days)
    named = sorted(record["day"] for record in json.loads(spend(course).specification)["datasets"]["labels"])
    assert named[-1] == str(days[-1].day)
    assert 1 < len(named) <= 4
