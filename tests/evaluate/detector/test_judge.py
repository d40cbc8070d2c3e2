"""The binding properties of the detector's verdicts."""

from dataclasses import fields, replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from sentinel.evaluate.detector import Panel, ReasonCode, Verdicts, judge
from sentinel.evaluate.detector.judge import Method

FIRST_DAY = date(2025, 1, 6)
METHODS = st.sampled_from(["robust", "classic"])
FEW = settings(max_examples=40, deadline=None)


def panel_of(
    cost: ArrayLike,
    *,
    known: ArrayLike | None = None,
    muted: ArrayLike | None = None,
    normal_from: ArrayLike | None = None,
    first_day: date = FIRST_DAY,
) -> Panel:
    """Return a panel of one or several scopes, known and unmuted where nothing else is said."""
    costs = np.atleast_2d(np.asarray(cost, dtype=np.float64))
    covered = np.ones(costs.shape, bool) if known is None else np.atleast_2d(np.asarray(known, bool))
    kept_out = np.zeros(costs.shape, bool) if muted is None else np.atleast_2d(np.asarray(muted, bool))
    normal = np.zeros(len(costs), np.int64) if normal_from is None else np.asarray(normal_from, np.int64)
    return Panel(first_day, np.where(covered, costs, 0.0), covered, kept_out, normal)


def weekly_cost(days: int, *, level: float = 200.0, noise: float = 0.03, seed: int = 0) -> NDArray[np.float64]:
    """Return a daily cost with weekends at 60% and a little noise; day 0 is a Monday."""
    generator = np.random.default_rng(seed)
    habit = np.where(np.arange(days) % 7 >= 5, 0.6, 1.0)
    return level * habit * np.exp(noise * generator.standard_normal(days))


