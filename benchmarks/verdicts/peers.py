"""Peers from other libraries, each run as a daemon must: every day is judged with the days before it alone.

They are the extra `peers` (`pip install -e ".[peers]"`); one that is not installed is left out, and said to be.
"""

import logging
import warnings
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec

import numpy as np

from benchmarks.verdicts.labels import Floats
from benchmarks.verdicts.methods import LEAST_CHANGE, Method, per_series

FIRST = 21
"""Days that the forecasters are given before their first verdict: three weeks."""

LEVEL_99 = 2.576

RIVER_WINDOW = 28

PROPHET_SERIES = 20
"""It fits some thirty series-days a second."""


def installed_peers() -> list[Method]:
    """Return the peers whose library is installed."""
    return [method for library, method in _peers() if find_spec(library)]


def _peers() -> list[tuple[str, Method]]:
    return [
        ("statsforecast", per_series("statsforecast MSTL 99%", LEVEL_99, _mstl)),
        ("adtk", per_series("ADTK persist", 3.0, _adtk_persist)),
        ("luminol", per_series("luminol", 3.0, _luminol("bitmap_detector"))),
        ("luminol", per_series("luminol exp_avg", 3.0, _luminol("exp_avg_detector"))),
        ("river", per_series("river Gaussian", 0.99, _river_gaussian)),
        ("river", per_series("river half-space trees", 0.95, _river_trees)),
        ("prophet", per_series("Prophet 99%", LEVEL_99, _prophet, most_series=PROPHET_SERIES)),
    ]


def missing_peers() -> list[str]:
    """Return the names of the libraries that are not installed."""
    return sorted({library for library, _ in _peers() if not find_spec(library)})


def _filled(cost: Floats) -> Floats:
    """Return the series with unknown days repeated from the day before: these libraries know no gaps."""
    places = np.maximum.accumulate(np.where(np.isfinite(cost), np.arange(len(cost)), 0))
    return np.nan_to_num(cost[places])


def _forecast_scores(cost: Floats, forecast: Callable[[Floats], tuple[float, float]]) -> Floats:
    """Return |cost - mean| in units in which the 99% bound is 2.576."""
    scores = np.zeros(len(cost))
    known = _filled(cost)
    for day in range(FIRST, len(cost)):
        mean, bound = forecast(known[:day])
        distance = abs(known[day] - mean)
        scores[day] = LEVEL_99 * distance / max(bound - mean, 1e-9) if distance > LEAST_CHANGE else 0.0
    return scores


def _mstl(cost: Floats) -> Floats:
    model = import_module("statsforecast.models").MSTL(season_length=7)

    def forecast(before: Floats) -> tuple[float, float]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            told = model.forecast(y=before, h=1, level=[99])
        return float(told["mean"][0]), float(told["hi-99"][0])

    return _forecast_scores(cost, forecast)


def _prophet(cost: Floats) -> Floats:
    pandas, prophet = import_module("pandas"), import_module("prophet")

    logging.getLogger("cmdstanpy").disabled = True
    dates = pandas.date_range("2024-01-01", periods=len(cost))

    def forecast(before: Floats) -> tuple[float, float]:
        model = prophet.Prophet(interval_width=0.99, daily_seasonality=False, uncertainty_samples=100)
        model.fit(pandas.DataFrame({"ds": dates[: len(before)], "y": before}))
        told = model.predict(pandas.DataFrame({"ds": dates[len(before) : len(before) + 1]}))
        return float(told["yhat"].iloc[0]), float(told["yhat_upper"].iloc[0])

    return _forecast_scores(cost, forecast)


def _adtk_persist(cost: Floats) -> Floats:
    """Return the largest factor on the interquartile range at which ADTK's PersistAD still flags the day."""
    pandas, detectors = import_module("pandas"), import_module("adtk.detector")

    known = pandas.Series(_filled(cost), index=pandas.date_range("2024-01-01", periods=len(cost)))
    scores = np.zeros(len(cost))
    for day in range(FIRST, len(cost)):
        for factor in (2.0, 3.0, 4.5, 7.0, 10.0):
            flags = detectors.PersistAD(c=factor - 1e-9, window=7).fit_detect(known.iloc[: day + 1])
            if not flags.iloc[-1]:
                break
            scores[day] = factor + 1e-9
    return scores


def _luminol(algorithm: str) -> Callable[[Floats], Floats]:
    def scored(cost: Floats) -> Floats:
        detector = import_module("luminol.anomaly_detector").AnomalyDetector
        known = _filled(cost)
        scores = np.zeros(len(cost))
        for day in range(FIRST, len(cost)):
            series = {86_400 * place: float(value) for place, value in enumerate(known[: day + 1])}
            told = detector(series, algorithm_name=algorithm, score_only=True).get_all_scores()
            values = np.array(told.values)
            scores[day] = values[-1] / max(float(values[:-1].std()), 1e-9)
        return scores

    return scored


def _river_gaussian(cost: Floats) -> Floats:
    fresh = partial(import_module("river.anomaly").GaussianScorer, window_size=RIVER_WINDOW, grace_period=8)
    scorer = fresh()
    known = _filled(cost)
    scores = np.zeros(len(cost))
    for day, value in enumerate(known.tolist()):
        if isinstance(scorer.gaussian.sigma, complex):
            # The running variance was rounded below zero: a new one over the same window is not.
            scorer = fresh()
            for earlier in known[max(0, day - RIVER_WINDOW) : day].tolist():
                scorer.learn_one(None, earlier)
        scores[day] = scorer.score_one(None, value)
        scorer.learn_one(None, value)
    return scores


def _river_trees(cost: Floats) -> Floats:
    trees = import_module("river.anomaly").HalfSpaceTrees(seed=1, window_size=RIVER_WINDOW, n_trees=10, height=6)
    known = np.log1p(_filled(cost))
    scores = np.zeros(len(cost))
    span = max(float(known[:FIRST].max()) * 2, 1e-9)
    for day, value in enumerate(known):
        point = {"cost": min(value / span, 1.0)}
        scores[day] = trees.score_one(point)
        trees.learn_one(point)
    return scores
