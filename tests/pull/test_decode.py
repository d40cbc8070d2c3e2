from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinel.domain.costs import Answer, ClusterCharges, Window
from sentinel.errors import BadAnswer
from sentinel.pull import decode_answer
from tests.pull.answers import DOCUMENTED, ReadCluster, documented, one_cluster, read_clusters

JAN_1 = date(2026, 1, 1).toordinal()
JAN_2 = date(2026, 1, 2).toordinal()
CLUSTER = ("tenants", 0, "workspaces", 0, "clusters", 1)
ROW = (*CLUSTER, "charges", 1, "breakdowns", 1)
ROW_PATH = "tenants[0].workspaces[0].clusters[1].charges[1].breakdowns[1]"

Step = str | int


def test_the_documented_answer_has_two_clusters_and_six_exact_daily_rows() -> None:
    """Costs are whole 1e-8 units, days ordinals, quantities floats, in the order of the answer."""
    answer: Answer = decode_answer(DOCUMENTED)
    mumbai, virginia = read_clusters(answer)
    assert answer.window == Window(date(2026, 1, 1), date(2026, 1, 3))
    assert answer.account_charges == ()
    assert mumbai.named == ClusterCharges(
        tenant="ti_4f1c",
        workspace="wi_9a20",
        workspace_name="production",
        cluster="vci_mumbai_71d3",
        cluster_name="vcn_orders_mumbai",
        regions=("ap-south-1",),
        products=("Cluster minutes",),
        lengths=(2,),
    )
    assert mumbai.rows == [
        ("Cluster minutes", JAN_1, 131526, 0.03288155235350132),
        ("Cluster minutes", JAN_2, 128855, 0.03221375308930874),
    ]
    assert virginia.rows == [
        ("Cluster minutes", JAN_1, 333331000, 1440.0),
        ("Cluster minutes", JAN_2, 333331000, 1440.0),
        ("Uncompressed GiB written - Tier 1", JAN_1, 1658168000, 829.0839424058795),
        ("Uncompressed GiB written - Tier 1", JAN_2, 1651346000, 825.6732089938596),
    ]


def test_charges_can_be_asked_for_again() -> None:
    """Each call starts anew, also from a bytearray."""
    answer = decode_answer(bytearray(DOCUMENTED))
    assert read_clusters(answer) == read_clusters(answer)


def test_unknown_keys_are_ignored_on_every_level() -> None:
    """The API may grow."""
    grown = DOCUMENTED.replace(b"{", b'{"new": [{"total": "x"}], ')
    assert read_clusters(decode_answer(grown)) == read_clusters(decode_answer(DOCUMENTED))


def test_names_and_regions_may_be_missing() -> None:
    """What only people need falls back to the ids."""
    document = documented()
    del at(document, ("tenants", 0, "workspaces", 0))["workspace_name"]
    del at(document, CLUSTER)["cluster_name"]
    at(document, CLUSTER)["cluster_regions"] = None
    cluster = clusters_of(document)[1].named
    assert (cluster.workspace_name, cluster.cluster_name, cluster.regions) == ("wi_9a20", "vci_virginia_b85e", ())


@pytest.mark.parametrize(
    "path", [("tenants",), ("tenants", 0, "workspaces"), ("tenants", 0, "workspaces", 0, "clusters")]
)
def test_a_null_list_is_an_empty_one(path: tuple[Step, ...]) -> None:
    """Some servers write an empty list as null."""
    document = documented()
    at(document, path[:-1])[path[-1]] = None
    document["account_charges"] = None
    assert clusters_of(document) == []


def test_a_cluster_without_charges_is_told() -> None:
    """It exists, and costs nothing."""
    document = documented()
    at(document, CLUSTER)["charges"] = []
    assert [len(cluster.rows) for cluster in clusters_of(document)] == [2, 0]


def test_a_cluster_may_stand_in_parts() -> None:
    """Both parts are given, to be added up."""
    document = documented()
    clusters = at(document, CLUSTER[:-1])
    clusters.append(clusters[1] | {"charges": clusters[1]["charges"][:1]})
    clusters[1]["charges"] = clusters[1]["charges"][1:]
    charges = [len(cluster.rows) for cluster in clusters_of(document)]
    assert charges == [2, 2, 2]


def test_a_cluster_that_stands_twice_with_the_same_charges_is_refused() -> None:
    """Added up, its costs would double."""
    document = documented()
    clusters = at(document, CLUSTER[:-1])
    clusters.append(clusters[0] | {"cluster_name": "renamed"})
    assert error_of(document) == (
        "tenants[0].workspaces[0].clusters[2]: "
        "repeats all the charges of tenants[0].workspaces[0].clusters[0], the same cluster"
    )


