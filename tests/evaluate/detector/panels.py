"""Panels for the detector's tests."""

from datetime import date

import numpy as np
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from sentinel.evaluate.detector import Panel

FIRST_DAY = date(2025, 1, 6)


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


def weekly_cost(
    days: int, *, level: float = 200.0, noise: float = 0.03, seed: int = 0
) -> NDArray[np.float64]:
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
