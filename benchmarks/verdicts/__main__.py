"""`python -m benchmarks.verdicts --seeds 200-203`: the table of quality and speed."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from benchmarks.verdicts.corpus import synthetic_corpus
from benchmarks.verdicts.labels import Corpus, Part
from benchmarks.verdicts.methods import Method, median_mad, sentinel, week_over_week, z_score
from benchmarks.verdicts.metrics import Tally
from benchmarks.verdicts.peers import installed_peers, missing_peers
from benchmarks.verdicts.real import injected_corpus, labelled_corpus, read_real
from benchmarks.verdicts.speed import speed_rows
from benchmarks.verdicts.table import Result, group_rows, operating_rows, part_rows, run

TOLERANCE = 0.005
"""By how much a figure may fall short of the committed table; the corpora are exact, numpy's versions not."""

GROUP_TOLERANCE = 0.03
"""The same for a kind of event or a background: one event more or less is up to two hundredths there."""


def main(arguments: list[str] | None = None) -> int:
    """Print the table; with --check, compare sentinel's quality with a committed one."""
    options = _parser().parse_args(arguments)
    if options.speed:
        _print(speed_rows())
        return 0
    corpora = [synthetic_corpus(seed, dense=options.dense) for seed in options.seeds]
    labelled: list[Corpus] = []
    if options.real:
        real = read_real(options.real)
        corpora += [injected_corpus(real, seed, dense=options.dense) for seed in options.seeds]
        labelled = [labelled_corpus(real)]
    ours = run(sentinel(options.z), corpora)
    results = [ours]
    if not options.alone:
        results += [run(method, corpora) for method in (sentinel(3.0, method="classic"), *_simple())]
    print(f"\nSeeds {options.seeds[0]} to {options.seeds[-1]}, {'dense' if options.dense else 'usual'} events\n")
    _print(part_rows(results))
    _print(group_rows(ours))
    if options.slow_series:
        _print_libraries(corpora[0], options.seeds[0], options.slow_series, options.z)
    if labelled:
        print("Really labelled series, at equal alert rates:\n")
        print("| method | threshold | alerts a series-year | recall | precision |\n|---|---|---|---|---|")
        _print(operating_rows(sentinel(), labelled, Part.LABELLED, (1, 1.25, 1.5, 2, 2.5, 3, 3.5)))
        _print(operating_rows(z_score(), labelled, Part.LABELLED, (2, 2.5, 3, 4, 5, 6, 8)))
    if options.write:
        options.write.write_text(json.dumps(_figures(ours), indent=2) + "\n", "utf-8")
    return _compare(ours, options.check) if options.check else 0


def _simple() -> list[Method]:
    return [z_score(), median_mad(), week_over_week()]


def _print_libraries(corpus: Corpus, seed: int, wanted: int, z: float) -> None:
    """Print the table of the installed libraries on some series, and of those too slow for so many on fewer."""
    peers = installed_peers()
    for size in sorted({min(wanted, peer.most_series or wanted) for peer in peers}, reverse=True):
        few = _some(corpus, size)
        here = [peer for peer in peers if min(wanted, peer.most_series or wanted) == size]
        days = int(few.known.sum())
        print(
            f"Libraries, on {len(few.series)} of the {len(corpus.series)} series of seed {seed}, {days} series-days:\n"
        )
        _print(part_rows(run(method, [few]) for method in (sentinel(z), *here)))
    if missing_peers():
        print(f"Not installed, so not compared: {', '.join(missing_peers())}\n")


def _some(corpus: Corpus, series: int) -> Corpus:
    """Return so many series, drawn by chance: the backgrounds take turns, so that every tenth one is of one kind."""
    kept = np.sort(np.random.default_rng(series).permutation(len(corpus.series))[:series])
    some = tuple(corpus.series[row] for row in kept)
    return Corpus(corpus.first_day, some, corpus.cost[kept], corpus.known[kept])


def _figures(result: Result) -> dict[str, dict[str, float]]:
    return {
        name: {
            "recall": round(counts.recall, 4),
            "same_day": round(counts.same_day / max(counts.events, 1), 4),
            **(_alert_figures(counts) if counts.series_years else {}),
        }
        for name, counts in sorted(result.tallies.items())
    }


def _alert_figures(counts: Tally) -> dict[str, float]:
    return {
        "precision": round(counts.precision, 4),
        "f1": round(counts.f1, 4),
        "false_per_series_year": round(counts.false_per_year, 4),
    }


def _compare(result: Result, committed: Path) -> int:
    """Return 1 and say what is worse where a figure fell behind the committed one."""
    now = _figures(result)
    table = json.loads(committed.read_text("utf-8"))
    worse = [
        f"{part}: {name} was {before}, is {now.get(part, {}).get(name, 'missing')}"
        for part, figures in table.items()
        for name, before in figures.items()
        if _fell_behind(part, name, before, now.get(part, {}).get(name))
    ]
    for line in worse:
        print(f"worse than {committed}: {line}", file=sys.stderr)
    if not worse:
        print(f"No figure fell behind {committed}.")
    return 1 if worse else 0


def _fell_behind(part: str, name: str, before: float, now: float | None) -> bool:
    if now is None:
        return True
    lost = now - before if name == "false_per_series_year" else before - now
    return lost > (GROUP_TOLERANCE if ": " in part else TOLERANCE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verdicts", description=__doc__)
    parser.add_argument(
        "--seeds", type=_seeds, default=_seeds("200-203"), help="200-203 or 200,202; 0-99 are for tuning"
    )
    parser.add_argument("--dense", action="store_true", help="events 8 to 70 days apart")
    parser.add_argument("--real", type=Path, help="a CSV file of real series: source, series, date, value, label")
    parser.add_argument("--z", type=float, default=3.5, help="sentinel's threshold")
    parser.add_argument("--alone", action="store_true", help="sentinel alone")
    parser.add_argument("--speed", action="store_true", help="measure only how long many series take")
    parser.add_argument("--slow-series", type=int, default=0, help="also run the installed libraries on so many series")
    parser.add_argument("--write", type=Path, help="write sentinel's figures as JSON")
    parser.add_argument("--check", type=Path, help="fail where sentinel's figures fell behind this file")
    return parser


def _seeds(text: str) -> list[int]:
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    return seeds


def _print(rows: Iterable[str]) -> None:
    for row in rows:
        print(row, flush=True)
    print()


if __name__ == "__main__":
    sys.exit(main())
