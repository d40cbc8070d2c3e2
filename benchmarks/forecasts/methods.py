"""What is compared: sentinel, the rules of thumb, each given the days so far alone."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.forecasts.cases import Scope, World
from benchmarks.verdicts.labels import Flags, Floats
from sentinel.domain.periods import PeriodKind, period_of
from sentinel.evaluate.forecast import DailyCosts, Forecasts, forecast_totals


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """[scopes, days] each: a method's totals and, where it has one, its 80% interval (else NaN); NaN where it refuses.

    seconds: what it took. forecasts: how many series or, by a method that sums first, scopes it forecast.
    """

    total: Floats
    lower: Floats
    upper: Floats
    seconds: float
    forecasts: int


@dataclass(frozen=True, slots=True)
class Method:
    """A name, and what it foretells of some scopes of a world at the end of some days of the month."""

    name: str
    tell: Callable[[World, Sequence[Scope], Sequence[int]], Told]


def sentinel_forecasts(world: World, scopes: Sequence[Scope], days: Sequence[int]) -> Forecasts:
    """Ask sentinel."""
    costs = DailyCosts(world.first_day, world.cost, world.known, world.known)
    return forecast_totals(
        costs, [scope.members for scope in scopes], world.period, [world.column(day) for day in days]
    )


def sentinel() -> Method:
    """Return sentinel's own forecast."""

    def tell(world: World, scopes: Sequence[Scope], days: Sequence[int]) -> Told:
        began = time.process_time()
        told = sentinel_forecasts(world, scopes, days)
        seconds = time.process_time() - began
        return Told(
            told.total, told.lower, told.upper, seconds, len(days) * sum(len(scope.members) for scope in scopes)
        )

    return Method("sentinel", tell)


def simple_methods() -> list[Method]:
    """Return the rules of thumb."""
    return [
        _by_scope("run-rate", _run_rate),
        *(_by_scope(f"mean of the last {days} days", _last_mean(days)) for days in (7, 14, 28)),
        _by_scope("the month before", _month_before),
    ]


def series_of(world: World, scope: Scope) -> Floats:
    """Return the daily cost of a scope, unknown days as the day before."""
    known: Flags = np.all(world.known[scope.members], axis=0)
    places = np.maximum.accumulate(np.where(known, np.arange(known.size), 0))
    return np.asarray(world.cost[scope.members].sum(axis=0)[places])


def _by_scope(name: str, foretell: Callable[[World, Floats, int], float]) -> Method:
    """Return a method that knows a scope's series up to a column, and nothing of its interval."""

    def tell(world: World, scopes: Sequence[Scope], days: Sequence[int]) -> Told:
        began = time.process_time()
        total = np.array(
            [
                [foretell(world, cost[: world.column(day) + 1], day) for day in days]
                for cost in (series_of(world, scope) for scope in scopes)
            ]
        ).reshape(len(scopes), len(days))
        none = np.full(total.shape, np.nan)
        return Told(total, none, none, time.process_time() - began, total.size)

    return Method(name, tell)


def _run_rate(world: World, cost: Floats, day: int) -> float:
    return float(cost[world.column(1) :].sum() / day * world.period.days)


def _last_mean(days: int) -> Callable[[World, Floats, int], float]:
    def foretell(world: World, cost: Floats, day: int) -> float:
        charged = cost[int(np.argmax(cost > 0)) :]
        return float(cost[world.column(1) :].sum() + charged[-days:].mean() * (world.period.days - day))

    return foretell


def _month_before(world: World, cost: Floats, _day: int) -> float:
    before = period_of(PeriodKind.MONTH, world.first_day.fromordinal(world.period.first.toordinal() - 1))
    stop = world.column(1)
    return float(cost[max(0, stop - before.days) : stop].sum())