def test_the_same_cluster_in_two_tenants_is_two_series() -> None:
    """An id is only known within its tenant and workspace."""
    document = documented()
    document["tenants"].append(document["tenants"][0] | {"tenant_id": "other"})
    assert [cluster.named.tenant for cluster in clusters_of(document)] == ["ti_4f1c", "ti_4f1c", "other", "other"]


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("total", "n/a", 'total: expected number, got "n/a"'),
        ("total", None, "total: expected number, got null"),
        ("total", True, "total: expected number, got true"),
        ("total", "16.5", 'total: expected number, got "16.5"'),
        ("total", 2e9, "total: expected a total within 1,000,000,000 currency units, got 2000000000.0"),
        ("quantity", [], "quantity: expected number, got []"),
        ("date_from", 20260102, "date_from: expected text, got 20260102"),
        ("date_from", "2026-1-2", 'date_from: expected a day as YYYY-MM-DD, got "2026-1-2"'),
        ("date_from", "2026-02-30", 'date_from: expected a day of the calendar, got "2026-02-30"'),
        ("date_from", "2026-01-02T00:00:00Z", 'date_from: expected a day as YYYY-MM-DD, got "2026-01-02T00:00:00Z"'),
        ("date_from", "2025-12-31", "date_from: expected a day of the answer's own 2026-01-01 to 2026-01-03"),
        ("date_from", "2026-01-04", "date_from: expected a day of the answer's own 2026-01-01 to 2026-01-03"),
        ("date_to", "2026-01-05", "date_to: expected 2026-01-03, the day after date_from, got 2026-01-05"),
        ("date_to", "2026-01-02", "date_to: expected a day after 2026-01-02 (date_from), got 2026-01-02"),
    ],
)
def test_a_wrong_row_is_named_by_its_path(key: str, value: object, problem: str) -> None:
    """The message says where, what was expected and what came."""
    document = documented()
    at(document, ROW)[key] = value
    assert error_of(document).startswith(f"{ROW_PATH}.{problem}")


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_number_without_bounds_is_refused(number: str) -> None:
    """No bill means infinity."""
    path = "tenants[0].workspaces[0].clusters[0].charges[0].breakdowns[0].total"
    with pytest.raises(BadAnswer, match="expected number, got") as caught:
        decode_answer(one_cluster([number])).daily_charges()
    assert caught.value.path == path


def test_nan_is_no_json() -> None:
    """A body with NaN is refused as a whole."""
    with pytest.raises(BadAnswer, match="cannot be read as JSON"):
        decode_answer(one_cluster(["NaN"]))


@pytest.mark.parametrize(
    ("date_from", "date_to"), [("2025-12-31", "2026-01-01"), ("2026-01-04", "2026-01-05"), ("?", "?")]
)
def test_a_daily_row_of_another_time_is_refused(date_from: str, date_to: str) -> None:
    """It would be stored for a day that the answer does not speak of."""
    document = documented()
    at(document, ROW).update(date_from=date_from, date_to=date_to)
    assert error_of(document).startswith(f"{ROW_PATH}.date_from: expected a day")


def test_every_needed_key_is_missed_by_its_path() -> None:
    """Whatever is needed and left out is named, wherever it stands."""
    for path in needed_places():
        document = documented()
        del at(document, path[:-1])[path[-1]]
        assert error_of(document) == f"{text_of(path)}: is missing"


def test_every_mistyped_value_is_named_by_its_path() -> None:
    """An object where none belongs is found, wherever it stands."""
    for path in needed_places():
        document = documented()
        at(document, path[:-1])[path[-1]] = {"oops": 1}
        assert error_of(document).startswith(f"{text_of(path)}: expected ")
        assert error_of(document).endswith('got {"oops": 1}')


def test_every_cut_of_an_answer_is_refused() -> None:
    """An answer that breaks off is never taken for a short one."""
    whole = DOCUMENTED.rstrip()
    for length in range(len(whole)):
        with pytest.raises(BadAnswer):
            decode_answer(whole[:length])


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "the answer is empty"),
        (b"  \n", "the answer is empty"),
        (b"<!DOCTYPE html><title>Sign in</title>", "the answer is a web page, not JSON: <!DOCTYPE html><title>Sign in"),
        (DOCUMENTED[:500], "the answer breaks off after 500 bytes"),
        (b"upstream error", "the answer cannot be read as JSON"),
        (b"[" * 100_000, "expected an object, got ["),
        (b'{"date_from": ' + b"[" * 100_000, "expected an object, got {"),
        (b'{"error": "no invoice"}', "date_from: is missing"),
        (b"[]", "expected an object, got []"),
        (DOCUMENTED.replace(b"ti_4f1c", b"\xff"), "tenants[0].tenant_id: expected a text that is not empty"),
        (DOCUMENTED.replace(b"vci_mumbai_71d3", b"\xff"), "tenants[0].workspaces[0].clusters[0].virtual_cluster_id"),
        (DOCUMENTED.replace(b"vci_mumbai_71d3", b""), "tenants[0].workspaces[0].clusters[0].virtual_cluster_id"),
    ],
)
def test_a_body_that_is_no_answer_is_kept_and_explained(body: bytes, problem: str) -> None:
    """The error tells what came instead and keeps the body for a look at it."""
    with pytest.raises(BadAnswer) as caught:
        decode_answer(body).daily_charges()
    assert problem in str(caught.value)
    assert caught.value.body == body


