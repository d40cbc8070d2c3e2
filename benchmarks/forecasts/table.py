"""The printed tables."""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.forecasts.figures import DAYS, Outcome
from benchmarks.verdicts.labels import Flags


def error_rows(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield a row a method: median error by day of the month, over all days, and the interval."""
    days = " | ".join(f"day {day}" for day in DAYS)
    yield f"| method | {days} | median | p90 | capped mean | covered | width | ms |"
    yield "|---" * (len(DAYS) + 7) + "|"
    for one in outcomes:
        by_day = " | ".join(f"{np.nanmedian(one.error[:, place]):.2f}" for place in range(len(DAYS)))
        p90 = np.nanquantile(one.error, 0.9)
        yield (
            f"| {one.name} | {by_day} | {one.median:.2f} | {p90:.1f} | {one.capped_mean:.2f} "
            f"| {_percent(one.coverage)} | {_percent(one.mean_width)} | {one.milliseconds:.2f} |"
        )


def class_rows(ours: Outcome, other: Outcome) -> Iterator[str]:
    """Yield a row a class of scopes: sentinel beside another method."""
    yield f"| class | months | median | {other.name} | capped mean | {other.name} | covered | width |"
    yield "|---" * 8 + "|"
    for name, chosen in classes(ours).items():
        mine, others = ours.of(chosen), other.of(chosen)
        yield (
            f"| {name} | {len(mine.scopes)} | {mine.median:.2f} | {others.median:.2f} | {mine.capped_mean:.2f} "
            f"| {others.capped_mean:.2f} | {_percent(mine.coverage)} | {_percent(mine.mean_width)} |"
        )


def classes(outcome: Outcome) -> dict[str, Flags]:
    """Return which scopes belong to each class: its kind, and for single series its background."""
    kinds = np.array([scope.kind for scope in outcome.scopes])
    names = np.array([scope.name for scope in outcome.scopes])
    named = {kind: kinds == kind for kind in sorted(set(kinds.tolist()), reverse=True)}
    return named | {name: names == name for name in sorted(set(names[kinds == "single"].tolist()))}


def _percent(value: float) -> str:
    return "-" if np.isnan(value) else f"{value:.0f}%"
