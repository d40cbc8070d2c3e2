"""Forecasters of other libraries, each given the scope's last 215 days up to the day.

They are an extra (`pip install statsforecast prophet`); one that is not installed is left out. They tell an interval
for each day; the bounds of the days left are added up, as one who needs a total from them would do.
"""

import logging
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from benchmarks.forecasts.cases import Scope, World
from benchmarks.forecasts.methods import Method, Told, series_of
from benchmarks.verdicts.labels import Floats

MEMORY = 215
LEVEL = 80


@dataclass(frozen=True, slots=True, eq=False)
class Ahead:
    """The days left: the forecast of each, and its bounds."""

    mean: Floats
    lower: Floats
    upper: Floats


Forecaster = Callable[[World, Floats, int], Ahead]


def installed_peers() -> list[Method]:
    """Return the peers whose library is installed."""
    return [_peer(name, forecaster) for library, name, forecaster in _peers() if find_spec(library)]


def missing_peers() -> list[str]:
    """Return the names of the libraries that are not installed."""
    return sorted({library for library, _, _ in _peers() if not find_spec(library)})


def _peers() -> list[tuple[str, str, Forecaster]]:
    return [
        ("statsforecast", "SeasonalNaive", _statsforecast("SeasonalNaive")),
        ("statsforecast", "AutoETS", _statsforecast("AutoETS")),
        ("statsforecast", "MSTL", _statsforecast("MSTL")),
        ("prophet", "Prophet", _prophet),
    ]


def _peer(name: str, forecaster: Forecaster) -> Method:
    def tell(world: World, scopes: Sequence[Scope], days: Sequence[int]) -> Told:
        began = time.perf_counter()
        total, lower, upper = (np.zeros((len(scopes), len(days))) for _ in range(3))
        for row, scope in enumerate(scopes):
            cost = series_of(world, scope)
            cost = cost[: world.column(world.period.days) + 1]
            for place, day in enumerate(days):
                column = world.column(day)
                past = cost[: column + 1]
                spent = past[world.column(1) :].sum()
                charged = past[int(np.argmax(past > 0)) :][-MEMORY:]
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # what a library says of short series is not ours to judge
                    ahead = forecaster(world, charged, world.period.days - day)
                total[row, place] = spent + max(ahead.mean.sum(), 0.0)
                lower[row, place] = spent + max(ahead.lower.sum(), 0.0)
                upper[row, place] = spent + max(ahead.upper.sum(), 0.0)
        return Told(total, lower, upper, time.perf_counter() - began, total.size)

    return Method(name, tell)


def _statsforecast(model: str) -> Forecaster:
    def forecast(_world: World, cost: Floats, days: int) -> Ahead:
        told = getattr(import_module("statsforecast.models"), model)(season_length=7).forecast(
            y=cost, h=days, level=[LEVEL]
        )
        return Ahead(told["mean"], told[f"lo-{LEVEL}"], told[f"hi-{LEVEL}"])

    return forecast


def _prophet(world: World, cost: Floats, days: int) -> Ahead:
    pandas, prophet = import_module("pandas"), import_module("prophet")
    logging.getLogger("cmdstanpy").disabled = True
    last = world.period.last - timedelta(days=days)
    dates = pandas.date_range(end=last, periods=len(cost))
    model = prophet.Prophet(interval_width=LEVEL / 100, daily_seasonality=False)
    model.fit(pandas.DataFrame({"ds": dates, "y": cost}))
    coming = pandas.DataFrame({"ds": pandas.date_range(start=last + timedelta(days=1), periods=days)})
    told = model.predict(coming)
    return Ahead(told["yhat"].to_numpy(), told["yhat_lower"].to_numpy(), told["yhat_upper"].to_numpy())
