from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sentinel.simulator import Row, World


@pytest.fixture(scope="session")
def now() -> datetime:
    """A Thursday afternoon, the moment that the worlds of these tests are made for."""
    return datetime(2026, 3, 5, 14, tzinfo=UTC)


@pytest.fixture(scope="session")
def world(now: datetime) -> World:
    """The lifelike account with 200 days behind it."""
    return World.build(now, history_days=200)


@pytest.fixture(scope="session")
def whole(world: World, now: datetime) -> list[Row]:
    """All rows of the lifelike account as known at its now."""
    return world.rows(now)
