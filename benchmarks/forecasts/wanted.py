"""The wanted end beside what was reached, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.forecasts.figures import Outcome, States
from benchmarks.forecasts.table import classes

FEWEST = 20
"""A class of fewer months says nothing of its coverage."""


@dataclass(frozen=True, slots=True)
class Line:
    """One wanted figure: it is reached where `least` <= got <= `most`."""

    what: str
    least: float
    most: float
    got: float

    @property
    def reached(self) -> bool:
        """Whether it is as wanted."""
        return self.least <= self.got <= self.most


def own_lines(part: str, ours: Outcome, run_rate: Outcome, most: float) -> Iterator[Line]:
    """Yield what is wanted on every scope of a part of the corpus."""
    yield Line(f"{part}: median error / run-rate's", 0, most, ours.median / run_rate.median)
    yield Line(f"{part}: 80% interval covers, %", 76, 86, ours.coverage)
    covered = {name: ours.of(rows).coverage for name, rows in classes(ours).items() if rows.sum() >= FEWEST}
    if covered:
        worst = min(covered, key=covered.__getitem__)
        yield Line(f"{part}: it covers in each class, % (least: {worst})", 72, 100, covered[worst])
    yield Line(f"{part}: ms a series and day", 0, 0.5, ours.milliseconds)


def state_lines(part: str, ours: States, run_rate: States) -> Iterator[Line]:
    """Yield what is wanted of the changes of state, with the budget at 1.05 of the truth."""
    yield Line(f"{part}: state changes at 1.05 of the truth / run-rate's", 0, 0.25, ours.changes / run_rate.changes)


def library_lines(part: str, ours: Outcome, libraries: Sequence[Outcome]) -> Iterator[Line]:
    """Yield what is wanted against the libraries on the same months."""
    by_name = {one.name: one for one in libraries}
    for name, most in (("AutoETS", 0.8), ("SeasonalNaive", 0.9)):
        if name in by_name:
            yield Line(f"{part}: median error / {name}'s", 0, most, ours.median / by_name[name].median)
    if libraries:
        best = min(libraries, key=lambda one: one.capped_mean)
        yield Line(
            f"{part}: capped mean / the best library's ({best.name})", 0, 0.75, ours.capped_mean / best.capped_mean
        )
    if "MSTL" in by_name:
        yield Line(f"{part}: width / MSTL's", 0, 0.7, ours.mean_width / by_name["MSTL"].mean_width)


def wanted_rows(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the table."""
    yield "| wanted | limit | got | |"
    yield "|---|---|---|---|"
    for line in lines:
        limit = f"at most {line.most:g}" if not line.least else f"{line.least:g} to {line.most:g}"
        yield f"| {line.what} | {limit} | {line.got:.2f} | {'reached' if line.reached else 'NOT reached'} |"
