"""`python -m benchmarks.forecasts --seeds 200-203`: how well a month's total is foretold, and how fast.

    python -m benchmarks.forecasts                      seeds 200 to 203, the libraries that are installed on 140 months
    python -m benchmarks.forecasts --small              a few months, to see that it runs
    python -m benchmarks.forecasts --real FILE          real series as well, from a CSV file

The libraries are an extra: `pip install statsforecast prophet`.
"""

import argparse
import json
import platform
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.forecasts.cases import Scope, World, real_worlds, worlds_of
from benchmarks.forecasts.figures import outcome, run_rate_states, sentinel_states
from benchmarks.forecasts.methods import sentinel, simple_methods
from benchmarks.forecasts.peers import installed_peers, missing_peers
from benchmarks.forecasts.table import class_rows, error_rows
from benchmarks.forecasts.wanted import Line, library_lines, own_lines, state_lines, wanted_rows
from benchmarks.verdicts.corpus import synthetic_corpus
from benchmarks.verdicts.real import read_real

TOLERANCE = 0.02
"""By which share a figure may fall behind the committed one; the corpora are exact, numpy's versions not."""

RUN_RATE_SHARE = {"synthetic": 0.45, "real": 0.7}


def main(arguments: list[str] | None = None) -> int:
    """Print the tables; with --check, compare sentinel's figures with committed ones."""
    options = _parser().parse_args(arguments)
    months = 1 if options.small else 4
    parts = {"synthetic": [w for seed in options.seeds for w in worlds_of(synthetic_corpus(seed), seed, months)]}
    if options.real:
        real = read_real(options.real)
        parts["real"] = [world for seed in options.seeds for world in real_worlds(real, seed, months)]
    print(f"Python {platform.python_version()}, numpy {np.__version__}, {platform.machine()}")
    figures = {name: _part(name, worlds, options.libraries) for name, worlds in parts.items()}
    if missing_peers():
        print(f"Not installed, and left out: {', '.join(missing_peers())} (pip install {' '.join(missing_peers())})\n")
    got = {line.what: round(line.got, 4) for lines in figures.values() for line in lines}
    if options.write:
        options.write.write_text(json.dumps(got, indent=2) + "\n", "utf-8")
    return _compare(got, json.loads(options.check.read_text("utf-8"))) if options.check else 0


def _part(name: str, worlds: list[World], library_months: int) -> list[Line]:
    """Print the tables of one part of the corpus, and return the wanted figures."""
    mature, young = ([[s for s in w.scopes if s.mature is old] for w in worlds] for old in (True, False))
    ours = outcome(sentinel(), worlds, mature)
    simple = [outcome(method, worlds, mature) for method in simple_methods()]
    print(
        f"\n## {name}: {len(ours.scopes)} months of scopes with 45 days before them; errors in % of the month's total\n"
    )
    _print(error_rows([ours, *simple]))
    _print(class_rows(ours, simple[0]))
    lines = list(own_lines(name, ours, simple[0], RUN_RATE_SHARE[name]))
    if any(young):
        new = outcome(sentinel(), worlds, young)
        print(f"{len(new.scopes)} months of newer scopes (refused below 14 settled days)\n")
        _print(error_rows([new, *(outcome(method, worlds, young) for method in simple_methods()[:3])]))
    print("The alarm's state: changes a month, and how often it was on by the 15th\n")
    print("| budget | sentinel | run-rate | sentinel by the 15th | run-rate by the 15th |\n|---|---|---|---|---|")
    for share in (1.05, 0.95):
        alarm, plain = sentinel_states(worlds, mature, share), run_rate_states(worlds, mature, share)
        print(
            f"| {share} of the truth | {alarm.changes:.2f} | {plain.changes:.2f} "
            f"| {alarm.told_early:.0f}% | {plain.told_early:.0f}% |"
        )
        if share > 1:
            lines += state_lines(name, alarm, plain)
    print()
    if library_months and installed_peers():
        few = _some(mature, library_months)
        mine = outcome(sentinel(), worlds, few)
        libraries = [outcome(method, worlds, few) for method in installed_peers()]
        print(f"The libraries, on {len(mine.scopes)} of these months; they forecast a scope's sum\n")
        _print(error_rows([mine, *libraries]))
        lines += library_lines(name, mine, libraries)
    _print(wanted_rows(lines))
    return lines


def _some(scopes: Sequence[Sequence[Scope]], months: int) -> list[list[Scope]]:
    """Every so many of all scopes."""
    total = sum(len(one) for one in scopes)
    kept = set(np.linspace(0, total - 1, min(months, total)).astype(int).tolist())
    starts = np.cumsum([0, *(len(one) for one in scopes)])
    return [
        [scope for place, scope in enumerate(one) if start + place in kept]
        for start, one in zip(starts.tolist(), scopes, strict=False)
    ]


def _compare(got: dict[str, float], committed: dict[str, float]) -> int:
    """Return 1 and say what is worse where an error or a number of changes grew beyond the committed one."""
    worse = [
        f"{what}: was {before}, is {got.get(what)}"
        for what, before in committed.items()
        if (" / " in what) and not got.get(what, np.inf) <= before * (1 + TOLERANCE)
    ]
    for line in worse:
        print(f"worse than the committed figures: {line}", file=sys.stderr)
    return 1 if worse else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.forecasts", description=__doc__)
    parser.add_argument(
        "--seeds", type=_seeds, default=_seeds("200-203"), help="200-203 or 200,202; 0-99 are for tuning"
    )
    parser.add_argument("--small", action="store_true", help="one month a seed instead of four")
    parser.add_argument("--real", type=Path, help="a CSV file of real series: source, series, date, value, label")
    parser.add_argument("--libraries", type=int, default=140, help="on how many months the libraries run; 0: none")
    parser.add_argument("--write", type=Path, help="write the wanted figures as JSON")
    parser.add_argument("--check", type=Path, help="fail where a figure fell behind this file")
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
