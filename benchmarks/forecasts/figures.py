"""From forecasts to figures: errors in percent of the total, coverage and width of intervals, changes of state."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.forecasts.cases import Scope, World
from benchmarks.forecasts.methods import Method, sentinel_forecasts
from benchmarks.verdicts.labels import Flags, Floats
from sentinel.evaluate.forecast import alarm_states, probability_above

DAYS = (5, 10, 15, 20, 25)
CAP = 100.0
EXACT = 1e-9
FIRST_STATE = 3
TOLD_BY = 15


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """How a method did on some scopes; arrays are [scopes, days]: relative to the true total.

    error: absolute percent. covered: the interval holds the truth. width: of the interval, in percent.
    """

    name: str
    scopes: tuple[Scope, ...]
    error: Floats
    covered: Floats
    width: Floats
    milliseconds: float

    def of(self, chosen: Flags) -> "Outcome":
        """The outcome on some of the scopes."""
        scopes = tuple(scope for scope, keep in zip(self.scopes, chosen, strict=True) if keep)
        return Outcome(
            self.name, scopes, self.error[chosen], self.covered[chosen], self.width[chosen], self.milliseconds
        )

    @property
    def median(self) -> float:
        """The median error."""
        return float(np.nanmedian(self.error)) if self.error.size else float("nan")

    @property
    def capped_mean(self) -> float:
        """The mean error, each capped at 100%."""
        return float(np.nanmean(np.minimum(self.error, CAP))) if self.error.size else float("nan")

    @property
    def coverage(self) -> float:
        """How often the interval held the truth, in percent; NaN where the method has none."""
        told = self.covered[~np.isnan(self.covered)]
        return 100 * float(told.mean()) if told.size else float("nan")

    @property
    def mean_width(self) -> float:
        """The mean width of the interval."""
        told = self.width[~np.isnan(self.width)]
        return float(told.mean()) if told.size else float("nan")


@dataclass(frozen=True, slots=True)
class States:
    """Changes of the alarm's state a month, and how often it was on by the 15th."""

    changes: float
    told_early: float


def outcome(method: Method, worlds: Sequence[World], scopes: Sequence[Sequence[Scope]]) -> Outcome:
    """Run a method on the chosen scopes of each world."""
    errors, covered, widths = [], [], []
    kept: list[Scope] = []
    seconds, work = 0.0, 0
    for world, chosen in zip(worlds, scopes, strict=True):
        if not chosen:
            continue
        told = method.tell(world, chosen, DAYS)
        truth = np.array([scope.total for scope in chosen])[:, None]
        seconds += told.seconds
        work += told.forecasts
        errors.append(100 * np.abs(told.total - truth) / truth)
        inside = (told.lower <= truth * (1 + EXACT)) & (truth * (1 - EXACT) <= told.upper)
        covered.append(np.where(np.isnan(told.lower), np.nan, inside))
        widths.append(100 * (told.upper - told.lower) / truth)
        kept += chosen
    return Outcome(
        method.name,
        tuple(kept),
        np.concatenate(errors),
        np.concatenate(covered),
        np.concatenate(widths),
        1000 * seconds / max(work, 1),
    )


def sentinel_states(worlds: Sequence[World], scopes: Sequence[Sequence[Scope]], share: float) -> States:
    """Sentinel's alarm with the budget at a share of the truth, from the 3rd to the month's last day."""
    states = []
    for world, chosen in zip(worlds, scopes, strict=True):
        if chosen:
            days = range(1, world.period.days + 1)
            told = sentinel_forecasts(world, chosen, days)
            amount = share * np.array([scope.total for scope in chosen])[:, None]
            states.append(alarm_states(probability_above(told, amount), told.spent > amount, days))
    return _states(states)


def run_rate_states(worlds: Sequence[World], scopes: Sequence[Sequence[Scope]], share: float) -> States:
    """The alarm of one who compares the run-rate with the budget each day, from the 3rd on."""
    states = []
    for world, chosen in zip(worlds, scopes, strict=True):
        days = np.arange(1, world.period.days + 1)
        for scope in chosen:
            month = world.cost[scope.members][:, world.column(1) : world.column(world.period.days) + 1]
            spent = month.sum(axis=0).cumsum()
            states.append(((spent / days * world.period.days > share * scope.total) & (days >= FIRST_STATE))[None])
    return _states(states)


def _states(states: Sequence[Flags]) -> States:
    changes = [np.count_nonzero(np.diff(one, axis=1, prepend=False), axis=1) for one in states]
    early = [one[:, FIRST_STATE - 1 : TOLD_BY].any(axis=1) for one in states]
    return States(float(np.concatenate(changes).mean()), 100 * float(np.concatenate(early).mean()))
