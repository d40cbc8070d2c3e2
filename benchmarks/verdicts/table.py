"""Run the methods over corpora, and print what came of it: quality and speed side by side."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.verdicts.labels import Corpus, Part
from benchmarks.verdicts.methods import Method, Scores
from benchmarks.verdicts.metrics import Tally, add, merged, tally

BEST_TRIED = 25
"""Thresholds tried when a method's is chosen afterwards, in its favour."""


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What one method made of some corpora.

    tallies: by group. chosen: the same under the threshold that serves it best on these very series.
    speed: known series-days a second on one core.
    """

    name: str
    tallies: dict[str, Tally]
    chosen: dict[str, Tally]
    speed: float


def run(method: Method, corpora: list[Corpus]) -> Result:
    """Judge every corpus by the method, with its own threshold and with the best one."""
    started = time.process_time()
    scores = [method.judge(corpus) for corpus in corpora]
    seconds = time.process_time() - started
    days = sum(int(corpus.known.sum()) for corpus in corpora)
    return Result(
        name=method.name,
        tallies=_tallied(method, corpora, scores, method.threshold),
        chosen=max(
            (_tallied(method, corpora, scores, threshold) for threshold in _thresholds(method, scores)),
            key=lambda groups: overall(groups).f1,
        ),
        speed=days / max(seconds, 1e-9),
    )


def overall(groups: dict[str, Tally]) -> Tally:
    """Return the counts of the synthetic and the injected series together."""
    total = Tally()
    for part in (Part.SYNTHETIC, Part.REAL):
        if part.value in groups:
            add(total, groups[part.value])
    return total


def part_rows(results: Iterable[Result]) -> Iterator[str]:
    """Yield the table of methods: a row a method and part."""
    yield (
        "| method | part | events | recall | precision | F1 | false a series-year | F1, threshold chosen afterwards "
        "| mean delay | series-days/s |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for result in results:
        parts = {"all": overall(result.tallies)} | {
            part.value: result.tallies[part.value] for part in Part if part.value in result.tallies
        }
        best = {"all": overall(result.chosen)} | result.chosen
        for name, counts in parts.items():
            if counts.series_years:
                yield (
                    f"| {result.name} | {name} | {counts.events} | {counts.recall:.3f} | {counts.precision:.3f} "
                    f"| {counts.f1:.3f} | {counts.false_per_year:.2f} | {best[name].f1:.3f} "
                    f"| {counts.mean_delay:.1f} | {result.speed:,.0f} |"
                )


def group_rows(result: Result) -> Iterator[str]:
    """Yield one method's table by kind of event and by background."""
    yield "| group | events | recall | same day | median delay | mean delay | precision | F1 | false a series-year |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, counts in sorted(result.tallies.items()):
        if ": " not in name:
            continue
        whole = (
            f"{counts.precision:.3f} | {counts.f1:.3f} | {counts.false_per_year:.2f}"
            if counts.series_years
            else " | | "
        )
        yield (
            f"| {name} | {counts.events} | {counts.recall:.3f} | {counts.same_day / max(counts.events, 1):.3f} "
            f"| {counts.median_delay:.0f} | {counts.mean_delay:.1f} | {whole} |"
        )


def operating_rows(method: Method, corpora: list[Corpus], part: Part, thresholds: Iterable[float]) -> Iterator[str]:
    """Yield recall against alerts a year over thresholds: two methods are compared at equal alert rates."""
    scores = [method.judge(corpus) for corpus in corpora]
    for threshold in thresholds:
        counts = _tallied(method, corpora, scores, threshold).get(part.value, Tally())
        if counts.series_years:
            yield (
                f"| {method.name.split(' >')[0]} | {threshold:g} | {counts.alerts / counts.series_years:.2f} "
                f"| {counts.recall:.3f} | {counts.precision:.3f} |"
            )


def _tallied(method: Method, corpora: list[Corpus], scores: list[Scores], threshold: float) -> dict[str, Tally]:
    return merged(
        tally(corpus, method.flagged(given, threshold)) for corpus, given in zip(corpora, scores, strict=True)
    )


def _thresholds(method: Method, scores: list[Scores]) -> list[float]:
    """Return its own threshold and quantiles of the scores in the range in which alerts are rare."""
    values = np.concatenate([given.score[given.score > 0] for given in scores])
    if not len(values):
        return [method.threshold]
    shares = 1 - np.geomspace(0.3, 5e-4, BEST_TRIED - 1)
    return [method.threshold, *(float(value) for value in np.unique(np.quantile(values, shares)))]