@st.composite
def panels(draw: st.DrawFn, *, days: int = 450) -> Panel:
    """Draw panels with weekly habits, zeros, spikes, shifts, gaps, mutes and late starts."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scopes = draw(st.integers(1, 4))
    cost = np.stack(
        [
            weekly_cost(days, level=level, noise=noise, seed=int(generator.integers(2**31)))
            for level, noise in zip(
                10 ** generator.uniform(0, 4, scopes), generator.uniform(0, 0.4, scopes), strict=True
            )
        ]
    )
    cost *= np.where(generator.random(cost.shape) < draw(st.sampled_from([0.0, 0.02])), 4.0, 1.0)
    cost[generator.random(cost.shape) < draw(st.sampled_from([0.0, 0.05, 0.4]))] = 0.0
    cost[:, generator.integers(1, days) :] *= draw(st.sampled_from([1.0, 0.0, 2.5]))
    cost[:, : draw(st.sampled_from([0, 100, days - 20]))] = 0.0
    known = generator.random(cost.shape) >= draw(st.sampled_from([0.0, 0.1, 0.7]))
    gap = int(generator.integers(0, days))
    known[:, gap : gap + draw(st.sampled_from([0, 9, 80]))] = False
    muted = generator.random(cost.shape) < draw(st.sampled_from([0.0, 0.1]))
    normal_from = draw(st.sampled_from([0, days - 60, days - 3])) * np.ones(scopes, np.int64)
    return panel_of(cost, known=known, muted=muted, normal_from=normal_from)


def columns(panel: Panel, begin: int, stop: int) -> Panel:
    """Return the panel cut to the columns [begin, stop)."""
    return Panel(
        panel.first_day + timedelta(days=begin),
        panel.cost[:, begin:stop],
        panel.known[:, begin:stop],
        panel.muted[:, begin:stop],
        np.maximum(panel.normal_from - begin, 0),
    )


def assert_same(verdicts: Verdicts, others: Verdicts) -> None:
    """Fail unless every array of the two is equal, NaN included."""
    for field in fields(Verdicts):
        np.testing.assert_array_equal(getattr(verdicts, field.name), getattr(others, field.name), err_msg=field.name)


@FEW
@given(panels(), st.integers(0, 449), METHODS)
def test_a_day_alone_gets_the_verdict_it_gets_inside_a_range(panel: Panel, day: int, method: Method) -> None:
    """A day judged alone, from its 399 days before and itself, is judged as within all days."""
    whole = judge(panel, 0, 450, method=method)
    begin = max(0, day - 399)
    alone = judge(columns(panel, begin, day + 1), day - begin, day + 1 - begin, method=method)
    inside = Verdicts(*(getattr(whole, field.name)[:, day : day + 1] for field in fields(Verdicts)))
    assert_same(alone, inside)


def lively_costs(scopes: int, days: int, seed: int) -> NDArray[np.float64]:
    """Return costs in which everything that a baseline can rest on happens: fees, jobs, tiers, shifts, gaps."""
    generator = np.random.default_rng(seed)
    day = np.arange(days)
    cost = np.exp(generator.uniform(1, 7, (scopes, 1)) + 0.15 * generator.standard_t(3, (scopes, days)))
    cost *= np.where(day % generator.integers(5, 40, (scopes, 1)) == 0, generator.uniform(1, 6, (scopes, 1)), 1)
    cost *= np.where(day % 30 > generator.integers(8, 60, (scopes, 1)), 0.4, 1)
    cost *= np.where(day > generator.integers(0, 2 * days, (scopes, 1)), generator.uniform(0.3, 3, (scopes, 1)), 1)
    cost[generator.random(cost.shape) < generator.choice([0, 0, 0.03, 0.5], (scopes, 1))] = 0
    return cost


def test_no_verdict_reads_further_back_than_399_days() -> None:
    """Over many lively scopes, days judged alone are judged as among 800 days."""
    panel = panel_of(lively_costs(300, 800, seed=3))
    whole = judge(panel, 0, 800)
    for day in (420, 473, 555, 616, 799):
        alone = judge(columns(panel, day - 399, day + 1), 399, 400)
        assert_same(alone, Verdicts(*(getattr(whole, field.name)[:, day : day + 1] for field in fields(Verdicts))))


@FEW
@given(panels(), METHODS)
def test_a_scope_is_judged_as_if_it_were_alone(panel: Panel, method: Method) -> None:
    """Other scopes in the panel change nothing."""
    together = judge(panel, 400, 450, method=method)
    last = len(panel.cost) - 1
    alone = judge(
        Panel(panel.first_day, panel.cost[last:], panel.known[last:], panel.muted[last:], panel.normal_from[last:]),
        400,
        450,
        method=method,
    )
    assert_same(alone, Verdicts(*(getattr(together, field.name)[last:] for field in fields(Verdicts))))


@FEW
@given(panels(), st.integers(1, 449), st.floats(0.5, 12), METHODS)
def test_a_finding_is_exactly_a_score_beyond_z(panel: Panel, first: int, z: float, method: Method) -> None:
    """The cost lies outside the shown bounds exactly where |score| is above z."""
    verdicts = judge(panel, first, 450, z=z, method=method)
    cost = panel.cost[:, first:]
    judged = verdicts.code == ReasonCode.JUDGED
    np.testing.assert_array_equal((cost > verdicts.upper)[judged], (verdicts.score > z)[judged])
    np.testing.assert_array_equal((cost < verdicts.lower)[judged], (verdicts.score < -z)[judged])


@FEW
@given(panels(), st.floats(0.5, 6), st.floats(1.01, 3), METHODS)
def test_the_baseline_does_not_know_z_and_findings_shrink_as_it_grows(
    panel: Panel, z: float, more: float, method: Method
) -> None:
    """A higher z changes no baseline, moves no bound inwards and adds no finding."""
    low, high = judge(panel, 300, 450, z=z, method=method), judge(panel, 300, 450, z=z * more, method=method)
    for name in ("expected", "score", "used", "left_out", "code", "basis"):
        np.testing.assert_array_equal(getattr(low, name), getattr(high, name), err_msg=name)
    cost = panel.cost[:, 300:]
    assert not ((cost > high.upper) & ~(cost > low.upper)).any()
    assert not ((cost < high.lower) & ~(cost < low.lower)).any()
    judged = low.code == ReasonCode.JUDGED
    assert (high.upper >= low.upper)[judged].all()
    assert (high.lower <= low.lower)[judged].all()


@FEW
@given(panels(), METHODS)
def test_shown_numbers_are_coherent(panel: Panel, method: Method) -> None:
    """0 <= lower <= expected <= upper where judged, and NaN exactly where not."""
    verdicts = judge(panel, 200, 450, method=method)
    judged = verdicts.code == ReasonCode.JUDGED
    for name in ("expected", "lower", "upper", "score"):
        np.testing.assert_array_equal(np.isnan(getattr(verdicts, name)), ~judged, err_msg=name)
    assert (verdicts.lower[judged] >= 0).all()
    assert (verdicts.lower <= verdicts.expected)[judged].all()
    assert (verdicts.expected <= verdicts.upper)[judged].all()
    assert (verdicts.used >= 0).all()
    assert (verdicts.left_out >= 0).all()


@FEW
@given(panels(), METHODS, st.integers(0, 2**32 - 1))
def test_muted_and_unknown_days_never_enter_a_baseline(panel: Panel, method: Method, seed: int) -> None:
    """Whatever stands on muted or unknown days, the other days' verdicts are the same."""
    kept_out = panel.muted | ~panel.known
    charged_then = panel.known & (panel.cost > 0)
    noise = np.random.default_rng(seed).uniform(0.1, 1e5, panel.cost.shape)
    changed = replace(panel, cost=np.where(~panel.known | (kept_out & charged_then), noise, panel.cost))
    verdicts, others = (judge(some, 100, 450, method=method) for some in (panel, changed))
    for name in ("expected", "lower", "upper", "score", "used", "left_out", "code"):
        before, after = getattr(verdicts, name), getattr(others, name)
        np.testing.assert_array_equal(
            np.where(kept_out[:, 100:], 0, before), np.where(kept_out[:, 100:], 0, after), err_msg=name
        )


