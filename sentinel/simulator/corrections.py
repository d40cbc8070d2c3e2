"""What a billing API gets wrong and puts right around a world's now, for long runs against the server."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from sentinel.simulator.incidents import Misbilled
from sentinel.simulator.metering import Restatement, start_of

if TYPE_CHECKING:
    from sentinel.simulator.world import World

_DAY = timedelta(days=1)


def some_corrections(world: World, *, seed: int = 1) -> tuple[Restatement, ...]:
    """Return corrections that become known within three days after the world's now.

    After they had settled: a whole account restated by some percent, a cluster's day that vanishes, one that
    appears. And the running day, of which nothing is known until two days after its end.
    """
    generator = Random(f"{seed}/corrections")  # noqa: S311 -- a simulation needs no secret randomness
    today = world.now.date()
    clusters = [place.cluster.id for place in world.places()]
    return (
        Restatement(today - 4 * _DAY, world.now + _DAY, before=generator.uniform(0.85, 0.97)),
        Restatement(today - 5 * _DAY, world.now + _DAY, after=0.0, cluster_id=generator.choice(clusters)),
        Restatement(today - 3 * _DAY, world.now + 2 * _DAY, before=0.0, cluster_id=generator.choice(clusters)),
        Restatement(today, start_of(today + 3 * _DAY), before=0.0),
    )


def some_mistake(world: World, *, extra: float = 25.0) -> Misbilled:
    """Return a mistake on the invoice of the month before the world's now: the dearest row of its last day."""
    last = world.now.date().replace(day=1) - _DAY
    row = max(world.rows(world.now, last, last), key=lambda candidate: candidate.cost)
    return Misbilled(last, row.cluster_id, row.product, extra)
