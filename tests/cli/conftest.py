"""A command in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Command


@pytest.fixture
def sentinel(tmp_path: Path) -> Command:
    """`sentinel` in an empty folder, with the default database in it."""
    return Command(tmp_path, {})