@pytest.mark.parametrize(
    ("dates", "problem"),
    [
        ({"date_to": "2025-12-31"}, "date_to: expected a day from 2026-01-01 (date_from) on, got 2025-12-31"),
        ({"date_from": "0001-01-01"}, "date_to: expected at most 3660 days after 0001-01-01, got 2026-01-03"),
        ({"date_from": "yesterday"}, 'date_from: expected a day as YYYY-MM-DD, got "yesterday"'),
    ],
)
def test_an_answer_must_have_a_sensible_window(dates: dict[str, str], problem: str) -> None:
    """Coverage rests on it."""
    assert error_of(documented() | dates) == problem


def test_a_row_on_date_to_is_read() -> None:
    """A server may repeat an inclusive date_end as date_to."""
    assert len(clusters_of(documented() | {"date_to": "2026-01-02"})) == 2


amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-999_999_999, max_value=999_999_999)


@given(st.lists(amounts | st.decimals(min_value=-40_000_000, max_value=40_000_000, places=8), min_size=1, max_size=30))
def test_totals_are_the_units_nearest_to_the_digits_sent(totals: list[Decimal]) -> None:
    """However many digits and however large: the sum is exact to the last unit."""
    answer = decode_answer(one_cluster([str(total) for total in totals]))
    assert answer.daily_charges().cost.tolist() == [units(total) for total in totals]


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30))
def test_totals_written_as_floats_are_exact(totals: list[float]) -> None:
    """A server that prints the shortest text of a float64 is read to the last digit of that text."""
    answer = decode_answer(one_cluster([repr(total) for total in totals]))
    assert answer.daily_charges().cost.tolist() == [units(Decimal(repr(total))) for total in totals]


def test_one_total_beyond_float64_leaves_the_others_as_they_are() -> None:
    """Only its own cluster is read digit by digit, and the right rows are put right."""
    document = documented()
    clusters = at(document, CLUSTER[:-1])
    clusters.insert(1, json.loads(json.dumps(clusters[0] | {"virtual_cluster_id": "vci_third"})))
    before = [cluster.rows for cluster in clusters_of(document)]
    start, total, rest = json.dumps(document).rpartition("0.00128855")
    assert total
    after = [cluster.rows for cluster in read_clusters(decode_answer(f"{start}67108864.00000003{rest}".encode()))]
    product, on, _, quantity = before[1][1]
    assert after == [before[0], [before[1][0], (product, on, 6710886400000003, quantity)], before[2]]


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        ("33554432.00000001", 3355443200000001),
        ("67108864.00000003", 6710886400000003),
        ("-89999999.99999999", -8999999999999999),
        ("0.000000005", 0),
        ("0.0000000050000000000000000001", 1),
        ("1.000000015", 100000002),
        ("-0.00", 0),
        ("1E+3", 100000000000),
    ],
)
def test_totals_at_the_edges_of_float64(total: str, expected: int) -> None:
    """Where float64 cannot tell, the digits do; a tie goes to the even unit."""
    assert decode_answer(one_cluster([total])).daily_charges().cost.tolist() == [expected]


def units(total: Decimal) -> int:
    """The nearest whole number of 1e-8 units by exact arithmetic, ties to even."""
    return int(total.quantize(Decimal("1e-8"), ROUND_HALF_EVEN).scaleb(8))


def at(document: Any, path: tuple[Step, ...]) -> Any:
    """What stands at a path."""
    for step in path:
        document = document[step]
    return document


def text_of(path: tuple[Step, ...]) -> str:
    """A path as messages write it."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def needed_places() -> Iterator[tuple[Step, ...]]:
    """The paths of all keys in the documented answer that an answer must have."""
    optional = {"workspace_name", "cluster_name", "cluster_regions", "unit_price"}
    places: list[tuple[tuple[Step, ...], Any]] = [((), documented())]
    while places:
        path, value = places.pop()
        if isinstance(value, dict):
            places.extend(((*path, key), item) for key, item in value.items() if key not in optional)
        elif isinstance(value, list):
            places.extend(((*path, index), item) for index, item in enumerate(value))
        if path and isinstance(path[-1], str):
            yield path


def clusters_of(document: dict[str, Any]) -> list[ReadCluster]:
    """All clusters of an answer."""
    return read_clusters(decode_answer(json.dumps(document).encode()))


def error_of(document: dict[str, Any]) -> str:
    """The message that an answer is refused with."""
    with pytest.raises(BadAnswer) as caught:
        clusters_of(document)
    return str(caught.value)