@FEW
@given(panels(), METHODS, st.floats(0, 1e6))
def test_the_tested_day_is_not_in_its_own_baseline(panel: Panel, method: Method, cost: float) -> None:
    """The baseline's days and size are the same whatever the tested day costs, and so is the upper bound."""
    other = replace(panel, cost=panel.cost.copy())
    other.cost[:, 449] = cost
    first, second = (judge(some, 449, 450, method=method) for some in (panel, other))
    both = (first.code == ReasonCode.JUDGED) & (second.code == ReasonCode.JUDGED)
    for name in ("used", "left_out"):
        np.testing.assert_array_equal(getattr(first, name)[both], getattr(second, name)[both])


@pytest.mark.parametrize("method", ["robust", "classic"])
def test_unknown_days_are_not_zeros(method: Method) -> None:
    """A fortnight that no answer covered moves the expected cost by no more than the noise."""
    cost = weekly_cost(120)
    known = np.ones(120, bool)
    known[90:104] = False
    verdicts = judge(panel_of(cost, known=known), 110, 120, method=method)
    full = judge(panel_of(cost), 110, 120, method=method)
    np.testing.assert_allclose(verdicts.expected, full.expected, rtol=0.15)


@pytest.mark.parametrize("method", ["robust", "classic"])
def test_a_scope_is_judged_from_eight_known_days_on_with_wider_bounds(method: Method) -> None:
    """The first verdict comes with the ninth day, and its band is wider than that of a year of history."""
    cost = np.concatenate([np.zeros(30), weekly_cost(300)])
    verdicts = judge(panel_of(cost), 0, 330, method=method)
    codes = verdicts.code[0]
    assert (codes[:30] == ReasonCode.NOT_STARTED).all()
    assert codes[30] == ReasonCode.FIRST_CHARGE
    assert (codes[31:38] == ReasonCode.TOO_YOUNG).all()
    assert (codes[38:] == ReasonCode.JUDGED).all()
    if method == "robust":
        width = (verdicts.upper - verdicts.expected) / verdicts.expected
        assert width[0, 38] > width[0, 300:].max()


def test_each_day_without_a_verdict_says_why() -> None:
    """Unknown days, corrections and days after long holes carry their reason."""
    cost = weekly_cost(200)
    cost[150] = -5.0
    known = np.ones(200, bool)
    known[100] = False
    known[160:190] = False
    codes = judge(panel_of(cost, known=known), 0, 200).code[0]
    assert codes[100] == ReasonCode.UNKNOWN_DAY
    assert codes[150] == ReasonCode.NEGATIVE_COST
    assert codes[151] == ReasonCode.JUDGED


@pytest.mark.parametrize("method", ["robust", "classic"])
def test_a_spike_and_a_drop_are_found_with_their_signs(method: Method) -> None:
    """Three times the usual cost lies above the band and a stop lies below it."""
    cost = weekly_cost(300)
    cost[250] *= 3
    cost[270:] = 0
    verdicts = judge(panel_of(cost), 200, 300, method=method)
    assert cost[250] > verdicts.upper[0, 50]
    assert verdicts.score[0, 50] > 3.5
    assert verdicts.lower[0, 70] > 0
    assert verdicts.score[0, 70] < -3.5


def test_the_classic_score_is_the_textbook_one() -> None:
    """Mean and sample deviation of the `window` days before, the tested day outside."""
    cost = weekly_cost(60, noise=0.2)
    verdicts = judge(panel_of(cost), 59, 60, method="classic", window=20)
    before = cost[39:59]
    assert verdicts.expected[0, 0] == pytest.approx(before.mean())
    assert verdicts.score[0, 0] == pytest.approx((cost[59] - before.mean()) / before.std(ddof=1))
    assert verdicts.used[0, 0] == 20


def test_wrong_questions_are_refused() -> None:
    """Columns outside the panel, a z of 0 and arrays of different shapes raise ValueError."""
    panel = panel_of(weekly_cost(30))
    with pytest.raises(ValueError, match=r"columns \[0, 31\)"):
        judge(panel, 0, 31)
    with pytest.raises(ValueError, match="z must be above 0"):
        judge(panel, 0, 30, z=0)
    with pytest.raises(ValueError, match="one a scope"):
        replace(panel, normal_from=np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="share one"):
        replace(panel, muted=panel.muted[:, 1:])
