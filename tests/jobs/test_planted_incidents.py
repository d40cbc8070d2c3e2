"""The simulator knows what happened in its accounts: all of it is told, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.planted import DAY, WATCHED, concerns, lifelike, told_of

SEEDS = (1, 2, 3)
MORE_SEEDS = tuple(range(4, 13))


def hold_to_the_truth(seed: int, folder: Path) -> None:
    """Every incident has an alert that was sent, and every alert an incident."""
    world = lifelike(seed)
    alerts = told_of(world, folder)
    incidents = [incident for incident in world.truth() if incident.first_day >= world.now.date() - WATCHED * DAY]
    sent = [alert for alert in alerts if alert.inhibited_by is None]
    missed = [i for i in incidents if not any(concerns(alert, i) for alert in sent)]
    invented = [a for a in alerts if not any(concerns(a, i) for i in incidents)]
    assert (missed, invented) == ([], [])
    assert len(incidents) == 8


@pytest.mark.parametrize("seed", SEEDS)
def test_every_planted_incident_is_told_and_nothing_else(seed: int, tmp_path: Path) -> None:
    """No alert on a change of tiers, a renamed cluster, a day that comes late, or the start of a month."""
    hold_to_the_truth(seed, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("seed", MORE_SEEDS)
def test_of_many_accounts_every_incident_is_told_and_nothing_else(seed: int, tmp_path: Path) -> None:
    """The same, over many more."""
    hold_to_the_truth(seed, tmp_path)
