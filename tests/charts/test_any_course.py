"""Whatever a course holds, its picture can be drawn."""

from __future__ import annotations

from datetime import date, timedelta

import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinel.charts import burn_down, burn_up, movers, png, spend
from sentinel.domain.findings import RuleKind
from sentinel.domain.messages import Chart
from sentinel.domain.periods import Period
from sentinel.domain.pictures import (
    BurnDay,
    BurnDown,
    BurnUp,
    ForecastDay,
    Level,
    Mover,
    Movers,
    SpendCourse,
    SpendDay,
    UsedUp,
)
from sentinel.domain.scopes import Dimension, Place, Scope

MONEY = st.floats(-9e10, 9e10, allow_nan=False)
SOME_MONEY = st.one_of(st.none(), MONEY, st.just(0.0))
SCOPES = st.builds(
    Scope,
    st.lists(st.builds(Place, st.sampled_from(Dimension), st.text(max_size=30), st.text(max_size=30)), max_size=4).map(
        tuple
    ),
)
FIRST = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def courses(draw: st.DrawFn) -> SpendCourse:
    """Up to seventy days of anything."""
    first = draw(FIRST)
    figures = draw(
        st.lists(
            st.tuples(SOME_MONEY, SOME_MONEY, SOME_MONEY, SOME_MONEY, st.booleans(), st.booleans(), st.booleans()),
            min_size=1,
            max_size=70,
        )
    )
    days = tuple(SpendDay(first + timedelta(days=n), *figure) for n, figure in enumerate(figures))
    kind = draw(st.sampled_from([RuleKind.SPIKE, RuleKind.BUDGET, RuleKind.NEW_SPEND]))
    level = draw(st.none() | st.floats(0.01, 1e9))
    return SpendCourse(
        draw(st.text(max_size=20)), kind, draw(SCOPES), draw(st.sampled_from(["USD", "CHF"])), days, level
    )


@st.composite
def burns(draw: st.DrawFn) -> BurnUp:
    """A period of any length, known up to any of its days, with or without a forecast."""
    first, length = draw(FIRST), draw(st.integers(2, 400))
    known = draw(st.integers(1, min(length, 40)))
    spent = draw(st.lists(MONEY, min_size=known, max_size=known))
    amount = draw(st.floats(0.01, 9e10))
    days = tuple(
        BurnDay(first + timedelta(days=n), one, draw(st.booleans()), draw(st.booleans())) for n, one in enumerate(spent)
    )
    ahead = draw(st.lists(st.tuples(MONEY, MONEY, MONEY), max_size=length - known))
    forecast = tuple(ForecastDay(first + timedelta(days=known + n), *one) for n, one in enumerate(ahead))
    period = Period(first, first + timedelta(days=length - 1))
    levels = (Level(amount * draw(st.floats(0.01, 2.0)), draw(st.text(max_size=9))),)
    return BurnUp(draw(st.text(max_size=20)), draw(SCOPES), "EUR", period, amount, levels, days, forecast)


@st.composite
def burning_down(draw: st.DrawFn) -> BurnDown:
    """The same figures of a prepaid amount, used up or not."""
    burn, ends = draw(burns()), draw(st.lists(st.integers(0, 400), min_size=3, max_size=3).map(sorted))
    earliest, day, latest = (burn.period.first + timedelta(days=end) for end in ends)
    used_up = draw(st.none() | st.builds(UsedUp, st.just(day), st.just(earliest), st.none() | st.just(latest)))
    before = draw(st.just(0.0) | MONEY)
    return BurnDown(
        burn.rule, burn.scope, burn.currency, burn.period, burn.amount, before, burn.days, burn.forecast, used_up
    )


MOVES = st.builds(
    Movers,
    st.text(max_size=20),
    st.just("USD"),
    st.text(max_size=9),
    st.text(max_size=9),
    st.lists(st.builds(Mover, SCOPES, MONEY, MONEY), min_size=1, max_size=10).map(tuple),
    st.integers(0, 500),
)


def drawable(chart: Chart) -> None:
    """Vega-Lite compiles it, the engine draws it, and its sentence is one line."""
    assert vl_convert.vegalite_to_vega(chart.specification)["marks"]
    assert len(png(chart.specification)) > 1000
    assert chart.alt.isprintable()


@settings(max_examples=25)
@given(courses())
def test_every_course_can_be_drawn(course: SpendCourse) -> None:
    """Any costs, gaps, verdicts and names."""
    drawable(spend(course))


@settings(max_examples=25)
@given(burns())
def test_every_period_can_be_drawn(burn: BurnUp) -> None:
    """Any length, credits that outweigh the costs included."""
    drawable(burn_up(burn))


@settings(max_examples=15)
@given(burning_down())
def test_every_term_can_be_drawn(burn: BurnDown) -> None:
    """Used up long ago, beyond its term, or never."""
    drawable(burn_down(burn))


@settings(max_examples=15)
@given(MOVES)
def test_all_moves_can_be_drawn(moved: Movers) -> None:
    """Up, down, and not at all."""
    drawable(movers(moved))
