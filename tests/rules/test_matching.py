"""Which series a rule looks at."""

from __future__ import annotations

from fnmatch import fnmatchcase

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from sentinel.domain.matrix import Series
from sentinel.domain.scopes import product_family
from sentinel.rules.matching import select
from sentinel.rules.model import Spike, Where
from tests.rules.loading import rules_of


def series(
    cluster: str = "vci_1",
    *,
    product: str = "Storage",
    account: str = "main",
    names: tuple[str, ...] = ("orders",),
    regions: tuple[str, ...] = ("us-east-1",),
) -> Series:
    """A series in workspace wi_1 of tenant ti_1."""
    return Series(account, "ti_1", "wi_1", cluster, product, ("production", "prod-old"), names, regions)


HISTORY = (
    series("vci_1", names=("orders", "orders-old"), product="Uncompressed GiB written - Tier 1"),
    series("vci_1", names=("orders", "orders-old"), product="Uncompressed GiB written - Tier 2"),
    series("vci_2", names=("load-test-7",), regions=("eu-west-1", "us-east-1")),
    series("vci_3", names=("payments",), account="second", regions=()),
)


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        ("{}", [0, 1, 2, 3]),
        ("{cluster: vci_1}", [0, 1]),
        ("{cluster: orders}", [0, 1]),
        ("{cluster: orders-old}", [0, 1]),
        ("{cluster: Orders}", []),
        ("{cluster: load-*}", [2]),
        ("{cluster: [payments, load-*]}", [2, 3]),
        ("{cluster: 'vci_[23]'}", [2, 3]),
        ("{workspace: prod-old}", [0, 1, 2, 3]),
        ("{tenant: ti_1, account: second}", [3]),
        ("{region: us-east-1}", [0, 1, 2]),
        ("{region: eu-*}", [2]),
        ("{region: '*'}", [0, 1, 2]),
        ("{product: Uncompressed GiB written - Tier 2}", [1]),
        ("{product_family: Uncompressed GiB written}", [0, 1]),
        ("{cluster: orders, region: eu-west-1}", []),
    ],
)
def test_where_matches_ids_names_globs_and_lists(where: str, rows: list[int]) -> None:
    """Every named dimension must match; a cluster matches by its id and every name it bore, a region by any."""
    rule = rules_of(
        f"accounts: [{{name: main, api_key: k}}, {{name: second, api_key: k}}]\nspikes: [{{name: a, where: {where}}}]"
    )
    assert np.flatnonzero(select(rule.spikes[0], HISTORY).mask).tolist() == rows


def test_except_takes_out_only_what_it_matches_wholly() -> None:
    """Two dimensions in `except` leave in what matches just one of them."""
    rule = rules_of("spikes: [{name: a, where: {cluster: [orders, load-*]}, except: {cluster: orders, product: '*1'}}]")
    assert select(rule.spikes[0], HISTORY).mask.tolist() == [False, True, True, False]


def test_a_mute_selects_like_a_rule() -> None:
    """Mutes have the same `where`."""
    mute = rules_of("mutes: [{where: {cluster: load-*}, from: 2026-03-01, to: 2026-03-03}]").mutes[0]
    assert select(mute, HISTORY).mask.tolist() == [False, False, True, False]


def test_a_value_that_nothing_bears_is_told_with_the_nearest_spelling() -> None:
    """Misspelt names are found in any dimension; a glob that matches nothing has no nearest spelling."""
    rule = rules_of(
        "spikes: [{name: a, where: {cluster: [Ordres, orders], workspace: stage-*}, except: {region: us-eats-1}}]"
    )
    assert [str(value) for value in select(rule.spikes[0], HISTORY).unknown] == [
        "nothing in the history bears the workspace stage-*",
        "nothing in the history bears the cluster Ordres; did you mean orders?",
        "nothing in the history bears the region us-eats-1; did you mean us-east-1?",
    ]


def test_nothing_is_unknown_before_there_is_a_history() -> None:
    """An empty database warns of nothing."""
    selection = select(Spike(name="a", where=Where(cluster=("x",))), ())
    assert selection.mask.shape == (0,)
    assert selection.unknown == ()


_TEXTS = st.sampled_from(["a", "b", "ab", "ba", "abc"])
_PATTERNS = st.lists(st.sampled_from(["a", "b", "ab", "a*", "*b", "?", "[ab]", "z"]), max_size=3).map(tuple)
_SERIES = st.builds(
    Series,
    account=_TEXTS,
    tenant=_TEXTS,
    workspace=_TEXTS,
    cluster=_TEXTS,
    product=_TEXTS.map(lambda text: f"{text} - Tier 1"),
    workspace_names=st.lists(_TEXTS, max_size=2).map(tuple),
    cluster_names=st.lists(_TEXTS, max_size=2).map(tuple),
    regions=st.lists(_TEXTS, max_size=2).map(tuple),
)
_WHERES = st.builds(
    Where, account=_PATTERNS, workspace=_PATTERNS, cluster=_PATTERNS, region=_PATTERNS, product_family=_PATTERNS
)


def _matches(where: Where, one: Series) -> bool:
    borne = {
        "account": (one.account,),
        "workspace": (one.workspace, *one.workspace_names),
        "cluster": (one.cluster, *one.cluster_names),
        "region": one.regions,
        "product_family": (product_family(one.product),),
    }
    return all(
        any(fnmatchcase(name, pattern) for name in borne[dimension.value] for pattern in patterns)
        for dimension, patterns in where.selectors
    )


@how(deadline=None)
@given(st.lists(_SERIES, max_size=8), _WHERES, _WHERES)
def test_the_mask_is_what_one_series_at_a_time_gives(many: list[Series], where: Where, left_out: Where) -> None:
    """Matching unique values once says the same as matching each series by itself."""
    expected = [_matches(where, one) and not (left_out and _matches(left_out, one)) for one in many]
    assert select(Spike(name="a", where=where, except_=left_out), tuple(many)).mask.tolist() == expected
